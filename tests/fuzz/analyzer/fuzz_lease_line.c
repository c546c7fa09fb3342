/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/lease_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A refusal says why; what is taken is complete, and written it is the same
 * event again. */
static void check(const char *line, size_t len)
{
	char why[LEASE_WHY_LEN], text[LEASE_LINE_MAX];
	struct lease_event e, again;
	int rc = lease_line_parse(&e, line, len, why);

	if (rc < 0 && why[0] == '\0')
		abort();
	if (rc != 1)
		return;
	if (e.n_targets < 0 || e.n_targets > LEASE_TARGETS_MAX ||
	    e.source[0] == '\0')
		abort();
	lease_line_format(&e, text);
	if (lease_line_parse(&again, text, strlen(text), why) != 1)
		abort();
	if (e.verb == LEASE_VERB_BEGIN && memcmp(&e, &again, sizeof(e)) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;

	while (size > 0) {
		const char *end = memchr(s, '\n', size);
		size_t len = end ? (size_t)(end - s) : size;

		check(s, len);
		len += end != NULL;
		s += len;
		size -= len;
	}
	return 0;
}
