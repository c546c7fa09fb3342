/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/auth/dmarc.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

static struct dmarc_outcome got;
static int called;
static struct fake fake;

static void keep(void *arg, const struct dmarc_outcome *o)
{
	(void)arg;
	got = *o;
	called++;
}

static void run(const char *domain, const char *const *lines, size_t n)
{
	uv_loop_t loop;

	called = 0;
	memset(&got, 0, sizeof(got));
	uv_loop_init(&loop);
	fake_init(&fake, &loop, lines, n);
	assert_non_null(dmarc_check_start(&loop, &fake.r, domain, keep, NULL));
	assert_int_equal(called, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 1);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

enum { N = DMARC_POLICY_NONE, Q = DMARC_QUARANTINE, R = DMARC_REJECT };

struct row {
	const char *domain;
	const char *lines[6];
	enum dmarc_state state;
	const char *at;
	int asked, policy, lookups;
};

static const struct row rows[] = {
    {"a.example", {"_dmarc.a.example TXT v=DMARC1; p=reject; sp=none"},
	DMARC_FOUND, "a.example", R, R, 1},
    {"A.Example.", {"_dmarc.a.example TXT v=DMARC1; p=reject"}, DMARC_FOUND,
	"a.example", R, R, 1},
    {"a.example", {"_dmarc.a.example TXT v=DMA|RC1; p=rej|ect; t=y"},
	DMARC_FOUND, "a.example", R, Q, 1},
    {"a.example", {"_dmarc.a.example TXT v=DMARC1; p=quarantine; t=y"},
	DMARC_FOUND, "a.example", Q, N, 1},
    {"a.example",
	{"_dmarc.a.example TXT v=spf1 -all", "_dmarc.a.example TXT x",
	    "_dmarc.a.example TXT v=DMARC1; p=quarantine"},
	DMARC_FOUND, "a.example", Q, Q, 1},
    {"a.example", {""}, DMARC_ABSENT, "", N, N, 2},
    {"a.example", {"_dmarc.a.example TXT v=spf1 -all"}, DMARC_ABSENT, "", N, N,
	2},
    /* two records are none */
    {"a.example",
	{"_dmarc.a.example TXT v=DMARC1; p=reject",
	    "_dmarc.a.example TXT v=DMARC1; p=none"},
	DMARC_ABSENT, "", N, N, 2},
    /* from above: sp */
    {"b.a.example", {"_dmarc.a.example TXT v=DMARC1; p=reject"}, DMARC_FOUND,
	"a.example", R, R, 3},
    {"b.a.example", {"_dmarc.a.example TXT v=DMARC1; p=reject; sp=none"},
	DMARC_FOUND, "a.example", N, N, 3},
    /* np: only where the domain is not there */
    {"b.a.example",
	{"_dmarc.a.example TXT v=DMARC1; p=none; np=reject",
	    "b.a.example MX m.example"},
	DMARC_FOUND, "a.example", N, N, 4},
    {"b.a.example", {"_dmarc.a.example TXT v=DMARC1; p=none; np=reject"},
	DMARC_FOUND, "a.example", R, R, 4},
    {"b.a.example",
	{"_dmarc.a.example TXT v=DMARC1; p=none; np=reject",
	    "b.a.example FAIL"},
	DMARC_FOUND, "a.example", N, N, 4},
    /* fewest labels */
    {"c.b.a.example",
	{"_dmarc.b.a.example TXT v=DMARC1; p=none",
	    "_dmarc.a.example TXT v=DMARC1; p=reject"},
	DMARC_FOUND, "a.example", R, R, 4},
    /* psd=n ends the walk */
    {"c.b.a.example",
	{"_dmarc.b.a.example TXT v=DMARC1; p=quarantine; psd=n",
	    "_dmarc.a.example TXT v=DMARC1; p=reject"},
	DMARC_FOUND, "b.a.example", Q, Q, 4},
    /* psd=y: the organisation is one label below; else it speaks itself */
    {"c.b.a.example",
	{"_dmarc.b.a.example TXT v=DMARC1; p=quarantine",
	    "_dmarc.a.example TXT v=DMARC1; p=reject; psd=y"},
	DMARC_FOUND, "b.a.example", Q, Q, 4},
    {"d.c.b.a.example",
	{"_dmarc.c.b.a.example TXT v=DMARC1; p=quarantine",
	    "_dmarc.a.example TXT v=DMARC1; p=reject; psd=y"},
	DMARC_FOUND, "a.example", R, R, 5},
    {"a.example", {"_dmarc.example TXT v=DMARC1; p=none; sp=reject; psd=y"},
	DMARC_FOUND, "example", R, R, 2},
    /* a name server that does not answer */
    {"a.example", {"_dmarc.a.example FAIL"}, DMARC_TEMPERROR, "", N, N, 1},
    {"b.a.example", {"_dmarc.a.example FAIL"}, DMARC_TEMPERROR, "", N, N, 3},
    {"b.a.example",
	{"_dmarc.a.example TXT v=DMARC1; p=reject; psd=n",
	    "_dmarc.example FAIL"},
	DMARC_FOUND, "a.example", R, R, 3},
    /* of a long name the last seven labels */
    {"l.k.j.i.h.g.f.e.d.c.b.a.example",
	{"_dmarc.h.g.f.e.d.c.b.a.example TXT v=DMARC1; p=reject",
	    "_dmarc.f.e.d.c.b.a.example TXT v=DMARC1; p=quarantine"},
	DMARC_FOUND, "f.e.d.c.b.a.example", Q, Q, 8},
    {"g.f.e.d.c.b.a.example",
	{"_dmarc.f.e.d.c.b.a.example TXT v=DMARC1; p=quarantine"}, DMARC_FOUND,
	"f.e.d.c.b.a.example", Q, Q, 8},
    /* no domain: nothing is asked */
    {"", {""}, DMARC_ABSENT, "", N, N, 0},
    {"a..example", {""}, DMARC_ABSENT, "", N, N, 0},
    {"example", {""}, DMARC_ABSENT, "", N, N, 1},
};

static void the_record_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		size_t n = 0;

		while (n < 6 && r->lines[n] != NULL)
			n++;
		run(r->domain, r->lines, n);
		if (got.state != r->state || strcmp(got.domain, r->at) != 0 ||
		    (int)got.asked != r->asked ||
		    (int)got.policy != r->policy || got.lookups != r->lookups)
			fail_msg("row %zu: %s at '%s' %s %s, %d look-ups", i,
			    dmarc_state_name(got.state), got.domain,
			    dmarc_policy_name(got.asked),
			    dmarc_policy_name(got.policy), got.lookups);
		if (got.state == DMARC_FOUND) {
			assert_int_equal(got.ttl_s, 60);
			assert_non_null(strstr(got.text, "v=DMARC1"));
		}
	}
}

static void questions_that_do_not_wait_go_out_together(void **state)
{
	const char *const none[] = {""};

	(void)state;
	run("e.d.c.b.a.example", none, 1);
	assert_int_equal(fake.asked, 6);
	assert_int_equal(fake.most_in_flight, 5);
}

/* "_dmarc." in front of it does not fit into DNS. */
static void a_name_too_long_has_no_record(void **state)
{
	char label[64], name[300];
	const char *const lines[] = {"_dmarc.example TXT v=DMARC1; p=reject"};

	(void)state;
	memset(label, 'x', 60);
	label[60] = '\0';
	snprintf(name, sizeof(name), "%s.%s.%s.%s.example", label, label, label,
	    label);
	assert_true(strlen(name) > 246 && strlen(name) <= 253);
	run(name, lines, 1);
	assert_int_equal(got.state, DMARC_FOUND);
	assert_string_equal(got.domain, "example");
	assert_int_equal(got.lookups, 4);
}

static void a_cancelled_check_does_not_call(void **state)
{
	uv_loop_t loop;
	struct dmarc_check *c[2];

	(void)state;
	called = 0;
	uv_loop_init(&loop);
	fake_init(&fake, &loop, NULL, 0);
	fake.late_ms = 5;
	c[0] = dmarc_check_start(&loop, &fake.r, "a.example", keep, NULL);
	c[1] = dmarc_check_start(&loop, &fake.r, "a.example", keep, NULL);
	dmarc_check_cancel(c[0]);
	while (fake.asked == 0)
		uv_run(&loop, UV_RUN_ONCE);
	dmarc_check_cancel(c[1]);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 0);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_record_is_found),
	    cmocka_unit_test(questions_that_do_not_wait_go_out_together),
	    cmocka_unit_test(a_name_too_long_has_no_record),
	    cmocka_unit_test(a_cancelled_check_does_not_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
