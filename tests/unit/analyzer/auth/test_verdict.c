/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/auth/verdict.h"

static struct conf conf;
static struct conf_egress egress;

static struct observation mail(void)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_TRANSACTION;
	o.traffic_case = 2;
	o.server_port = 25;
	o.tier = PRIVACY_DOMAINS;
	o.mail_from_seen = true;
	o.header_complete = true;
	snprintf(o.mail_from, sizeof(o.mail_from), "a.example");
	snprintf(o.helo, sizeof(o.helo), "helo.example");
	addr_parse(&o.client, "198.51.100.7");
	return o;
}

static bool asks(
    const struct observation *o, struct spf_query *q, const char *why_part)
{
	const char *why;
	bool yes = verdict_query(o, &conf, q, &why);

	if (why_part) {
		assert_non_null(why);
		assert_non_null(strstr(why, why_part));
	}
	return yes;
}

static void what_is_asked(void **state)
{
	struct observation o = mail();
	struct spf_query q;

	(void)state;
	assert_true(asks(&o, &q, NULL));
	assert_string_equal(q.domain, "a.example");
	assert_null(q.local_part);
	o.mail_from_null = true;
	assert_true(asks(&o, &q, NULL));
	assert_string_equal(q.domain, "helo.example");
	assert_string_equal(q.local_part, "postmaster");
	snprintf(o.helo, sizeof(o.helo), "[198.51.100.7]");
	assert_false(asks(&o, &q, "HELO"));
	o = mail();
	snprintf(o.mail_from, sizeof(o.mail_from), "localhost");
	assert_false(asks(&o, &q, "no domain"));
	o = mail();
	o.tier = PRIVACY_ENVELOPE;
	assert_false(asks(&o, &q, "tier"));
	o = mail();
	o.authenticated = true;
	assert_false(asks(&o, &q, "authenticated"));
	o = mail();
	o.traffic_case = 1;
	assert_false(asks(&o, &q, NULL));
	o = mail();
	o.server_port = 587;
	assert_false(asks(&o, &q, NULL));
	o = mail();
	o.kind = OBS_CLOSE;
	assert_false(asks(&o, &q, NULL));
}

static void a_private_source_needs_its_egress(void **state)
{
	struct observation o = mail();
	struct spf_query q;
	struct addr out;

	(void)state;
	addr_parse(&o.client, "100.64.0.9");
	assert_false(asks(&o, &q, "egress"));
	prefix_parse(&egress.inside, "100.64.0.0/10");
	addr_parse(&egress.outside, "203.0.113.1");
	conf.egress = &egress;
	conf.n_egress = 1;
	assert_true(asks(&o, &q, NULL));
	addr_parse(&out, "203.0.113.1");
	assert_true(addr_equal(&q.ip, &out));
	conf.n_egress = 0;
}

static void only_what_is_proved_is_called_spoofed(void **state)
{
	static const struct {
		enum spf_result result;
		bool signature, header, hangs;
		const char *own;
		enum verdict want;
	} rows[] = {
	    {SPF_FAIL, false, true, false, "", VERDICT_SPOOFED},
	    {SPF_FAIL, false, true, false, "b.example", VERDICT_SPOOFED},
	    {SPF_FAIL, false, true, false, "xa.example", VERDICT_SPOOFED},
	    {SPF_FAIL, true, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_FAIL, false, false, false, "", VERDICT_CANNOT_TELL},
	    {SPF_FAIL, false, true, true, "", VERDICT_CANNOT_TELL},
	    {SPF_FAIL, false, true, false, "b.example A.example",
		VERDICT_CANNOT_TELL},
	    {SPF_FAIL, false, true, false, "example", VERDICT_CANNOT_TELL},
	    {SPF_PASS, false, true, false, "", VERDICT_AUTHORISED},
	    {SPF_PASS, false, true, true, "", VERDICT_CANNOT_TELL},
	    {SPF_SOFTFAIL, false, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_NEUTRAL, false, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_NONE, false, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_TEMPERROR, false, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_PERMERROR, false, true, false, "", VERDICT_CANNOT_TELL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation o = mail();
		struct spf_outcome out = {.result = rows[i].result,
		    .term = "-all",
		    .needs_local_part = rows[i].hangs};

		o.dkim_signature = rows[i].signature;
		o.header_complete = rows[i].header;
		verdict_decide(&o, rows[i].own, &out);
		if (o.verdict != rows[i].want)
			fail_msg("row %zu: %s", i, verdict_name(o.verdict));
		assert_int_equal(o.spf, rows[i].result);
		assert_true(o.verdict_reason[0] != '\0');
	}
}

/* Forwarding (RFC 7208 appendix D): the domain's record cannot know it. */
static void a_server_may_forward_what_nobody_signed(void **state)
{
	struct spf_outcome out = {.result = SPF_FAIL, .term = "-all"};
	struct observation o = mail();

	(void)state;
	o.line_class = CLASS_STATIC;
	o.received_count = 1;
	verdict_decide(&o, "", &out);
	assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
	assert_non_null(strstr(o.verdict_reason, "forwarded"));
	o.received_count = 0;
	verdict_decide(&o, "", &out);
	assert_int_equal(o.verdict, VERDICT_SPOOFED);
	o.line_class = CLASS_DYNAMIC;
	o.received_count = 1;
	verdict_decide(&o, "", &out);
	assert_int_equal(o.verdict, VERDICT_SPOOFED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_asked),
	    cmocka_unit_test(a_private_source_needs_its_egress),
	    cmocka_unit_test(a_server_may_forward_what_nobody_signed),
	    cmocka_unit_test(only_what_is_proved_is_called_spoofed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
