/* SPDX-License-Identifier: Apache-2.0 */
/* A message by BDAT: any split gives the same evidence, which never claims
 * more than a verifier could say. The first octet picks the split. */
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/message.h"
#include "capture/smtp/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void read_all(
    struct smtp_message *m, const uint8_t *data, size_t len, size_t piece)
{
	smtp_message_init(m, 0);
	for (size_t i = 0; i < len; i += piece)
		smtp_message_chunk(
		    m, data + i, len - i < piece ? len - i : piece);
	smtp_message_end(m);
}

static bool same(const struct dkim_evidence *a, const struct dkim_evidence *b)
{
	return a->malformed == b->malformed && a->body == b->body &&
	       a->algorithm == b->algorithm && a->signed_s == b->signed_s &&
	       a->expires_s == b->expires_s &&
	       a->from_signed == b->from_signed &&
	       a->body_length == b->body_length &&
	       a->digest_len == b->digest_len &&
	       a->signature_len == b->signature_len &&
	       memcmp(a->digest, b->digest, a->digest_len) == 0 &&
	       memcmp(a->signature, b->signature, a->signature_len) == 0 &&
	       strcmp(a->domain, b->domain) == 0 &&
	       strcmp(a->selector, b->selector) == 0 &&
	       strcmp(a->identity_domain, b->identity_domain) == 0;
}

static bool is_sound(const struct dkim_evidence *e)
{
	return e->malformed
		   ? e->domain[0] == '\0' && e->signature_len == 0 &&
			 e->body == SEKISHO__DKIM_BODY__BODY_UNSEEN
		   : smtp_domain_is_valid(e->domain, strlen(e->domain)) &&
			 smtp_domain_is_valid(
			     e->selector, strlen(e->selector)) &&
			 e->signature_len > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const size_t pieces[] = {1, 2, 3, 5, 17, 64, 1448, 1};
	static struct smtp_message a, b;
	const struct dkim_evidence *v, *w;
	size_t n, m;

	if (len < 1)
		return 0;
	read_all(&a, data + 1, len - 1, len);
	read_all(&b, data + 1, len - 1, pieces[data[0] % 8]);
	v = dkim_signatures(a.header.dkim, &n);
	w = dkim_signatures(b.header.dkim, &m);
	if (n != m)
		abort();
	for (size_t i = 0; i < n; i++)
		if (!same(&v[i], &w[i]) || !is_sound(&v[i]))
			abort();
	smtp_header_clear(&a.header);
	smtp_header_clear(&b.header);
	return 0;
}
