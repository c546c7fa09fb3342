/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/own_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A resolver whose answers the test gives. */
struct question {
	char name[64];
	enum rr_type type;
	dns_cb cb;
	void *arg;
	bool open;
};
static struct question asked[64];
static int n_asked, cancelled, freed, readies;
static uv_loop_t loop;
static struct conf conf;
static struct own_names *names;

static int on_ask(struct resolver *r, const char *name, enum rr_type type,
    dns_cb cb, void *arg, void **handle)
{
	struct question *q = &asked[n_asked++];

	(void)r;
	snprintf(q->name, sizeof(q->name), "%s", name);
	q->type = type;
	q->cb = cb;
	q->arg = arg;
	q->open = true;
	*handle = q;
	return 0;
}

static void on_cancel(struct resolver *r, void *handle)
{
	(void)r;
	((struct question *)handle)->open = false;
	cancelled++;
}

static void on_free(struct resolver *r)
{
	(void)r;
	freed++;
}

static void on_ready(void *arg)
{
	(void)arg;
	readies++;
}

/* Of the open question. text: an address, "": none, NULL: the server
 * failed. */
static void answer(const char *name, enum rr_type type, const char *text)
{
	const uint8_t *data[1];
	size_t len[1] = {type == RR_A ? 4 : 16};
	struct dns_answer a = {DNS_FAIL, 0, data, len, 300};
	struct addr addr;

	if (text != NULL)
		a.status = *text ? DNS_OK : DNS_NODATA;
	if (a.status == DNS_OK) {
		assert_int_equal(addr_parse(&addr, text), 0);
		data[0] = type == RR_A ? addr.b + 12 : addr.b;
		a.n = 1;
	}
	for (int i = 0; i < n_asked; i++)
		if (asked[i].open && asked[i].type == type &&
		    strcmp(asked[i].name, name) == 0) {
			asked[i].open = false;
			asked[i].cb(asked[i].arg, &a);
			return;
		}
	fail_msg("%s was not asked for", name);
}

static bool knows(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return prefix_any_contains(conf.own_named.v, conf.own_named.n, &a);
}

static int up(void **state)
{
	static struct resolver r = {on_ask, on_cancel, on_free};
	static char *two[] = {(char *)"a.example", (char *)"b.example"};

	(void)state;
	memset(asked, 0, sizeof(asked));
	n_asked = cancelled = freed = readies = 0;
	memset(&conf, 0, sizeof(conf));
	conf.own_server_names.v = two;
	conf.own_server_names.n = 2;
	assert_int_equal(uv_loop_init(&loop), 0);
	names = own_names_new(&loop, &conf, &r, on_ready, NULL);
	assert_non_null(names);
	while (n_asked < 4)
		uv_run(&loop, UV_RUN_ONCE);
	return 0;
}

static int down(void **state)
{
	(void)state;
	own_names_free(names);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(freed, 1);
	free(conf.own_named.v);
	return 0;
}

static void ready_when_each_has_had_an_answer(void **state)
{
	(void)state;
	answer("a.example", RR_A, "192.0.2.25");
	assert_false(knows("192.0.2.25"));
	answer("a.example", RR_AAAA, "2001:db8::25");
	assert_true(knows("192.0.2.25"));
	assert_true(knows("2001:db8::25"));
	assert_int_equal(readies, 0);
	answer("b.example", RR_AAAA, "");
	answer("b.example", RR_A, "192.0.2.26");
	assert_int_equal(readies, 1);
	assert_true(knows("192.0.2.25"));
	assert_true(knows("192.0.2.26"));
	assert_false(knows("192.0.2.27"));
}

static void not_while_one_cannot_be_resolved(void **state)
{
	(void)state;
	answer("a.example", RR_A, "192.0.2.25");
	answer("a.example", RR_AAAA, "");
	answer("b.example", RR_A, "192.0.2.26");
	answer("b.example", RR_AAAA, NULL);
	assert_int_equal(readies, 0);
	/* Half an answer is none. */
	assert_false(knows("192.0.2.26"));
}

static void one_that_does_not_exist_is_an_answer(void **state)
{
	(void)state;
	answer("a.example", RR_A, "");
	answer("a.example", RR_AAAA, "");
	answer("b.example", RR_A, "192.0.2.26");
	answer("b.example", RR_AAAA, "");
	assert_int_equal(readies, 1);
	assert_int_equal(conf.own_named.n, 1);
}

static void an_answer_is_kept_within_bounds(void **state)
{
	(void)state;
	assert_int_equal(own_names_keep_s(0), 60);
	assert_int_equal(own_names_keep_s(59), 60);
	assert_int_equal(own_names_keep_s(61), 61);
	assert_int_equal(own_names_keep_s(UINT32_MAX), 3600);
}

/* What it asks again is not waited for here: the rounds are called as the
 * timers do. */
static void the_addresses_before_stay_on_a_failure(void **state)
{
	struct dns_answer failed = {DNS_FAIL, 0, NULL, NULL, 0};
	dns_cb cb[2] = {asked[0].cb, asked[1].cb};
	void *arg = asked[0].arg;

	(void)state;
	answer("a.example", RR_A, "192.0.2.25");
	answer("a.example", RR_AAAA, "");
	cb[0](arg, &failed);
	assert_true(knows("192.0.2.25"));
	cb[1](arg, &failed);
	assert_true(knows("192.0.2.25"));
	failed.status = DNS_NXDOMAIN;
	cb[0](arg, &failed);
	assert_true(knows("192.0.2.25"));
}

static void what_is_under_way_is_cancelled(void **state)
{
	(void)state;
	answer("a.example", RR_A, "192.0.2.25");
	own_names_free(names);
	names = NULL;
	assert_int_equal(cancelled, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		ready_when_each_has_had_an_answer, up, down),
	    cmocka_unit_test_setup_teardown(
		not_while_one_cannot_be_resolved, up, down),
	    cmocka_unit_test_setup_teardown(
		one_that_does_not_exist_is_an_answer, up, down),
	    cmocka_unit_test_setup_teardown(
		an_answer_is_kept_within_bounds, up, down),
	    cmocka_unit_test_setup_teardown(
		the_addresses_before_stay_on_a_failure, up, down),
	    cmocka_unit_test_setup_teardown(
		what_is_under_way_is_cancelled, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
