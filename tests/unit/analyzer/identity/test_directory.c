/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/directory.h"

static void add(struct directory *d, const char *prefix, const char *customer,
    int64_t from, int64_t until)
{
	struct lease l;

	memset(&l, 0, sizeof(l));
	assert_int_equal(prefix_parse(&l.prefix, prefix), 0);
	snprintf(l.customer, sizeof(l.customer), "%s", customer);
	l.from_us = from;
	l.until_us = until;
	assert_int_equal(directory_add(d, &l), 0);
}

static const char *who(struct directory *d, const char *address, int64_t at)
{
	const struct lease *l;
	struct addr a;

	assert_int_equal(addr_parse(&a, address), 0);
	l = directory_find(d, &a, at);
	return l ? l->customer : "-";
}

static void the_longest_prefix_of_that_time_answers(void **state)
{
	struct directory *d = directory_new();

	(void)state;
	add(d, "198.51.100.0/24", "NET", 0, INT64_MAX);
	add(d, "198.51.100.7", "OLD", 0, 100);
	add(d, "198.51.100.7", "NEW", 100, 200);
	add(d, "2001:db8:1::/56", "SIX", 0, INT64_MAX);
	directory_seal(d);
	assert_string_equal(who(d, "198.51.100.7", 99), "OLD");
	assert_string_equal(who(d, "198.51.100.7", 100), "NEW");
	assert_string_equal(who(d, "198.51.100.7", 199), "NEW");
	/* nobody's lease any more: the network's */
	assert_string_equal(who(d, "198.51.100.7", 200), "NET");
	assert_string_equal(who(d, "198.51.100.8", 99), "NET");
	assert_string_equal(who(d, "198.51.101.8", 99), "-");
	assert_string_equal(who(d, "2001:db8:1:ff::9", 99), "SIX");
	assert_string_equal(who(d, "2001:db8:1:100::9", 99), "-");
	directory_free(d);
}

static void a_customer_has_its_prefixes(void **state)
{
	struct directory *d = directory_new();
	struct prefix p[4];
	char text[PREFIX_STRLEN];

	(void)state;
	add(d, "198.51.100.9", "C2", 0, INT64_MAX);
	add(d, "2001:db8:1::/56", "C1", 0, INT64_MAX);
	add(d, "198.51.100.7", "C1", 0, INT64_MAX);
	add(d, "198.51.100.8", "C1", 0, 50);
	directory_seal(d);
	assert_int_equal(directory_targets(d, "C1", 60, p, 4), 2);
	assert_string_equal(prefix_format(&p[0], text), "198.51.100.7/32");
	assert_string_equal(prefix_format(&p[1], text), "2001:db8:1::/56");
	assert_int_equal(directory_targets(d, "C1", 40, p, 4), 3);
	assert_int_equal(directory_targets(d, "C1", 40, p, 1), 1);
	assert_int_equal(directory_targets(d, "C3", 40, p, 4), 0);
	assert_non_null(directory_customer(d, "C2", 1));
	assert_null(directory_customer(d, "C", 1));
	directory_free(d);
}

static void an_empty_one_knows_nobody(void **state)
{
	struct directory *d = directory_new();

	(void)state;
	directory_seal(d);
	assert_string_equal(who(d, "192.0.2.1", 0), "-");
	assert_null(directory_customer(d, "C1", 1));
	directory_free(d);
	directory_free(NULL);
}

/* Against the plain definition, over random leases. */
static void it_agrees_with_a_linear_search(void **state)
{
	struct directory *d = directory_new();
	struct lease all[300];
	unsigned int seed = 1;

	(void)state;
	memset(all, 0, sizeof(all));
	for (int i = 0; i < 300; i++) {
		struct prefix p = {.len = (uint8_t)(96 + rand_r(&seed) % 33)};

		addr_parse(&p.addr, "198.51.100.0");
		p.addr.b[15] = (uint8_t)rand_r(&seed);
		p.addr.b[14] = (uint8_t)rand_r(&seed);
		p.addr = prefix_first(&p);
		all[i].prefix = p;
		snprintf(all[i].customer, ROW_ID_LEN, "C%d", i);
		/* no two hold the same prefix at the same time */
		all[i].from_us = i * 10;
		all[i].until_us = i * 10 + 10;
		assert_int_equal(directory_add(d, &all[i]), 0);
	}
	directory_seal(d);
	for (int i = 0; i < 3000; i++) {
		int64_t at = rand_r(&seed) % 3000;
		const struct lease *want = NULL, *got;
		struct addr a;

		addr_parse(&a, "198.51.100.0");
		a.b[15] = (uint8_t)rand_r(&seed);
		a.b[14] = (uint8_t)rand_r(&seed);
		for (int k = 0; k < 300; k++)
			if (prefix_contains(&all[k].prefix, &a) &&
			    all[k].from_us <= at && at < all[k].until_us)
				want = &all[k];
		got = directory_find(d, &a, at);
		assert_int_equal(got != NULL, want != NULL);
		if (got)
			assert_string_equal(got->customer, want->customer);
	}
	directory_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_prefix_of_that_time_answers),
	    cmocka_unit_test(a_customer_has_its_prefixes),
	    cmocka_unit_test(an_empty_one_knows_nobody),
	    cmocka_unit_test(it_agrees_with_a_linear_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
