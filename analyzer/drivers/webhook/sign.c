/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/webhook/sign.h"

#include <errno.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX     "whsec_"
#define HASH_BYTES 32

/* 0, or -1: no key. */
static int read_key(struct sign_keys *k, const char *text)
{
	/* 64 bytes are 88 characters; a little room for what is too long. */
	uint8_t b[99];
	size_t n = strlen(text), pad = 0;
	int len;

	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return -1;
	text += strlen(PREFIX);
	n -= strlen(PREFIX);
	if (n == 0 || n % 4 != 0 || n / 4 * 3 > sizeof(b))
		return -1;
	while (pad < 2 && text[n - 1 - pad] == '=')
		pad++;
	len = EVP_DecodeBlock(b, (const unsigned char *)text, (int)n);
	if (len < 0 || (size_t)len - pad < SIGN_KEY_MIN ||
	    (size_t)len - pad > SIGN_KEY_MAX)
		return -1;
	k->v[k->n].len = (size_t)len - pad;
	memcpy(k->v[k->n].b, b, k->v[k->n].len);
	OPENSSL_cleanse(b, sizeof(b));
	k->n++;
	return 0;
}

int sign_keys_read(
    struct sign_keys *k, const char *path, char *why, size_t n_why)
{
	FILE *f = fopen(path, "re");
	char line[256];
	int rc = 0, number = 0;

	k->n = 0;
	if (f == NULL) {
		snprintf(why, n_why, "%.150s: %s", path, strerror(errno));
		return -1;
	}
	while (rc == 0 && fgets(line, sizeof(line), f) != NULL) {
		number++;
		line[strcspn(line, "# \t\r\n")] = '\0';
		if (line[0] == '\0')
			continue;
		if (k->n == SIGN_KEYS_MAX || read_key(k, line) != 0) {
			snprintf(why, n_why,
			    "%.150s line %d: it must be \"" PREFIX
			    "\" and 24 to 64 bytes in base64, and there may "
			    "be %d such lines",
			    path, number, SIGN_KEYS_MAX);
			rc = -1;
		}
	}
	if (rc == 0 && k->n == 0) {
		snprintf(why, n_why, "%.150s: there is no secret in it", path);
		rc = -1;
	}
	OPENSSL_cleanse(line, sizeof(line));
	fclose(f);
	return rc;
}

int sign_header(char buf[SIGN_HEADER_SIZE], const struct sign_keys *k,
    const char *id, int64_t timestamp_s, const char *body, size_t len)
{
	unsigned char mac[HASH_BYTES], base64[48];
	char *text = malloc(len + 128);
	size_t n, at = 0;
	int rc = 0;

	if (text == NULL)
		return -1;
	n = (size_t)snprintf(text, 128, "%.63s.%" PRId64 ".", id, timestamp_s);
	memcpy(text + n, body, len);
	for (size_t i = 0; i < k->n && rc == 0; i++) {
		if (HMAC(EVP_sha256(), k->v[i].b, (int)k->v[i].len,
			(unsigned char *)text, n + len, mac, NULL) == NULL)
			rc = -1;
		(void)EVP_EncodeBlock(base64, mac, sizeof(mac));
		at += (size_t)snprintf(buf + at, SIGN_HEADER_SIZE - at,
		    "%sv1,%s", i > 0 ? " " : "", (char *)base64);
	}
	free(text);
	return rc;
}

/* The end of a block is the same event whoever sees it first: its time passed,
 * or a list had what is not in force. */
void sign_order_id(char buf[SIGN_ID_SIZE], const struct order *o)
{
	bool block = o->op == ORDER_BLOCK;
	unsigned char h[HASH_BYTES] = {0};
	char head[256], prefix[PREFIX_STRLEN], line[PREFIX_STRLEN + 16];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int n;

	(void)EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
	(void)snprintf(head, sizeof(head), "%d %" PRId64 " %" PRId64 " %s %s\n",
	    block, o->seq, block ? o->until_us : 0,
	    block && o->cause != NULL ? o->cause : "", o->subscriber);
	(void)EVP_DigestUpdate(ctx, head, strlen(head));
	if (o->turn > 0) {
		(void)snprintf(
		    head, sizeof(head), "turn %" PRId64 "\n", o->turn);
		(void)EVP_DigestUpdate(ctx, head, strlen(head));
	}
	for (size_t i = 0; i < o->n_targets; i++) {
		n = snprintf(line, sizeof(line), "%s#%d-%d\n",
		    prefix_format(&o->targets[i].prefix, prefix),
		    o->targets[i].first_port, o->targets[i].last_port);
		(void)EVP_DigestUpdate(ctx, line, (size_t)n);
	}
	(void)EVP_DigestFinal_ex(ctx, h, NULL);
	EVP_MD_CTX_free(ctx);
	n = snprintf(buf, SIGN_ID_SIZE, "sekisho_%" PRId64 "_", o->seq);
	for (int i = 0; i < 8; i++)
		n += snprintf(buf + n, SIGN_ID_SIZE - (size_t)n, "%02x", h[i]);
}
