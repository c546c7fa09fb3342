/* SPDX-License-Identifier: Apache-2.0 */
/* A message, dot-stuffed: its end and its header are the same for any split,
 * and an address that is found is a domain that may leave. */
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/message.h"
#include "capture/smtp/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t read_all(
    struct smtp_message *m, const uint8_t *data, size_t len, size_t piece)
{
	bool ended = false;
	size_t i = 0;

	smtp_message_init(m, 0);
	while (i < len && !ended) {
		size_t n = len - i < piece ? len - i : piece;

		i += smtp_message_feed(m, data + i, n, &ended);
	}
	if (!ended)
		smtp_message_end(m);
	return i;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* n_from is the same. */
static bool same_boxes(const struct smtp_header *a, const struct smtp_header *b)
{
	for (size_t i = 0; i < a->n_from; i++)
		if (a->from[i].unparsed != b->from[i].unparsed ||
		    strcmp(a->from[i].local, b->from[i].local) != 0 ||
		    strcmp(a->from[i].domain, b->from[i].domain) != 0)
			return false;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct smtp_message a, b;
	size_t n = read_all(&a, data, len, len > 0 ? len : 1);

	if (n != read_all(&b, data, len, 1) || a.seen_bytes != b.seen_bytes ||
	    a.header.n_from != b.header.n_from ||
	    a.header.complete != b.header.complete ||
	    a.header.received_count != b.header.received_count ||
	    a.header.dkim_signature != b.header.dkim_signature ||
	    a.header.list_id != b.header.list_id ||
	    a.header.auto_submitted != b.header.auto_submitted ||
	    !same_text(a.header.message_id, b.header.message_id) ||
	    !same_boxes(&a.header, &b.header))
		abort();
	for (size_t i = 0; i < a.header.n_from; i++) {
		const char *d = a.header.from[i].domain;

		if (!a.header.from[i].unparsed &&
		    !smtp_domain_is_valid(d, strlen(d)) &&
		    !smtp_literal_parse(d, strlen(d), NULL))
			abort();
	}
	smtp_header_clear(&a.header);
	smtp_header_clear(&b.header);
	return 0;
}
