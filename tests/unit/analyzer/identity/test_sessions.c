/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/sessions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

static void names_are_told_apart(void **state)
{
	struct sessions *s = sessions_new();

	(void)state;
	assert_true(sessions_key(s, "radius", "N1", "S1") ==
		    sessions_key(s, "radius", "N1", "S1"));
	assert_true(sessions_key(s, "radius", "N1", "S1") !=
		    sessions_key(s, "mirror", "N1", "S1"));
	assert_true(sessions_key(s, "radius", "N1", "S1") !=
		    sessions_key(s, "radius", "N2", "S1"));
	assert_true(sessions_key(s, "radius", "N1S", "1") !=
		    sessions_key(s, "radius", "N1", "S1"));
	sessions_free(s);
}

static void the_oldest_and_those_of_a_nas(void **state)
{
	struct sessions *s = sessions_new();
	uint64_t key[3];
	uint32_t n[3];

	(void)state;
	assert_int_equal(sessions_oldest(s), 0);
	for (int i = 0; i < 3; i++) {
		char name[8];

		snprintf(name, sizeof(name), "S%d", i);
		key[i] = sessions_key(s, "radius", "N1", name);
		n[i] = sessions_open(
		    s, key[i], "radius", i < 2 ? "N1" : "N2", 100 - i * 10);
		assert_int_equal(sessions_find(s, key[i]), n[i]);
	}
	assert_int_equal(sessions_oldest(s), n[2]);
	sessions_seen(s, n[2], 200);
	assert_int_equal(sessions_oldest(s), n[1]);
	sessions_seen(s, n[1], 50); /* told late */
	assert_int_equal(sessions_at(s, n[1])->seen_us, 90);
	assert_int_equal(sessions_of_nas(s, "radius", "N2"), n[2]);
	assert_int_equal(sessions_of_nas(s, "radius", "N3"), 0);
	assert_int_equal(sessions_of_nas(s, "radius", "N1"), n[1]);
	assert_int_equal(sessions_at(s, n[1])->next_of_nas, n[0]);
	sessions_close(s, n[1], 300);
	assert_int_equal(sessions_find(s, key[1]), 0);
	assert_int_equal(sessions_of_nas(s, "radius", "N1"), n[0]);
	assert_int_equal(sessions_oldest(s), n[0]);
	assert_int_equal(sessions_count(s), 2);
	assert_int_equal(sessions_grave(s, key[1])->since_us, 90);
	assert_int_equal(sessions_grave(s, key[1])->ended_us, 300);
	/* it opens anew, and leaves its grave */
	assert_true(sessions_open(s, key[1], "radius", "N1", 400) != 0);
	assert_null(sessions_grave(s, key[1]));
	sessions_free(s);
	sessions_free(NULL);
}

static void reboots_are_remembered(void **state)
{
	struct sessions *s = sessions_new();

	(void)state;
	assert_true(sessions_reset_us(s, "radius", "N1") == INT64_MIN);
	assert_int_equal(sessions_note_reset(s, "radius", "N1", 70), 0);
	assert_int_equal(sessions_note_reset(s, "radius", "N1", 50), 0);
	assert_int_equal(sessions_reset_us(s, "radius", "N1"), 70);
	assert_true(sessions_reset_us(s, "mirror", "N1") == INT64_MIN);
	sessions_free(s);
}

static void the_oldest_graves_make_room(void **state)
{
	struct sessions *s = sessions_new();
	struct grave g = {1, 2};

	(void)state;
	for (uint64_t k = 1; k <= GRAVES_MAX + 10; k++)
		sessions_bury(s, k, &g);
	assert_null(sessions_grave(s, 10));
	assert_non_null(sessions_grave(s, 11));
	assert_non_null(sessions_grave(s, GRAVES_MAX + 10));
	g.ended_us = 9;
	sessions_bury(s, 11, &g);
	assert_int_equal(sessions_grave(s, 11)->ended_us, 9);
	assert_non_null(sessions_grave(s, 12));
	sessions_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_told_apart),
	    cmocka_unit_test(the_oldest_and_those_of_a_nas),
	    cmocka_unit_test(reboots_are_remembered),
	    cmocka_unit_test(the_oldest_graves_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
