/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/ledger.h"

static struct ledger *l;

static int make(void **state)
{
	(void)state;
	l = ledger_new();
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	ledger_free(l);
	return 0;
}

static struct target whole(const char *text)
{
	struct target t = {.last_port = 0};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static struct order order(
    enum order_op op, int64_t seq, const char *who, struct target *v, size_t n)
{
	return (struct order){.op = op,
	    .seq = seq,
	    .subscriber = who,
	    .targets = v,
	    .n_targets = n};
}

static void put(enum order_op op, int64_t seq, const char *who, const char *a,
    const char *b)
{
	struct target v[2];
	struct ledger_undo undo;
	struct order o = order(op, seq, who, v, 0);

	if (a != NULL)
		v[o.n_targets++] = whole(a);
	if (b != NULL)
		v[o.n_targets++] = whole(b);
	ledger_put(l, &o, &undo);
	ledger_forget_undo(&undo);
}

/* "A" of two: "" when nobody. */
static const char *owner(const char *target)
{
	struct target t = whole(target);
	const struct ledger_claim *c = ledger_find(l, &t);

	return c != NULL && c->n_owners > 0 ? c->owners[0]->subscriber : "";
}

static size_t n_touched(void)
{
	size_t n;

	(void)ledger_touched(l, &n);
	return n;
}

static void a_block_takes_the_place_of_all(void **state)
{
	(void)state;
	put(ORDER_BLOCK, 1, "A", "192.0.2.1", "192.0.2.2");
	assert_int_equal(n_touched(), 2);
	ledger_settle(l);
	put(ORDER_BLOCK, 2, "A", "192.0.2.2", "192.0.2.3");
	assert_int_equal(n_touched(), 3);
	assert_string_equal(owner("192.0.2.1"), "");
	assert_string_equal(owner("192.0.2.2"), "A");
	assert_string_equal(owner("192.0.2.3"), "A");
	ledger_settle(l);
	assert_int_equal(HASH_COUNT(ledger_claims(l)), 2);
}

static void an_unblock_ends_all(void **state)
{
	(void)state;
	put(ORDER_BLOCK, 1, "A", "192.0.2.1", "192.0.2.2");
	put(ORDER_UNBLOCK, 2, "A", NULL, NULL);
	ledger_settle(l);
	assert_null(ledger_entries(l));
	assert_null(ledger_claims(l));
	assert_null(ledger_entry(l, "A"));
}

static void the_last_of_two_claims_keeps_the_target(void **state)
{
	(void)state;
	put(ORDER_BLOCK, 1, "A", "192.0.2.1", NULL);
	put(ORDER_BLOCK, 2, "B", "192.0.2.1", NULL);
	assert_string_equal(owner("192.0.2.1"), "B");
	put(ORDER_UNBLOCK, 3, "B", NULL, NULL);
	assert_string_equal(owner("192.0.2.1"), "A");
	put(ORDER_UNBLOCK, 4, "A", NULL, NULL);
	assert_string_equal(owner("192.0.2.1"), "");
}

static bool is_old(int64_t seq, const char *who)
{
	struct order o = order(ORDER_BLOCK, seq, who, NULL, 0);

	return ledger_is_old(l, &o);
}

static void an_older_number_is_known_after_an_unblock_too(void **state)
{
	(void)state;
	assert_false(is_old(0, "A"));
	put(ORDER_BLOCK, 5, "A", "192.0.2.1", NULL);
	assert_true(is_old(4, "A"));
	assert_false(is_old(5, "A"));
	assert_false(is_old(4, "B"));
	put(ORDER_UNBLOCK, 6, "A", NULL, NULL);
	assert_true(is_old(5, "A"));
	assert_false(is_old(6, "A"));
	put(ORDER_BLOCK, 7, "A", NULL, NULL);
	assert_true(is_old(6, "A"));
}

static void what_failed_is_taken_back(void **state)
{
	struct target v[1] = {whole("192.0.2.9")};
	struct order o = order(ORDER_BLOCK, 2, "A", v, 1);
	struct ledger_undo undo;

	(void)state;
	put(ORDER_BLOCK, 1, "A", "192.0.2.1", NULL);
	ledger_settle(l);
	ledger_put(l, &o, &undo);
	ledger_take_back(l, &o, &undo);
	ledger_settle(l);
	assert_string_equal(owner("192.0.2.1"), "A");
	assert_string_equal(owner("192.0.2.9"), "");
	assert_int_equal(ledger_entry(l, "A")->seq, 1);
	assert_int_equal(HASH_COUNT(ledger_claims(l)), 1);
	o.op = ORDER_UNBLOCK;
	ledger_put(l, &o, &undo);
	assert_true(is_old(1, "A"));
	ledger_take_back(l, &o, &undo);
	assert_false(is_old(1, "A"));
	assert_string_equal(owner("192.0.2.1"), "A");
}

static void what_was_found_is_adopted(void **state)
{
	struct target a = whole("192.0.2.1"), b = whole("192.0.2.2");

	(void)state;
	(void)ledger_adopt(l, "A", 5, 50, &a);
	(void)ledger_adopt(l, "A", 5, 50, &b);
	(void)ledger_adopt(l, "A", 5, 50, &b);
	assert_int_equal(ledger_entry(l, "A")->n, 2);
	assert_int_equal(ledger_entry(l, "A")->seq, 5);
	assert_int_equal(n_touched(), 0);
	assert_true(is_old(4, "A"));
	put(ORDER_BLOCK, 6, "A", "192.0.2.2", NULL);
	assert_string_equal(owner("192.0.2.1"), "");
	assert_string_equal(owner("192.0.2.2"), "A");
	/* Somebody put an old element back. */
	(void)ledger_adopt(l, "A", 4, 40, &a);
	assert_int_equal(ledger_entry(l, "A")->seq, 6);
	assert_string_equal(owner("192.0.2.1"), "A");
}

static void ranges_of_one_address_are_different_targets(void **state)
{
	struct target a = whole("192.0.2.1"), b = a;

	(void)state;
	b.last_port = 1023;
	assert_ptr_not_equal(ledger_claim(l, &a), ledger_claim(l, &b));
	assert_ptr_equal(ledger_claim(l, &a), ledger_find(l, &a));
	ledger_sweep(l);
	assert_null(ledger_claims(l));
}

static void a_foreign_target_stays_in_a_sweep(void **state)
{
	struct target a = whole("192.0.2.1");

	(void)state;
	ledger_claim(l, &a)->foreign = true;
	ledger_sweep(l);
	assert_non_null(ledger_find(l, &a));
}

/* Orders at random against a plain model. */
static void the_ledger_is_what_a_list_of_last_orders_says(void **state)
{
	enum { WHO = 6, WHERE = 5 };
	bool holds[WHO][WHERE] = {{false}};
	uint32_t x = 7;

	(void)state;
	for (int seq = 1; seq < 3000; seq++) {
		struct target v[WHERE];
		struct ledger_undo undo;
		char name[2] = {0}, text[16];
		struct order o = order(ORDER_BLOCK, seq, name, v, 0);
		bool now[WHERE] = {false}, undone;
		int who;

		x = x * 1664525 + 1013904223;
		who = (int)(x >> 8) % WHO;
		name[0] = (char)('A' + who);
		undone = (x >> 14) % 3 == 0;
		if ((x >> 16) % 4 == 0)
			o.op = ORDER_UNBLOCK;
		for (int i = 0; i < WHERE && o.op == ORDER_BLOCK; i++) {
			now[i] = ((x >> (20 + i)) & 1) != 0;
			snprintf(text, sizeof(text), "192.0.2.%d", i);
			if (now[i])
				v[o.n_targets++] = whole(text);
		}
		ledger_put(l, &o, &undo);
		if (undone) {
			ledger_take_back(l, &o, &undo);
		} else {
			ledger_forget_undo(&undo);
			memcpy(holds[who], now, sizeof(now));
		}
		ledger_settle(l);
		for (int i = 0; i < WHERE; i++) {
			const struct ledger_claim *c;
			struct target t;
			size_t want = 0;

			for (int w = 0; w < WHO; w++)
				want += holds[w][i];
			snprintf(text, sizeof(text), "192.0.2.%d", i);
			t = whole(text);
			c = ledger_find(l, &t);
			assert_int_equal(c != NULL ? c->n_owners : 0, want);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup_teardown(f, make, unmake)
	    CASE(a_block_takes_the_place_of_all),
	    CASE(an_unblock_ends_all),
	    CASE(the_last_of_two_claims_keeps_the_target),
	    CASE(an_older_number_is_known_after_an_unblock_too),
	    CASE(what_failed_is_taken_back),
	    CASE(what_was_found_is_adopted),
	    CASE(ranges_of_one_address_are_different_targets),
	    CASE(a_foreign_target_stays_in_a_sweep),
	    CASE(the_ledger_is_what_a_list_of_last_orders_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
