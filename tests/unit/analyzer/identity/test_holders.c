/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/holders.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void each_customer_is_there_once(void **state)
{
	struct holders h;
	uint32_t a, b;

	(void)state;
	holders_init(&h);
	assert_int_equal(holders_find(&h, "C1"), 0);
	a = holders_get(&h, "C1");
	b = holders_get(&h, "C2");
	assert_true(a != 0 && b != 0 && a != b);
	assert_int_equal(holders_get(&h, "C1"), a);
	assert_int_equal(holders_find(&h, "C2"), b);
	assert_string_equal(holders_at(&h, a)->id, "C1");
	assert_string_equal(holders_domains(holders_at(&h, a)), "");
	assert_int_equal(holders_set_domains(&h, a, "a.example b.example"), 0);
	assert_string_equal(holders_at(&h, a)->id, "C1");
	assert_string_equal(
	    holders_domains(holders_at(&h, a)), "a.example b.example");
	holders_clear(&h);
}

static void one_that_holds_nothing_is_forgotten(void **state)
{
	struct holders h;
	char id[32];
	size_t before;
	uint32_t n;

	(void)state;
	holders_init(&h);
	n = holders_get(&h, "kept");
	holders_at(&h, n)->kept = true;
	holders_drop_idle(&h, n);
	assert_int_equal(holders_find(&h, "kept"), n);
	n = holders_get(&h, "holds");
	holders_at(&h, n)->held = 1;
	holders_drop_idle(&h, n);
	assert_int_equal(holders_find(&h, "holds"), n);
	before = h.text_bytes;
	for (int i = 0; i < 5000; i++) {
		snprintf(id, sizeof(id), "C%d", i);
		n = holders_get(&h, id);
		assert_true(n != 0 && n <= 3);
		holders_drop_idle(&h, n);
		assert_int_equal(holders_find(&h, id), 0);
	}
	assert_int_equal(h.text_bytes, before);
	holders_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_customer_is_there_once),
	    cmocka_unit_test(one_that_holds_nothing_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
