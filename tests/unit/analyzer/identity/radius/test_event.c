/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/identity/radius/event.h"

static void all_of_a_session_is_in_the_event(void **state)
{
	static const enum lease_verb verbs[] = {LEASE_VERB_BEGIN,
	    LEASE_VERB_REFRESH, LEASE_VERB_END, LEASE_VERB_RESET};
	struct radius_session s = {.at_us = 5,
	    .nas = "n",
	    .session = "s",
	    .customer = "c",
	    .line_class = "l",
	    .n_targets = 2};
	struct lease_event e;

	(void)state;
	assert_int_equal(prefix_parse(&s.targets[0].prefix, "192.0.2.1"), 0);
	s.targets[0].first_port = 1024;
	s.targets[0].last_port = 2047;
	assert_int_equal(
	    prefix_parse(&s.targets[1].prefix, "2001:db8::/56"), 0);
	s.targets[1].last_port = 65535;
	for (int v = RADIUS_BEGIN; v <= RADIUS_RESET; v++) {
		memset(&e, 0xaa, sizeof(e));
		s.verb = (enum radius_verb)v;
		radius_event_set(&e, &s, "radius");
		assert_int_equal(e.verb, verbs[v]);
		assert_int_equal(e.at_us, 5);
		assert_string_equal(e.source, "radius");
		assert_string_equal(e.nas, "n");
		assert_string_equal(e.session, "s");
		assert_string_equal(e.customer, "c");
		assert_string_equal(e.line_class, "l");
		assert_int_equal(e.n_targets, 2);
		assert_int_equal(e.targets[0].first_port, 1024);
		assert_int_equal(e.targets[0].last_port, 2047);
		assert_int_equal(e.targets[1].prefix.len, 56);
		assert_int_equal(e.targets[1].last_port, 65535);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_of_a_session_is_in_the_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
