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
#include "base/target.h"

static void add(struct directory *d, const char *prefix, const char *customer,
    int64_t from, int64_t until)
{
	struct lease l;

	memset(&l, 0, sizeof(l));
	assert_int_equal(prefix_parse(&l.prefix, prefix), 0);
	snprintf(l.customer, sizeof(l.customer), "%s", customer);
	l.from_us = from;
	l.until_us = until;
	assert_int_not_equal(directory_add(d, &l), 0);
}

static uint32_t add_ports(struct directory *d, const char *prefix,
    const char *customer, uint16_t first, uint16_t last, int64_t from,
    int64_t until)
{
	struct lease l;
	uint32_t n;

	memset(&l, 0, sizeof(l));
	assert_int_equal(prefix_parse(&l.prefix, prefix), 0);
	snprintf(l.customer, sizeof(l.customer), "%s", customer);
	strcpy(l.source, "cgn");
	l.first_port = first;
	l.last_port = last;
	l.from_us = from;
	l.until_us = until;
	n = directory_add(d, &l);
	assert_int_not_equal(n, 0);
	return n;
}

static const char *who_port(
    struct directory *d, const char *address, uint16_t port, int64_t at)
{
	struct holding h;
	struct addr a;

	assert_int_equal(addr_parse(&a, address), 0);
	switch (directory_find(d, &a, port, at, &h)) {
	case DIRECTORY_FOUND:
		return h.customer;
	case DIRECTORY_UNREADABLE:
	case DIRECTORY_SHARED:
		return "?";
	case DIRECTORY_NOBODY:
		break;
	}
	return "-";
}

static const char *who(struct directory *d, const char *address, int64_t at)
{
	return who_port(d, address, 0, at);
}

static void the_longest_prefix_of_that_time_answers(void **state)
{
	struct directory *d = directory_new();

	(void)state;
	add(d, "198.51.100.0/24", "NET", 0, INT64_MAX);
	add(d, "198.51.100.7", "OLD", 0, 100);
	add(d, "198.51.100.7", "NEW", 100, 200);
	add(d, "2001:db8:1::/56", "SIX", 0, INT64_MAX);
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
	struct target p[4];
	char text[TARGET_STRLEN];
	enum line_class c;

	(void)state;
	add(d, "198.51.100.9", "C2", 0, INT64_MAX);
	add(d, "2001:db8:1::/56", "C1", 0, INT64_MAX);
	add(d, "198.51.100.7", "C1", 0, INT64_MAX);
	add(d, "198.51.100.8", "C1", 0, 50);
	assert_int_equal(directory_targets(d, "C1", 60, p, 4), 2);
	assert_string_equal(target_format(&p[0], text), "198.51.100.7/32");
	assert_string_equal(target_format(&p[1], text), "2001:db8:1::/56");
	assert_int_equal(directory_targets(d, "C1", 40, p, 4), 3);
	assert_int_equal(directory_targets(d, "C1", 40, p, 1), 1);
	assert_int_equal(directory_targets(d, "C3", 40, p, 4), 0);
	assert_true(directory_customer(d, "C2", &c));
	assert_false(directory_customer(d, "C", &c));
	directory_free(d);
}

static void an_empty_one_knows_nobody(void **state)
{
	struct directory *d = directory_new();
	enum line_class c;

	(void)state;
	assert_string_equal(who(d, "192.0.2.1", 0), "-");
	assert_false(directory_customer(d, "C1", &c));
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
		assert_int_not_equal(directory_add(d, &all[i]), 0);
	}
	for (int i = 0; i < 3000; i++) {
		int64_t at = rand_r(&seed) % 3000;
		const struct lease *want = NULL;
		struct holding got;
		struct addr a;
		bool found;

		addr_parse(&a, "198.51.100.0");
		a.b[15] = (uint8_t)rand_r(&seed);
		a.b[14] = (uint8_t)rand_r(&seed);
		for (int k = 0; k < 300; k++)
			if (prefix_contains(&all[k].prefix, &a) &&
			    all[k].from_us <= at && at < all[k].until_us)
				want = &all[k];
		found = directory_find(d, &a, 0, at, &got) == DIRECTORY_FOUND;
		assert_int_equal(found, want != NULL);
		if (found)
			assert_string_equal(got.customer, want->customer);
	}
	directory_free(d);
}

/* Households that share an address, some ports of which are nobody's. */
static void a_port_names_the_household(void **state)
{
	struct directory *d = directory_new();
	char name[16];
	uint32_t first;

	(void)state;
	add(d, "203.0.113.0/24", "NET", 0, INT64_MAX);
	first = add_ports(d, "203.0.113.7", "A", 1024, 2047, 0, INT64_MAX);
	add_ports(d, "203.0.113.7", "B", 2048, 3071, 0, 100);
	add_ports(d, "203.0.113.7", "C", 2048, 2559, 100, INT64_MAX);
	assert_string_equal(who_port(d, "203.0.113.7", 1023, 50), "?");
	assert_string_equal(who_port(d, "203.0.113.7", 1024, 50), "A");
	assert_string_equal(who_port(d, "203.0.113.7", 2047, 50), "A");
	assert_string_equal(who_port(d, "203.0.113.7", 2048, 50), "B");
	assert_string_equal(who_port(d, "203.0.113.7", 3071, 99), "B");
	assert_string_equal(who_port(d, "203.0.113.7", 2559, 100), "C");
	assert_string_equal(who_port(d, "203.0.113.7", 2560, 100), "?");
	assert_string_equal(who_port(d, "203.0.113.7", 0, 100), "?");
	assert_string_equal(who_port(d, "203.0.113.8", 1024, 50), "NET");
	/* before anybody shared it, it was the network's */
	assert_string_equal(who_port(d, "203.0.113.7", 2048, -1), "-");
	directory_end(d, first, 200);
	assert_string_equal(who_port(d, "203.0.113.7", 1024, 200), "?");
	/* hundreds of them */
	for (int i = 0; i < 250; i++) {
		snprintf(name, sizeof(name), "H%d", i);
		add_ports(d, "203.0.113.9", name, (uint16_t)(1000 + i * 240),
		    (uint16_t)(1239 + i * 240), 0, INT64_MAX);
	}
	for (int i = 0; i < 250; i++) {
		snprintf(name, sizeof(name), "H%d", i);
		assert_string_equal(
		    who_port(d, "203.0.113.9", (uint16_t)(1000 + i * 240), 7),
		    name);
		assert_string_equal(
		    who_port(d, "203.0.113.9", (uint16_t)(1239 + i * 240), 7),
		    name);
	}
	assert_string_equal(who_port(d, "203.0.113.9", 999, 7), "?");
	directory_free(d);
}

/* An address that changes hands all day keeps few of its intervals. */
static void old_intervals_are_forgotten(void **state)
{
	struct directory *d = directory_new();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char name[16];
		uint32_t n;

		snprintf(name, sizeof(name), "C%d", i);
		n = add_ports(d, "198.51.100.7", name, 0, 0, i * 10, INT64_MAX);
		directory_end(d, n, i * 10 + 10);
	}
	assert_true(directory_count(d) <= 17);
	assert_string_equal(who(d, "198.51.100.7", 9995), "C999");
	assert_string_equal(who(d, "198.51.100.7", 9855), "C985");
	assert_true(directory_since_us(d) > 9000);
	assert_true(directory_since_us(d) <= 9855);
	/* by time, too, and customers with them */
	directory_forget(d, 9990);
	assert_int_equal(directory_count(d), 2);
	directory_forget(d, 20000);
	assert_int_equal(directory_count(d), 0);
	assert_string_equal(who(d, "198.51.100.7", 9995), "-");
	directory_free(d);
}

static uint32_t gone, gone_tag;

static void on_drop(void *arg, uint32_t n, uint32_t tag)
{
	(void)arg;
	gone = n;
	gone_tag = tag;
}

static void what_is_dropped_is_told(void **state)
{
	struct directory *d = directory_new();
	uint32_t n = add_ports(d, "198.51.100.7", "C1", 0, 0, 5, INT64_MAX);

	(void)state;
	directory_on_drop(d, on_drop, NULL);
	directory_tag(d, n, 77);
	directory_end(d, n, 5); /* it never was */
	assert_int_equal(gone, n);
	assert_int_equal(gone_tag, 77);
	assert_int_equal(directory_count(d), 0);
	directory_free(d);
}

static void a_described_customer_has_a_class(void **state)
{
	struct directory *d = directory_new();
	struct holding h;
	struct addr a;
	enum line_class c;

	(void)state;
	assert_int_equal(
	    directory_describe(d, "C1", CLASS_STATIC, "own.example"), 0);
	assert_true(directory_customer(d, "C1", &c));
	assert_int_equal(c, CLASS_STATIC);
	add(d, "198.51.100.7", "C1", 0, INT64_MAX);
	addr_parse(&a, "198.51.100.7");
	assert_int_equal(directory_find(d, &a, 0, 1, &h), DIRECTORY_FOUND);
	assert_int_equal(h.line_class, CLASS_STATIC);
	assert_string_equal(h.own_domains, "own.example");
	directory_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_prefix_of_that_time_answers),
	    cmocka_unit_test(a_customer_has_its_prefixes),
	    cmocka_unit_test(an_empty_one_knows_nobody),
	    cmocka_unit_test(it_agrees_with_a_linear_search),
	    cmocka_unit_test(a_port_names_the_household),
	    cmocka_unit_test(old_intervals_are_forgotten),
	    cmocka_unit_test(what_is_dropped_is_told),
	    cmocka_unit_test(a_described_customer_has_a_class),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
