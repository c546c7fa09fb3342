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
	o.header_from_count = 1;
	o.seen_bytes = 100;
	snprintf(o.header_from, sizeof(o.header_from), "a.example");
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

/* What DNS said; the words of the table are test_judge.c's. */
struct dns {
	struct spf_outcome spf;
	struct dkim_outcome dkim;
	struct dmarc_outcome dmarc;
	struct auth_outcome all;
};

static void dns_says(struct dns *d, enum spf_result r, enum dkim_says says)
{
	memset(d, 0, sizeof(*d));
	d->spf.result = r;
	d->spf.lookups = 3;
	strcpy(d->spf.term, "-all");
	strcpy(d->spf.record, "v=spf1 -all");
	d->all.spf = &d->spf;
	d->all.says = says;
	d->all.lookups = 5;
	d->all.from_aligned = true;
}

static void only_what_is_proved_is_called_spoofed(void **state)
{
	static const struct {
		enum spf_result result;
		enum dkim_says says;
		bool header, hangs;
		const char *own;
		enum verdict want;
	} rows[] = {
	    {SPF_FAIL, DKIM_SAYS_NOTHING, true, false, "", VERDICT_SPOOFED},
	    {SPF_FAIL, DKIM_SAYS_FAILED, true, false, "b.example",
		VERDICT_SPOOFED},
	    {SPF_FAIL, DKIM_SAYS_NOTHING, true, false, "xa.example",
		VERDICT_SPOOFED},
	    {SPF_FAIL, DKIM_SAYS_ALIGNED, true, false, "", VERDICT_AUTHORISED},
	    {SPF_FAIL, DKIM_SAYS_UNALIGNED, true, false, "",
		VERDICT_CANNOT_TELL},
	    {SPF_FAIL, DKIM_SAYS_TEMPERROR, true, false, "",
		VERDICT_CANNOT_TELL},
	    {SPF_FAIL, DKIM_SAYS_UNSEEN, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_FAIL, DKIM_SAYS_NOTHING, false, false, "",
		VERDICT_CANNOT_TELL},
	    {SPF_FAIL, DKIM_SAYS_NOTHING, true, true, "", VERDICT_CANNOT_TELL},
	    {SPF_FAIL, DKIM_SAYS_NOTHING, true, false, "b.example A.example",
		VERDICT_AUTHORISED},
	    {SPF_FAIL, DKIM_SAYS_NOTHING, true, false, "example",
		VERDICT_AUTHORISED},
	    {SPF_PASS, DKIM_SAYS_NOTHING, true, false, "", VERDICT_AUTHORISED},
	    {SPF_PASS, DKIM_SAYS_NOTHING, true, true, "", VERDICT_CANNOT_TELL},
	    {SPF_SOFTFAIL, DKIM_SAYS_NOTHING, true, false, "",
		VERDICT_CANNOT_TELL},
	    {SPF_NONE, DKIM_SAYS_NOTHING, true, false, "", VERDICT_CANNOT_TELL},
	    {SPF_TEMPERROR, DKIM_SAYS_NOTHING, true, false, "",
		VERDICT_CANNOT_TELL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct observation o = mail();
		struct dns d;

		dns_says(&d, rows[i].result, rows[i].says);
		d.spf.needs_local_part = rows[i].hangs;
		o.header_complete = rows[i].header;
		verdict_decide(&o, &conf, rows[i].own, &d.all);
		if (o.verdict != rows[i].want)
			fail_msg("row %zu: %s", i, verdict_name(o.verdict));
		assert_int_equal(o.spf, rows[i].result);
		assert_int_equal(o.spf_lookups, 5);
		assert_string_equal(o.spf_record, "v=spf1 -all");
		assert_true(o.verdict_reason[0] != '\0');
	}
}

/* Forwarding (RFC 7208 appendix D): the domain's record cannot know it. */
static void a_server_may_forward_what_nobody_signed(void **state)
{
	struct observation o = mail();
	struct dns d;

	(void)state;
	dns_says(&d, SPF_FAIL, DKIM_SAYS_NOTHING);
	conf.classes[CLASS_STATIC].port25_open = true;
	o.line_class = CLASS_STATIC;
	o.received_count = 1;
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
	assert_non_null(strstr(o.verdict_reason, "forwarded"));
	o.received_count = 0;
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_SPOOFED);
	o.line_class = CLASS_DYNAMIC;
	o.received_count = 1;
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_SPOOFED);
}

static void lost_bytes_and_allowed_domains(void **state)
{
	struct conf allows = {.allowed_sender_domains = "x.example a.example"};
	struct observation o = mail();
	struct dns d;

	(void)state;
	dns_says(&d, SPF_FAIL, DKIM_SAYS_NOTHING);
	o.gap = true;
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
	verdict_decide(&o, &allows, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_AUTHORISED);
	assert_non_null(strstr(o.verdict_reason, "operator allows"));
}

static void a_pass_needs_one_header_from_that_is_aligned(void **state)
{
	struct observation o = mail();
	struct dns d;

	(void)state;
	dns_says(&d, SPF_PASS, DKIM_SAYS_NOTHING);
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_AUTHORISED);
	o.header_from_count = 2;
	assert_string_equal(verdict_header_from(&o), "");
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
	o.header_from_count = 1;
	d.all.from_aligned = false;
	verdict_decide(&o, &conf, "", &d.all);
	assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
}

static void what_dkim_and_dmarc_say_is_kept(void **state)
{
	struct dkim_result s = {.code = DKIM_FAIL,
	    .domain = "signer.example",
	    .selector = "s",
	    .reason = "the body was changed"};
	struct observation o = mail();
	struct dns d;

	(void)state;
	dns_says(&d, SPF_FAIL, DKIM_SAYS_FAILED);
	verdict_decide(&o, &conf, "", &d.all);
	assert_string_equal(o.dkim, "");
	assert_string_equal(o.dmarc, "");
	d.all.dkim = &d.dkim;
	d.all.dmarc = &d.dmarc;
	d.all.signature = &s;
	d.dmarc.state = DMARC_FOUND;
	d.dmarc.asked = DMARC_REJECT;
	strcpy(d.dmarc.domain, "a.example");
	verdict_decide(&o, &conf, "", &d.all);
	assert_string_equal(
	    o.dkim, "fail signer.example: the body was changed");
	assert_string_equal(o.dmarc, "reject a.example");
	assert_non_null(strstr(o.verdict_reason, "DMARC of a.example asks"));
	d.all.signature = NULL;
	d.dmarc.state = DMARC_ABSENT;
	verdict_decide(&o, &conf, "", &d.all);
	assert_string_equal(o.dkim, "none");
	assert_string_equal(o.dmarc, dmarc_state_name(DMARC_ABSENT));
}

/* Mail handed to our servers: what receivers will say to them. */
static void mail_by_our_servers_is_advice(void **state)
{
	static const struct {
		enum spf_result result;
		bool hangs;
		const char *advice; /* NULL: nothing is kept */
	} rows[] = {
	    {SPF_FAIL, false, "refuse mail of a.example"},
	    {SPF_SOFTFAIL, false, "suspect mail of a.example"},
	    {SPF_FAIL, true, NULL},
	    {SPF_PASS, false, NULL},
	    {SPF_NONE, false, NULL},
	    {SPF_TEMPERROR, false, NULL},
	};
	struct prefix egress_of[2];
	struct observation o = mail();
	struct spf_query q;
	char text[ADDR_STRLEN];

	(void)state;
	prefix_parse(&egress_of[0], "192.0.2.242");
	prefix_parse(&egress_of[1], "192.0.2.243");
	o.traffic_case = 1;
	o.server_port = 587;
	o.authenticated = true;
	assert_false(asks(&o, &q, NULL));
	conf.server_egress = (struct conf_prefixes){egress_of, 2};
	o.seq = 7;
	assert_true(asks(&o, &q, NULL));
	assert_string_equal(q.domain, "a.example");
	assert_string_equal(addr_format(&q.ip, text), "192.0.2.243");
	o.mail_from_null = true;
	assert_false(asks(&o, &q, NULL));
	o.mail_from_null = false;
	o.tier = PRIVACY_ENVELOPE;
	assert_false(asks(&o, &q, NULL));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns d;

		o = mail();
		o.traffic_case = 1;
		o.spf_address = egress_of[1].addr;
		dns_says(&d, rows[i].result, DKIM_SAYS_NOTHING);
		d.spf.needs_local_part = rows[i].hangs;
		verdict_decide(&o, &conf, "", &d.all);
		assert_int_equal(o.verdict, VERDICT_CANNOT_TELL);
		if (rows[i].advice == NULL) {
			assert_string_equal(o.spf_domain, "");
			assert_string_equal(o.verdict_reason, "");
			continue;
		}
		assert_string_equal(o.spf_domain, "a.example");
		assert_non_null(strstr(o.verdict_reason, rows[i].advice));
		assert_non_null(strstr(o.verdict_reason, "192.0.2.243 (-all)"));
	}
	memset(&conf, 0, sizeof(conf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_asked),
	    cmocka_unit_test(a_private_source_needs_its_egress),
	    cmocka_unit_test(a_server_may_forward_what_nobody_signed),
	    cmocka_unit_test(only_what_is_proved_is_called_spoofed),
	    cmocka_unit_test(lost_bytes_and_allowed_domains),
	    cmocka_unit_test(a_pass_needs_one_header_from_that_is_aligned),
	    cmocka_unit_test(what_dkim_and_dmarc_say_is_kept),
	    cmocka_unit_test(mail_by_our_servers_is_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
