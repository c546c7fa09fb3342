/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses, prefixes, times and durations as typed: what is accepted must
 * come back from its canonical text. The JSON writer takes anything. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/jsonw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW INT64_C(1795509015123456)

static void check_addr(const char *text)
{
	char buf[ADDR_STRLEN];
	struct addr a, b;

	if (addr_parse(&a, text) != 0)
		return;
	if (addr_parse(&b, addr_format(&a, buf)) != 0 || !addr_equal(&a, &b))
		abort();
	(void)addr_is_private(&a);
}

static void check_prefix(const char *text)
{
	char buf[PREFIX_STRLEN];
	struct prefix p, q;
	struct addr first, last;

	if (prefix_parse(&p, text) != 0)
		return;
	if (prefix_parse(&q, prefix_format(&p, buf)) != 0 || p.len != q.len ||
	    !addr_equal(&p.addr, &q.addr))
		abort();
	first = prefix_first(&p);
	last = prefix_last(&p);
	if (!prefix_contains(&p, &first) || !prefix_contains(&p, &last) ||
	    !prefix_overlaps(&p, &q) || addr_compare(&first, &last) > 0)
		abort();
}

static void check_clock(const char *text)
{
	char buf[CLOCK_STRLEN];
	int64_t t, back;

	if (clock_parse_duration(&t, text) == 0 && t < 0)
		abort();
	if (clock_parse(&t, text, NOW) != 0)
		return;
	(void)clock_day(t);
	/* Years before 1 have no text that comes back. */
	if (t < -INT64_C(62135596800) * US_PER_S ||
	    t > INT64_C(253402300799) * US_PER_S)
		return;
	if (clock_parse(&back, clock_format(t, buf), NOW) != 0 || back != t)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);
	struct jsonw j;

	if (text == NULL)
		return 0;
	if (len > 0)
		memcpy(text, data, len);
	text[len] = '\0';
	check_addr(text);
	check_prefix(text);
	check_clock(text);
	jsonw_init(&j, NULL);
	jsonw_stringn(&j, text, len);
	if (jsonw_take(&j) == NULL)
		abort();
	jsonw_free(&j);
	free(text);
	return 0;
}
