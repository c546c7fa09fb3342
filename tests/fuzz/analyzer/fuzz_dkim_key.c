/* SPDX-License-Identifier: Apache-2.0 */
/* The first octet says what the others are: T, the text of a record; R or E,
 * what an RSA or Ed25519 key's p= holds. A key that is read verifies. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/dkim_key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DER_MAX  1400
#define BITS_MAX 4096

static void verify(const struct dkim_key *k)
{
	static const uint8_t digest[DKIM_KEY_DIGEST_BYTES] = {1};
	static const uint8_t signature[BITS_MAX / 8] = {0, 1};
	size_t len = (k->bits + 7) / 8;

	if (k->revoked || k->bits > BITS_MAX)
		return;
	if (k->bits == 0 || k->modulus + len > k->len ||
	    k->exponent + k->exponent_len > k->len)
		abort();
	if (k->type == DKIM_KEY_ED25519)
		len = 64;
	if (dkim_key_verify(k, digest, signature, len) == DKIM_KEY_GOOD)
		abort();
}

static void parse(const char *text, size_t len)
{
	static struct dkim_key k;
	const char *what = NULL;

	if (dkim_key_parse(&k, text, len, &what))
		verify(&k);
	else if (what == NULL)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[16 + DER_MAX * 2];
	int n;

	if (size == 0)
		return 0;
	if (data[0] != 'R' && data[0] != 'E') {
		parse((const char *)data + 1, size - 1);
		return 0;
	}
	if (size > DER_MAX)
		return 0;
	memcpy(text, data[0] == 'R' ? "k=rsa    ;p=" : "k=ed25519;p=", 12);
	n = EVP_EncodeBlock((uint8_t *)text + 12, data + 1, (int)size - 1);
	parse(text, 12 + (size_t)n);
	return 0;
}
