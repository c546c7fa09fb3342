/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static uint8_t address[16];
static Sekisho__LeaseTarget target;
static Sekisho__LeaseTarget *targets[LEASE_TARGETS_MAX + 1];

static Sekisho__Lease lease(void)
{
	Sekisho__Lease l = SEKISHO__LEASE__INIT;

	sekisho__lease_target__init(&target);
	target.addr = (ProtobufCBinaryData){sizeof(address), address};
	target.length = 128;
	target.last_port = 65535;
	for (size_t i = 0; i <= LEASE_TARGETS_MAX; i++)
		targets[i] = &target;
	l.verb = SEKISHO__LEASE_VERB__LEASE_BEGIN;
	l.at_us = 77;
	l.nas = (char *)"N1";
	l.session = (char *)"S1";
	l.customer = (char *)"C1";
	l.targets = targets;
	l.n_targets = 2;
	return l;
}

static void a_record_becomes_an_event(void **state)
{
	Sekisho__Lease l = lease();
	struct lease_event e;

	(void)state;
	assert_true(lease_event_of_record(&e, &l));
	assert_int_equal(e.verb, LEASE_VERB_BEGIN);
	assert_int_equal(e.at_us, 77);
	assert_string_equal(e.source, "radius");
	assert_string_equal(e.nas, "N1");
	assert_string_equal(e.session, "S1");
	assert_string_equal(e.customer, "C1");
	assert_string_equal(e.line_class, "");
	assert_int_equal(e.n_targets, 2);
	assert_int_equal(e.targets[1].prefix.len, 128);
	assert_int_equal(e.targets[1].last_port, 65535);
}

static void what_is_no_lease(void **state)
{
	char name[ROW_SESSION_LEN + 1];
	Sekisho__Lease l = lease();
	struct lease_event e;

	(void)state;
	l.verb = SEKISHO__LEASE_VERB__LEASE_NONE;
	assert_false(lease_event_of_record(&e, &l));
	l.verb = 99; /* from a newer agent */
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	l.n_targets = LEASE_TARGETS_MAX + 1;
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	target.addr.len = 4;
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	target.length = 129;
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	target.last_port = 65536;
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	target.first_port = 9;
	target.last_port = 8;
	assert_false(lease_event_of_record(&e, &l));
	/* a name is never cut: it would be another's */
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	l = lease();
	l.session = name;
	assert_false(lease_event_of_record(&e, &l));
	l = lease();
	l.customer = name;
	assert_false(lease_event_of_record(&e, &l));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_record_becomes_an_event),
	    cmocka_unit_test(what_is_no_lease),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
