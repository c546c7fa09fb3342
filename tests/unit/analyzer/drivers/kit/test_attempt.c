/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/drivers/kit/attempt.h"

#define MAX 3

static bool admit(void *arg, struct order *o)
{
	return attempt_admits(arg, o, MAX, "addresses");
}

static struct order *order(const char *op, int seq, const char *who,
    const char *target, const char *more)
{
	char line[256];
	int n = snprintf(line, sizeof(line),
	    "{\"op\":\"%s\",\"seq\":%d,\"subscriber\":\"%s\",\"targets\":"
	    "[\"%s\"]%s}",
	    op, seq, who, target, more);
	struct order *o = order_parse(line, (size_t)n);

	assert_non_null(o);
	return o;
}

/* Orders v as one attempt; returns how many were put in. */
static size_t attempt(
    struct ledger *l, struct order **v, size_t n, bool good, const char *why)
{
	struct attempt *a = attempt_begin(l, v, n, admit, l);
	size_t size = attempt_size(a);

	attempt_end(a, good, why);
	return size;
}

static void give_back(struct ledger *l, struct order **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order_free(v[i]);
	ledger_free(l);
}

static const char *target_of(struct ledger *l, const char *who)
{
	static char text[PREFIX_STRLEN];
	const struct ledger_entry *e = ledger_entry(l, who);

	return e != NULL ? prefix_format(&e->targets[0].prefix, text) : NULL;
}

static void all_stay_when_the_network_follows(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {order("block", 1, "A", "192.0.2.1", ""),
	    order("block", 2, "B", "192.0.2.2", "")};

	(void)state;
	assert_int_equal(attempt(l, v, 2, true, "unused"), 2);
	assert_string_equal(target_of(l, "A"), "192.0.2.1/32");
	assert_string_equal(target_of(l, "B"), "192.0.2.2/32");
	assert_null(v[0]->error);
	give_back(l, v, 2);
}

/* Also of one subscriber, whose second order was put over the first. */
static void none_was_ever_there_when_it_does_not(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {order("block", 1, "A", "192.0.2.1", ""),
	    order("block", 2, "A", "192.0.2.2", ""),
	    order("unblock", 3, "A", "", ""),
	    order("block", 4, "A", "192.0.2.3", "")};

	(void)state;
	assert_int_equal(attempt(l, v, 1, true, NULL), 1);
	assert_int_equal(attempt(l, v + 1, 3, false, "no route"), 3);
	assert_string_equal(target_of(l, "A"), "192.0.2.1/32");
	for (int i = 1; i < 4; i++)
		assert_string_equal(v[i]->error, "no route");
	assert_false(ledger_is_old(l, v[1]));
	give_back(l, v, 4);
}

static void without_a_reason_the_caller_gives_one(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {order("block", 1, "A", "192.0.2.1", "")};

	(void)state;
	assert_int_equal(attempt(l, v, 1, false, NULL), 1);
	assert_null(v[0]->error);
	assert_null(ledger_entry(l, "A"));
	give_back(l, v, 1);
}

static void what_is_old_is_no_error_and_not_put_in(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {order("unblock", 5, "A", "", ""),
	    order("block", 4, "A", "192.0.2.1", "")};

	(void)state;
	assert_int_equal(attempt(l, v, 2, true, NULL), 1);
	assert_null(v[1]->error);
	assert_null(ledger_entry(l, "A"));
	give_back(l, v, 2);
}

static void other_ports_are_never_done(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {
	    order("block", 1, "A", "192.0.2.1", ",\"ports\":[25,587]")};

	(void)state;
	assert_int_equal(attempt(l, v, 1, true, NULL), 0);
	assert_string_equal(v[0]->error, "this driver closes port 25 only");
	assert_true(v[0]->permanent);
	give_back(l, v, 1);
}

/* A target that somebody has already needs no room; who is refused may be
 * tried again. */
static void room_is_for_targets(void **state)
{
	struct ledger *l = ledger_new();
	struct order *v[] = {order("block", 1, "A", "192.0.2.1", ""),
	    order("block", 2, "B", "192.0.2.2", ""),
	    order("block", 3, "C", "192.0.2.3", ""),
	    order("block", 4, "D", "192.0.2.4", ""),
	    order("block", 5, "D", "192.0.2.3", "")};

	(void)state;
	assert_int_equal(attempt(l, v, 5, true, NULL), 4);
	assert_string_equal(v[3]->error, "the driver is full: 3 addresses");
	assert_false(v[3]->permanent);
	assert_string_equal(target_of(l, "D"), "192.0.2.3/32");
	give_back(l, v, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_stay_when_the_network_follows),
	    cmocka_unit_test(none_was_ever_there_when_it_does_not),
	    cmocka_unit_test(without_a_reason_the_caller_gives_one),
	    cmocka_unit_test(what_is_old_is_no_error_and_not_put_in),
	    cmocka_unit_test(other_ports_are_never_done),
	    cmocka_unit_test(room_is_for_targets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
