/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define SCRYPT_N      32768
#define SCRYPT_R      8
#define SCRYPT_P      1
#define SCRYPT_MEMORY (UINT64_C(64) << 20)

int secret_random(void *to, size_t n)
{
	return RAND_bytes(to, (int)n) == 1 ? 0 : -1;
}

int secret_text(char text[static SECRET_TEXT_LEN])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t raw[SECRET_TEXT_LEN];

	if (secret_random(raw, sizeof(raw)) != 0)
		return -1;
	for (size_t i = 0; i + 1 < SECRET_TEXT_LEN; i++)
		text[i] = digits[raw[i] & 63];
	text[SECRET_TEXT_LEN - 1] = '\0';
	OPENSSL_cleanse(raw, sizeof(raw));
	return 0;
}

void secret_hash(const void *data, size_t n, uint8_t hash[static SECRET_BYTES])
{
	unsigned int len = SECRET_BYTES;

	if (EVP_Digest(data, n, hash, &len, EVP_sha256(), NULL) != 1)
		memset(hash, 0, SECRET_BYTES);
}

bool secret_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

int secret_password(const char *password,
    const uint8_t salt[static SECRET_SALT_BYTES],
    uint8_t hash[static SECRET_BYTES])
{
	return EVP_PBE_scrypt(password, strlen(password), salt,
		   SECRET_SALT_BYTES, SCRYPT_N, SCRYPT_R, SCRYPT_P,
		   SCRYPT_MEMORY, hash, SECRET_BYTES) == 1
		   ? 0
		   : -1;
}

int token_split(const char *text, char id[static TOKEN_ID_LEN],
    uint8_t hash[static SECRET_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	if (strncmp(text, "tk_", 3) != 0 ||
	    strspn(text + 3, letters) != TOKEN_ID_LEN - 1 ||
	    text[3 + TOKEN_ID_LEN - 1] != '_')
		return -1;
	memcpy(id, text + 3, TOKEN_ID_LEN - 1);
	id[TOKEN_ID_LEN - 1] = '\0';
	text += 3 + TOKEN_ID_LEN;
	if (strnlen(text, SECRET_TEXT_LEN) != SECRET_TEXT_LEN - 1)
		return -1;
	secret_hash(text, SECRET_TEXT_LEN - 1, hash);
	return 0;
}

int token_make(char text[static TOKEN_TEXT_LEN], char id[static TOKEN_ID_LEN],
    uint8_t hash[static SECRET_BYTES])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	char secret[SECRET_TEXT_LEN];
	uint8_t raw[TOKEN_ID_LEN];

	if (secret_random(raw, sizeof(raw)) != 0 || secret_text(secret) != 0)
		return -1;
	for (size_t i = 0; i + 1 < TOKEN_ID_LEN; i++)
		id[i] = letters[raw[i] & 31];
	id[TOKEN_ID_LEN - 1] = '\0';
	secret_hash(secret, SECRET_TEXT_LEN - 1, hash);
	snprintf(text, TOKEN_TEXT_LEN, "tk_%s_%s", id, secret);
	OPENSSL_cleanse(secret, sizeof(secret));
	return 0;
}
