/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "capture/net/expiry.h"

#define START_US (INT64_C(1800000000) * US_PER_S)

struct world {
	struct expiry e;
	struct flow f[2000];
	size_t n;
};

static struct world *begin(void)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->e.timeout_us[FLOW_SYN] = 10 * US_PER_S;
	w->e.timeout_us[FLOW_OPEN] = 300 * US_PER_S;
	w->e.timeout_us[FLOW_CLOSED] = 86400 * US_PER_S;
	assert_null(expiry_next_due(&w->e, START_US));
	return w;
}

static struct flow *add(struct world *w, enum flow_list list, int64_t last_us)
{
	struct flow *f = &w->f[w->n];

	f->id = ++w->n;
	f->list = (uint8_t)list;
	f->last_us = last_us;
	expiry_add(&w->e, f);
	return f;
}

/* Takes out all that is due; each exactly in order, none too early. */
static size_t take(struct world *w, int64_t now_us)
{
	int64_t last_us = 0;
	struct flow *f;
	size_t n = 0;

	while ((f = expiry_next_due(&w->e, now_us)) != NULL) {
		int64_t due_us = expiry_due_us(&w->e, f);

		assert_true(due_us < now_us);
		assert_true(due_us >= last_us);
		last_us = due_us;
		expiry_remove(&w->e, f);
		f->last_us = -1;
		n++;
	}
	return n;
}

static void each_is_due_after_its_own_time(void **state)
{
	struct world *w = begin();

	(void)state;
	add(w, FLOW_OPEN, START_US);
	add(w, FLOW_SYN, START_US + 500000);
	add(w, FLOW_SYN, START_US);
	assert_int_equal(take(w, START_US + 10 * US_PER_S), 0);
	/* Both in the order of their times, not of their coming. */
	assert_int_equal(take(w, START_US + 11 * US_PER_S), 2);
	assert_int_equal(take(w, START_US + 300 * US_PER_S), 0);
	assert_int_equal(take(w, START_US + 301 * US_PER_S), 1);
	assert_null(expiry_next(&w->e));
	free(w);
}

static void what_gets_packets_lives_on(void **state)
{
	struct world *w = begin();
	struct flow *f = add(w, FLOW_SYN, START_US);

	(void)state;
	for (int i = 1; i < 100; i++) {
		f->last_us = START_US + i * 7 * US_PER_S;
		assert_int_equal(take(w, f->last_us + 6 * US_PER_S), 0);
	}
	assert_int_equal(take(w, f->last_us + 11 * US_PER_S), 1);
	free(w);
}

static void a_time_out_longer_than_the_wheel(void **state)
{
	struct world *w = begin();

	(void)state;
	add(w, FLOW_CLOSED, START_US);
	for (int i = 1; i <= 86400; i += 100)
		assert_int_equal(take(w, START_US + i * US_PER_S), 0);
	assert_int_equal(take(w, START_US + 86401 * US_PER_S), 1);
	free(w);
}

static void a_jump_of_years_is_one_step(void **state)
{
	struct world *w = begin();

	(void)state;
	for (int i = 0; i < 1000; i++)
		add(w, i % 2 == 0 ? FLOW_SYN : FLOW_OPEN,
		    START_US + i * 1234567 % (50 * US_PER_S));
	assert_int_equal(take(w, START_US + 10 * 365 * US_PER_DAY), 1000);
	/* And what is not due by then stays. */
	add(w, FLOW_CLOSED, START_US + 10 * 365 * US_PER_DAY);
	assert_int_equal(
	    take(w, START_US + 10 * 365 * US_PER_DAY + 80000 * US_PER_S), 0);
	assert_int_equal(w->e.wheel[FLOW_CLOSED].n, 1);
	assert_non_null(expiry_next(&w->e));
	free(w);
}

/* Against a model: any mix of coming, living, going. */
static void random_lives(void **state)
{
	struct world *w = begin();
	int64_t now_us = START_US;
	size_t due = 0, taken = 0;
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		size_t k;

		seed = seed * 1664525 + 1013904223;
		now_us += seed >> 13;
		taken += take(w, now_us);
		if (w->n < 2000 && (seed >> 8) % 4 == 0)
			add(w, (seed >> 10) % 2 == 0 ? FLOW_SYN : FLOW_OPEN,
			    now_us);
		if (w->n == 0)
			continue;
		k = (seed >> 4) % w->n;
		if (w->f[k].last_us >= 0)
			w->f[k].last_us = now_us;
	}
	for (size_t i = 0; i < w->n; i++) {
		const struct flow *f = &w->f[i];

		if (f->last_us >= 0) {
			/* Still there, and not overdue by a whole second. */
			assert_true(
			    expiry_due_us(&w->e, f) > now_us - US_PER_S);
			due++;
		}
	}
	assert_int_equal(taken + due, w->n);
	assert_true(taken > 1000);
	free(w);
}

static void the_idlest_is_found_though_others_were_touched(void **state)
{
	struct world *w = begin();
	struct flow *f[6];

	(void)state;
	assert_null(expiry_idlest(&w->e, FLOW_OPEN));
	for (int i = 0; i < 6; i++)
		f[i] = add(w, FLOW_OPEN, START_US + i * US_PER_S);
	f[0]->last_us = f[1]->last_us = START_US + 20 * US_PER_S;
	assert_ptr_equal(expiry_idlest(&w->e, FLOW_OPEN), f[2]);
	expiry_remove(&w->e, f[2]);
	assert_ptr_equal(expiry_idlest(&w->e, FLOW_OPEN), f[3]);
	assert_null(expiry_idlest(&w->e, FLOW_SYN));
	free(w);
}

static void all_can_be_ended(void **state)
{
	struct world *w = begin();
	struct flow *f;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 300; i++)
		add(w, (enum flow_list)(i % FLOW_LISTS),
		    START_US + i * US_PER_S);
	while ((f = expiry_next(&w->e)) != NULL) {
		expiry_remove(&w->e, f);
		n++;
	}
	assert_int_equal(n, 300);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_is_due_after_its_own_time),
	    cmocka_unit_test(what_gets_packets_lives_on),
	    cmocka_unit_test(a_time_out_longer_than_the_wheel),
	    cmocka_unit_test(a_jump_of_years_is_one_step),
	    cmocka_unit_test(random_lives),
	    cmocka_unit_test(the_idlest_is_found_though_others_were_touched),
	    cmocka_unit_test(all_can_be_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
