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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct smtp_message a, b;
	size_t n = read_all(&a, data, len, len > 0 ? len : 1);

	if (n != read_all(&b, data, len, 1) || a.seen_bytes != b.seen_bytes ||
	    a.header.n_from != b.header.n_from ||
	    a.header.complete != b.header.complete ||
	    a.header.received_count != b.header.received_count ||
	    a.header.dkim_signature != b.header.dkim_signature ||
	    memcmp(a.header.from, b.header.from, sizeof(a.header.from)) != 0)
		abort();
	for (size_t i = 0; i < a.header.n_from; i++) {
		const char *d = a.header.from[i].domain;

		if (!a.header.from[i].unparsed &&
		    !smtp_domain_is_valid(d, strlen(d)) &&
		    !smtp_literal_parse(d, strlen(d), NULL))
			abort();
	}
	return 0;
}
