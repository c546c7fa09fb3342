/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/auth/spf.h"
#include "analyzer/auth/spf_lookup.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

static const char *const zone[] = {
    "none.example A 192.0.2.1",
    "all.example TXT v=spf1 -all",
    "soft.example TXT v=spf1 ~all",
    "neutral.example TXT v=spf1 ?all",
    "empty.example TXT v=spf1",
    "upper.example TXT V=SPF1 IP4:192.0.2.0/24 -ALL",
    "other.example TXT v=spf10 -all",
    "two.example TXT v=spf1 -all",
    "two.example TXT v=spf1 +all",
    "split.example TXT v=spf1 ip4:192.0|.2.0/24 -all",
    "ip4.example TXT v=spf1 ip4:192.0.2.0/24 -all",
    "ip6.example TXT v=spf1 ip6:2001:db8::/32 -all",
    "bad4.example TXT v=spf1 ip4:192.0.2.300 -all",
    "badmech.example TXT v=spf1 -all foo:bar.example",
    "badmod.example TXT v=spf1 -all redirect=%{x}",
    "tworedir.example TXT v=spf1 redirect=a.example redirect=b.example",
    "unknownmod.example TXT v=spf1 moo=cow -all",
    "a.example TXT v=spf1 a -all",
    "a.example A 192.0.2.7",
    "a.example AAAA 2001:db8::7",
    "cidr.example TXT v=spf1 a:a.example/24//64 -all",
    "mx.example TXT v=spf1 mx -all",
    "mx.example MX mail1.example",
    "mx.example MX mail2.example",
    "mail1.example A 192.0.2.8",
    "mail2.example A 192.0.2.7",
    "nullmx.example TXT v=spf1 mx -all",
    "nullmx.example MX .",
    "incl.example TXT v=spf1 include:ip4.example -all",
    "inclnone.example TXT v=spf1 include:none.example -all",
    "inclfail.example TXT v=spf1 include:all.example ?all",
    "inclself.example TXT v=spf1 include:inclself.example -all",
    "redir.example TXT v=spf1 redirect=ip4.example",
    "redirnone.example TXT v=spf1 redirect=none.example",
    "redirall.example TXT v=spf1 ?all redirect=all.example",
    "fail.example FAIL",
    "dnsa.example TXT v=spf1 a:fail.example -all",
    "dnslate.example TXT v=spf1 ip4:192.0.2.7 a:fail.example -all",
    "voids.example TXT v=spf1 a:v1.example a:v2.example a:v3.example -all",
    "twovoids.example TXT v=spf1 a:v1.example a:v2.example -all",
    "exists.example TXT v=spf1 exists:%{ir}.list.example -all",
    "7.2.0.192.list.example A 127.0.0.2",
    "local.example TXT v=spf1 exists:%{l}.users.example -all",
    "joe.users.example A 127.0.0.2",
    "nolocal.example TXT v=spf1 ip4:192.0.2.7 exists:%{l}.users.example -all",
    "ptr.example TXT v=spf1 ptr -all",
    "7.2.0.192.in-addr.arpa PTR host.ptr.example",
    "host.ptr.example A 192.0.2.7",
    "pmacro.example TXT v=spf1 exists:%{p}.seen.example -all",
    "host.ptr.example.seen.example A 127.0.0.2",
    "deep1.example TXT v=spf1 include:deep2.example -all",
    "deep2.example TXT v=spf1 include:deep3.example -all",
    "deep3.example TXT v=spf1 ip4:192.0.2.7 -all",
    "many.example TXT v=spf1 a:a.example a:a.example a:a.example a:a.example "
    "a:a.example a:a.example a:a.example a:a.example a:a.example a:a.example "
    "a:a.example -all",
    "badname.example TXT v=spf1 include:%{d2}.%{l} -all",
    "trail.example TXT v=spf1 a include:incl.example mx redirect=why.example",
    "trail.example MX mail1.example",
    "trail.example MX mail2.example",
    "why.example TXT v=spf1 -all exp=text.example",
    "text.example TXT not from %{i}",
    "manymx.example TXT v=spf1 mx -all",
    "manymx.example MX m1.example",
    "manymx.example MX m2.example",
    "manymx.example MX m3.example",
    "manymx.example MX m4.example",
    "manymx.example MX m5.example",
    "manymx.example MX m6.example",
    "manymx.example MX m7.example",
    "manymx.example MX m8.example",
    "manymx.example MX m9.example",
    "manymx.example MX m10.example",
    "manymx.example MX m11.example",
};

struct asked {
	struct spf_outcome out;
	char trail[2048]; /* "TYPE name < domain term\n", oldest first */
	int called;
};

static void add_line(struct asked *a, const struct spf_answer *answer)
{
	struct spf_asker w = spf_answer_asker(answer);
	size_t n;

	if (answer->next)
		add_line(a, answer->next);
	n = strlen(a->trail);
	snprintf(a->trail + n, sizeof(a->trail) - n, "%d %s%s%s%s %.*s\n",
	    (int)answer->type, answer->name, answer->known ? "" : " ?",
	    w.domain ? " < " : "", w.domain ? w.domain : "", w.term_len,
	    w.term ? w.term : "");
}

static void keep(void *arg, const struct spf_outcome *o)
{
	struct asked *a = arg;

	a->out = *o;
	a->trail[0] = '\0';
	if (o->answers)
		add_line(a, o->answers);
	a->called++;
}

static struct asked check(
    const char *ip, const char *domain, const char *local_part, struct fake *f)
{
	struct spf_limits limits = {10, 2, 10, 20000};
	struct spf_query q = {.helo = "helo.example",
	    .domain = domain,
	    .local_part = local_part,
	    .want_exp = true,
	    .keep_askers = true};
	struct asked a = {0};
	struct fake own;
	uv_loop_t loop;

	if (!f)
		f = &own;
	uv_loop_init(&loop);
	fake_init(f, &loop, zone, sizeof(zone) / sizeof(zone[0]));
	assert_int_equal(addr_parse(&q.ip, ip), 0);
	assert_non_null(spf_check_start(&loop, &f->r, &limits, &q, keep, &a));
	assert_int_equal(a.called, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(a.called, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
	return a;
}

static void every_mechanism_and_limit(void **state)
{
	static const struct {
		const char *ip, *domain;
		enum spf_result want;
		const char *term;
	} rows[] = {
	    {"192.0.2.7", "none.example", SPF_NONE, ""},
	    {"192.0.2.7", "missing.example", SPF_NONE, ""},
	    {"192.0.2.7", "localhost", SPF_NONE, ""},
	    {"192.0.2.7", "a..example", SPF_NONE, ""},
	    {"192.0.2.7", "all.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "soft.example", SPF_SOFTFAIL, "~all"},
	    {"192.0.2.7", "neutral.example", SPF_NEUTRAL, "?all"},
	    {"192.0.2.7", "empty.example", SPF_NEUTRAL, ""},
	    {"192.0.2.7", "upper.example", SPF_PASS, "IP4:192.0.2.0/24"},
	    {"192.0.2.7", "other.example", SPF_NONE, ""},
	    {"192.0.2.7", "two.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "split.example", SPF_PASS, "ip4:192.0.2.0/24"},
	    {"192.0.2.7", "ip4.example", SPF_PASS, "ip4:192.0.2.0/24"},
	    {"198.51.100.7", "ip4.example", SPF_FAIL, "-all"},
	    {"::ffff:192.0.2.7", "ip4.example", SPF_PASS, "ip4:192.0.2.0/24"},
	    {"2001:db8::7", "ip4.example", SPF_FAIL, "-all"},
	    {"2001:db8::7", "ip6.example", SPF_PASS, "ip6:2001:db8::/32"},
	    {"192.0.2.7", "bad4.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "badmech.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "badmod.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "tworedir.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "unknownmod.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "a.example", SPF_PASS, "a"},
	    {"192.0.2.8", "a.example", SPF_FAIL, "-all"},
	    {"2001:db8::7", "a.example", SPF_PASS, "a"},
	    {"192.0.2.200", "cidr.example", SPF_PASS, "a:a.example/24//64"},
	    {"2001:db8::1:7", "cidr.example", SPF_PASS, "a:a.example/24//64"},
	    {"192.0.2.7", "mx.example", SPF_PASS, "mx"},
	    {"192.0.2.9", "mx.example", SPF_FAIL, "-all"},
	    {"192.0.2.9", "nullmx.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "incl.example", SPF_PASS, "include:ip4.example"},
	    {"198.51.100.7", "incl.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "inclnone.example", SPF_PERMERROR,
		"include:none.example"},
	    {"192.0.2.7", "inclfail.example", SPF_NEUTRAL, "?all"},
	    {"192.0.2.7", "inclself.example", SPF_PERMERROR, NULL},
	    {"192.0.2.7", "redir.example", SPF_PASS, "ip4:192.0.2.0/24"},
	    {"192.0.2.7", "redirnone.example", SPF_PERMERROR, ""},
	    {"192.0.2.7", "redirall.example", SPF_NEUTRAL, "?all"},
	    {"192.0.2.7", "fail.example", SPF_TEMPERROR, ""},
	    {"192.0.2.7", "dnsa.example", SPF_TEMPERROR, "a:fail.example"},
	    {"192.0.2.7", "dnslate.example", SPF_PASS, "ip4:192.0.2.7"},
	    {"192.0.2.7", "voids.example", SPF_PERMERROR, "a:v3.example"},
	    {"192.0.2.7", "twovoids.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "exists.example", SPF_PASS,
		"exists:%{ir}.list.example"},
	    {"192.0.2.9", "exists.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "ptr.example", SPF_PASS, "ptr"},
	    {"192.0.2.8", "ptr.example", SPF_FAIL, "-all"},
	    {"192.0.2.7", "pmacro.example", SPF_PASS,
		"exists:%{p}.seen.example"},
	    {"192.0.2.7", "deep1.example", SPF_PASS, "include:deep2.example"},
	    {"192.0.2.99", "many.example", SPF_PERMERROR, "a:a.example"},
	    {"192.0.2.99", "badname.example", SPF_PERMERROR, NULL},
	    {"192.0.2.99", "manymx.example", SPF_PERMERROR, "mx"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct asked a = check(rows[i].ip, rows[i].domain, "joe", NULL);

		if (a.out.result != rows[i].want ||
		    (rows[i].term && strcmp(a.out.term, rows[i].term) != 0))
			fail_msg("%s %s: %s by \"%s\" (%s), not %s", rows[i].ip,
			    rows[i].domain, spf_result_name(a.out.result),
			    a.out.term, a.out.reason,
			    spf_result_name(rows[i].want));
		if ((a.out.result == SPF_PERMERROR ||
			a.out.result == SPF_TEMPERROR) &&
		    a.out.reason[0] == '\0')
			fail_msg(
			    "%s: an error without a reason", rows[i].domain);
	}
}

static void a_result_that_hangs_on_the_local_part_says_so(void **state)
{
	struct asked a = check("192.0.2.7", "local.example", "joe", NULL);

	(void)state;
	assert_int_equal(a.out.result, SPF_PASS);
	assert_false(a.out.needs_local_part);
	a = check("192.0.2.7", "local.example", NULL, NULL);
	assert_true(a.out.needs_local_part);
	/* decided before the macro was needed */
	a = check("192.0.2.7", "nolocal.example", NULL, NULL);
	assert_int_equal(a.out.result, SPF_PASS);
	assert_false(a.out.needs_local_part);
}

static void the_record_that_decided_is_kept(void **state)
{
	struct asked a = check("192.0.2.99", "all.example", "x", NULL);

	(void)state;
	assert_string_equal(a.out.record, "v=spf1 -all");
	assert_string_equal(a.out.domain, "all.example");
	a = check("198.51.100.1", "redir.example", "x", NULL);
	assert_string_equal(a.out.domain, "ip4.example");
	a = check("198.51.100.1", "incl.example", "x", NULL);
	assert_string_equal(a.out.domain, "incl.example");
	assert_string_equal(a.out.record, "v=spf1 include:ip4.example -all");
}

static void every_question_says_who_asked_it(void **state)
{
	struct asked a = check("198.51.100.9", "trail.example", "x", NULL);

	(void)state;
	assert_int_equal(a.out.result, SPF_FAIL);
	assert_string_equal(a.out.exp, "not from 198.51.100.9");
	assert_string_equal(a.trail,
	    "16 trail.example \n"
	    "1 trail.example < trail.example a\n"
	    "16 incl.example < trail.example include:incl.example\n"
	    "16 ip4.example < incl.example include:ip4.example\n"
	    "15 trail.example < trail.example mx\n"
	    "1 mail1.example < trail.example mx\n"
	    "1 mail2.example < trail.example mx\n"
	    "16 why.example < trail.example redirect=why.example\n"
	    "16 text.example < why.example exp\n");
	assert_string_equal(a.out.trail,
	    "TXT trail.example, A trail.example nodata, TXT incl.example, "
	    "TXT ip4.example, MX trail.example, A mail1.example, "
	    "A mail2.example, TXT why.example, TXT text.example");
}

static void mail_exchangers_are_asked_together(void **state)
{
	struct fake f;

	(void)state;
	check("192.0.2.7", "mx.example", "x", &f);
	assert_int_equal(f.asked, 4);
	assert_int_equal(f.most_in_flight, 2);
}

static void a_cancelled_check_never_calls(void **state)
{
	struct spf_limits limits = {10, 2, 10, 20000};
	struct spf_query q = {.helo = "", .domain = "mx.example"};
	struct asked a = {0};
	struct fake f;
	uv_loop_t loop;

	(void)state;
	for (int turns = 0; turns < 3; turns++) {
		struct spf_check *c;

		uv_loop_init(&loop);
		fake_init(&f, &loop, zone, sizeof(zone) / sizeof(zone[0]));
		f.late_ms = 3;
		addr_parse(&q.ip, "192.0.2.7");
		c = spf_check_start(&loop, &f.r, &limits, &q, keep, &a);
		assert_non_null(c);
		for (int i = 0; i < turns; i++)
			uv_run(&loop, UV_RUN_ONCE);
		if (a.called == 0)
			spf_check_cancel(c);
		uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(uv_loop_close(&loop), 0);
		assert_int_equal(a.called, 0);
	}
}

static void a_silent_server_ends_in_temperror(void **state)
{
	struct spf_limits limits = {10, 2, 10, 30};
	struct spf_query q = {.helo = "", .domain = "all.example"};
	struct asked a = {0};
	struct fake f;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	fake_init(&f, &loop, zone, sizeof(zone) / sizeof(zone[0]));
	/* answers an hour from now */
	f.late_ms = 3600 * 1000;
	addr_parse(&q.ip, "192.0.2.7");
	assert_non_null(spf_check_start(&loop, &f.r, &limits, &q, keep, &a));
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(a.called, 1);
	assert_int_equal(a.out.result, SPF_TEMPERROR);
	assert_string_equal(a.out.reason, "the check took longer than 30 ms");
	assert_string_equal(a.trail, "16 all.example ? \n");
	assert_int_equal(f.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_mechanism_and_limit),
	    cmocka_unit_test(a_result_that_hangs_on_the_local_part_says_so),
	    cmocka_unit_test(the_record_that_decided_is_kept),
	    cmocka_unit_test(every_question_says_who_asked_it),
	    cmocka_unit_test(mail_exchangers_are_asked_together),
	    cmocka_unit_test(a_cancelled_check_never_calls),
	    cmocka_unit_test(a_silent_server_ends_in_temperror),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
