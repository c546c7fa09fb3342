/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static struct lease lease_of(const char *prefix, const char *customer)
{
	struct lease l;

	memset(&l, 0, sizeof(l));
	assert_int_equal(prefix_parse(&l.prefix, prefix), 0);
	snprintf(l.customer, sizeof(l.customer), "%s", customer);
	l.line_class = CLASS_DYNAMIC;
	strcpy(l.own_domains, "one.example two.example");
	return l;
}

struct text {
	char buf[1024];
};

static int add(void *arg, const struct lease *l)
{
	struct text *t = arg;
	size_t len = strlen(t->buf);
	char prefix[PREFIX_STRLEN], until[24] = "held";

	if (l->until_us != INT64_MAX)
		snprintf(until, sizeof(until), "%lld", (long long)l->until_us);
	snprintf(t->buf + len, sizeof(t->buf) - len, "%s %s %lld %s;",
	    prefix_format(&l->prefix, prefix), l->customer,
	    (long long)l->from_us, until);
	return 0;
}

static const char *all(struct db *db, int64_t at_us)
{
	static struct text t;

	t.buf[0] = '\0';
	assert_int_equal(read_leases(db, at_us, add, &t), 0);
	return t.buf;
}

static int take(void *arg, const struct lease *l)
{
	*(struct lease *)arg = *l;
	return 5;
}

static void a_lease_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	struct lease want = lease_of("2001:db8::/32", "C7"), got;

	want.line_class = CLASS_STATIC;
	assert_int_equal(write_leases(f->db, "static", &want, 1, 100), 0);
	want.from_us = 0;
	want.until_us = INT64_MAX;
	strcpy(want.source, "static");
	assert_int_equal(read_leases(f->db, -1, take, &got), 5);
	assert_memory_equal(&got, &want, sizeof(got));
	assert_string_equal(shell(f->db, "SELECT until_us FROM lease"), "NULL");
}

static const char *over(struct db *db, const char *prefix, int64_t at_us)
{
	static struct text t;
	struct prefix p;

	t.buf[0] = '\0';
	assert_int_equal(prefix_parse(&p, prefix), 0);
	assert_int_equal(read_leases_over(db, &p, at_us, add, &t), 0);
	return t.buf;
}

static void what_overlaps_a_prefix(void **state)
{
	struct fixture *f = *state;
	struct lease set[] = {
	    lease_of("192.0.2.0/24", "C1"),
	    lease_of("192.0.2.128/25", "C2"),
	    lease_of("192.0.3.0/32", "C3"),
	    lease_of("2001:db8::/32", "C4"),
	};

	assert_int_equal(write_leases(f->db, "static", set, 4, 100), 0);
	assert_string_equal(
	    over(f->db, "192.0.2.1/32", -1), "192.0.2.0/24 C1 0 held;");
	assert_string_equal(over(f->db, "192.0.2.200/32", 100),
	    "192.0.2.0/24 C1 0 held;192.0.2.128/25 C2 0 held;");
	assert_string_equal(over(f->db, "192.0.2.0/23", 100),
	    "192.0.2.0/24 C1 0 held;192.0.2.128/25 C2 0 held;"
	    "192.0.3.0/32 C3 0 held;");
	assert_string_equal(
	    over(f->db, "192.0.2.0/25", 100), "192.0.2.0/24 C1 0 held;");
	assert_string_equal(over(f->db, "198.51.100.0/24", -1), "");
	assert_string_equal(
	    over(f->db, "2001:db8:1::/48", -1), "2001:db8::/32 C4 0 held;");
	/* gone from 200 on */
	assert_int_equal(write_leases(f->db, "static", set, 1, 200), 0);
	assert_string_equal(over(f->db, "192.0.3.0/24", 200), "");
	assert_string_equal(
	    over(f->db, "192.0.3.0/24", 199), "192.0.3.0/32 C3 0 200;");
	assert_string_equal(
	    over(f->db, "192.0.3.0/24", -1), "192.0.3.0/32 C3 0 200;");
}

static void a_set_replaces_the_one_before(void **state)
{
	struct fixture *f = *state;
	struct lease first[] = {
	    lease_of("203.0.113.0/24", "C3"),
	    lease_of("192.0.2.0/24", "C1"),
	    lease_of("198.51.100.0/24", "C2"),
	};
	struct lease second[] = {
	    lease_of("2001:db8::/32", "C4"),
	    lease_of("198.51.100.0/24", "C5"),
	    lease_of("192.0.2.0/24", "C1"),
	};

	assert_int_equal(write_leases(f->db, "static", first, 3, 100), 0);
	assert_string_equal(all(f->db, -1),
	    "192.0.2.0/24 C1 0 held;198.51.100.0/24 C2 0 held;"
	    "203.0.113.0/24 C3 0 held;");
	/* the same again changes nothing */
	assert_int_equal(write_leases(f->db, "static", first, 3, 150), 0);
	assert_string_equal(all(f->db, -1),
	    "192.0.2.0/24 C1 0 held;198.51.100.0/24 C2 0 held;"
	    "203.0.113.0/24 C3 0 held;");
	assert_int_equal(write_leases(f->db, "static", second, 3, 200), 0);
	assert_string_equal(all(f->db, -1),
	    "192.0.2.0/24 C1 0 held;198.51.100.0/24 C2 0 200;"
	    "198.51.100.0/24 C5 200 held;203.0.113.0/24 C3 0 200;"
	    "2001:db8::/32 C4 200 held;");
	assert_string_equal(all(f->db, 199),
	    "192.0.2.0/24 C1 0 held;198.51.100.0/24 C2 0 200;"
	    "203.0.113.0/24 C3 0 200;");
	assert_string_equal(all(f->db, 200),
	    "192.0.2.0/24 C1 0 held;198.51.100.0/24 C5 200 held;"
	    "2001:db8::/32 C4 200 held;");
	assert_int_equal(write_leases(f->db, "static", NULL, 0, 300), 0);
	assert_string_equal(all(f->db, 300), "");
	/* it had some: not from the beginning of time */
	assert_int_equal(write_leases(f->db, "static", first, 1, 400), 0);
	assert_string_equal(all(f->db, 400), "203.0.113.0/24 C3 400 held;");
}

static void class_and_domains_are_part_of_a_lease(void **state)
{
	struct fixture *f = *state;
	struct lease l = lease_of("192.0.2.0/24", "C1");

	assert_int_equal(write_leases(f->db, "static", &l, 1, 100), 0);
	l.line_class = CLASS_STATIC;
	assert_int_equal(write_leases(f->db, "static", &l, 1, 200), 0);
	strcpy(l.own_domains, "three.example");
	assert_int_equal(write_leases(f->db, "static", &l, 1, 300), 0);
	assert_string_equal(
	    shell(f->db, "SELECT line_class, own_domains, from_us, until_us "
			 "FROM lease ORDER BY from_us"),
	    "dynamic one.example two.example 0 200 "
	    "static one.example two.example 200 300 "
	    "static three.example 300 NULL");
}

static void sources_do_not_touch_each_other(void **state)
{
	struct fixture *f = *state;
	struct lease a = lease_of("192.0.2.0/24", "C1");
	struct lease b = lease_of("192.0.2.0/24", "C2");

	assert_int_equal(write_leases(f->db, "static", &a, 1, 100), 0);
	assert_int_equal(write_leases(f->db, "radius", &b, 1, 100), 0);
	assert_int_equal(write_leases(f->db, "static", NULL, 0, 200), 0);
	assert_string_equal(all(f->db, 200), "192.0.2.0/24 C2 0 held;");
}

/* A lease of no length was never in force. */
static void two_changes_in_one_moment_leave_the_last(void **state)
{
	struct fixture *f = *state;
	struct lease a = lease_of("192.0.2.0/24", "C1");
	struct lease b = lease_of("192.0.2.0/24", "C2");
	struct lease c = lease_of("192.0.2.0/24", "C3");

	assert_int_equal(write_leases(f->db, "static", &a, 1, 100), 0);
	assert_int_equal(write_leases(f->db, "static", &b, 1, 200), 0);
	assert_int_equal(write_leases(f->db, "static", &c, 1, 200), 0);
	assert_string_equal(
	    all(f->db, -1), "192.0.2.0/24 C1 0 200;192.0.2.0/24 C3 200 held;");
}

static void a_prefix_given_twice_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct lease twice[] = {
	    lease_of("192.0.2.0/24", "C1"),
	    lease_of("198.51.100.0/24", "C2"),
	    lease_of("192.0.2.0/24", "C3"),
	};

	assert_int_equal(write_leases(f->db, "static", twice, 3, 100), -1);
	assert_non_null(
	    strstr(db_error(f->db), "source static gives 192.0.2.0/24 twice"));
	assert_string_equal(all(f->db, -1), "");
}

static void the_longest_prefix_holds_an_address(void **state)
{
	struct fixture *f = *state;
	struct lease set[] = {
	    lease_of("192.0.2.0/24", "net"),
	    lease_of("192.0.2.128/25", "half"),
	    lease_of("192.0.2.200", "host"),
	    lease_of("2001:db8::/32", "six"),
	    lease_of("2001:db8:0:1::/64", "sixty-four"),
	};
	static const struct {
		const char *address, *customer;
	} cases[] = {
	    {"192.0.2.0", "net"},
	    {"192.0.2.127", "net"},
	    {"192.0.2.128", "half"},
	    {"192.0.2.200", "host"},
	    {"192.0.2.255", "half"},
	    {"192.0.3.0", NULL},
	    {"192.0.1.255", NULL},
	    {"2001:db8::1", "six"},
	    {"2001:db8:0:1:ffff::", "sixty-four"},
	    {"2001:db8:ffff::1", "six"},
	    {"2001:db9::", NULL},
	};
	struct lease l;

	assert_int_equal(write_leases(f->db, "static", set, 5, 100), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = address(cases[i].address);
		int rc = read_lease_at(f->db, &a, 0, 50, &l);

		assert_int_equal(rc, cases[i].customer != NULL);
		if (rc == 1)
			assert_string_equal(l.customer, cases[i].customer);
	}
}

static void an_address_is_held_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct lease a = lease_of("192.0.2.0/24", "C1");
	struct lease b = lease_of("192.0.2.0/24", "C2");
	struct addr at = address("192.0.2.9");
	struct text t = {""};
	struct lease l;

	assert_int_equal(write_leases(f->db, "static", &a, 1, 100), 0);
	assert_int_equal(write_leases(f->db, "static", &b, 1, 200), 0);
	assert_int_equal(write_leases(f->db, "static", NULL, 0, 300), 0);
	assert_int_equal(read_lease_at(f->db, &at, 0, 199, &l), 1);
	assert_string_equal(l.customer, "C1");
	assert_int_equal(read_lease_at(f->db, &at, 0, 200, &l), 1);
	assert_string_equal(l.customer, "C2");
	assert_int_equal(read_lease_at(f->db, &at, 0, 300, &l), 0);
	assert_int_equal(read_customer_leases(f->db, "C2", 250, add, &t), 0);
	assert_int_equal(read_customer_leases(f->db, "C2", 199, add, &t), 0);
	assert_int_equal(read_customer_leases(f->db, "C1", -1, add, &t), 0);
	assert_string_equal(
	    t.buf, "192.0.2.0/24 C2 200 300;192.0.2.0/24 C1 0 200;");
}

static void a_large_set_is_replaced(void **state)
{
	enum { N = 5000 };
	struct fixture *f = *state;
	struct lease *v = calloc(N, sizeof(*v));

	assert_non_null(v);
	for (int i = 0; i < N; i++) {
		char text[32];

		snprintf(text, sizeof(text), "2001:db8:%x::/48",
		    (unsigned)(i * 7919 % N));
		v[i] = lease_of(text, "C");
	}
	assert_int_equal(write_leases(f->db, "static", v, N, 100), 0);
	for (int i = 0; i < N; i += 2)
		strcpy(v[i].customer, "D");
	assert_int_equal(write_leases(f->db, "static", v, N - 100, 200), 0);
	free(v);
	assert_string_equal(
	    shell(f->db, "SELECT customer, from_us, until_us, count(*) "
			 "FROM lease GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
	    "C 0 NULL 2450 C 0 200 2550 D 200 NULL 2450");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_lease_comes_back_whole),
	    STORE_TEST(what_overlaps_a_prefix),
	    STORE_TEST(a_set_replaces_the_one_before),
	    STORE_TEST(class_and_domains_are_part_of_a_lease),
	    STORE_TEST(sources_do_not_touch_each_other),
	    STORE_TEST(two_changes_in_one_moment_leave_the_last),
	    STORE_TEST(a_prefix_given_twice_changes_nothing),
	    STORE_TEST(the_longest_prefix_holds_an_address),
	    STORE_TEST(an_address_is_held_at_a_time),
	    STORE_TEST(a_large_set_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
