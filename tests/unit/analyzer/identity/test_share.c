/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

/* All that hold a port, against a plain search; parts overlap and go. */
static void every_part_that_holds_a_port_is_found(void **state)
{
	struct {
		uint16_t first, last;
		bool in;
	} part[200];
	struct share s = {0};
	unsigned int seed = 5;

	(void)state;
	for (uint32_t i = 1; i < 200; i++) {
		uint16_t first = (uint16_t)(rand_r(&seed) % 60000);

		part[i].first = first;
		part[i].last = (uint16_t)(first + rand_r(&seed) % 3000);
		part[i].in = true;
		assert_int_equal(share_add(&s, first, part[i].last, i), 0);
	}
	for (int round = 0; round < 2; round++) {
		for (int k = 0; k < 4000; k++) {
			uint16_t port = (uint16_t)rand_r(&seed);
			uint32_t i = share_behind(&s, port), n, found = 0;
			uint32_t want = 0;

			while ((n = share_next(&s, port, &i)) != 0) {
				assert_true(part[n].in);
				assert_in_range(
				    port, part[n].first, part[n].last);
				found++;
			}
			for (n = 1; n < 200; n++)
				want += part[n].in && part[n].first <= port &&
					port <= part[n].last;
			assert_int_equal(found, want);
		}
		for (uint32_t n = 1; n < 200; n += 2) {
			share_drop(&s, part[n].first, n);
			part[n].in = false;
		}
	}
	assert_int_equal(s.n, 99);
	share_drop(&s, 1, 9999); /* nobody's */
	assert_int_equal(s.n, 99);
	share_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_part_that_holds_a_port_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
