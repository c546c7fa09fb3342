/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/auth/spf_record.h"

static int parse(const char *text, size_t len, struct spf_record *r)
{
	const char *what = NULL;
	int rc = spf_record_parse(r, text, len, &what);

	if (rc != 0)
		assert_non_null(what);
	return rc;
}

static void syntax(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
	    {"v=spf1", 0},
	    {"v=spf1  -all  ", 0},
	    {"v=spf1 a/24 mx/24//64 a:b.example//64", 0},
	    {"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 ip4:192.0.2.1", 0},
	    {"v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d}", 0},
	    {"v=spf1 redirect=%{d}.example", 0},
	    {"v=spf1 -all exp=explain._spf.%{d}", 0},
	    {"v=spf1 x-y.z=%{d}anything ?all", 0},
	    {"v=spf1 a:b.example.", 0},
	    {"v=spf1 a:%%percent.example", 0},
	    {"v=spf1 -ALL MX", 0},
	    {"v=spf1 all:x.example", -1},
	    {"v=spf1 all/24", -1},
	    {"v=spf1 -", -1},
	    {"v=spf1 --all", -1},
	    {"v=spf1 a:", -1},
	    {"v=spf1 a:/24", -1},
	    {"v=spf1 a/33", -1},
	    {"v=spf1 a//129", -1},
	    {"v=spf1 a/024", -1},
	    {"v=spf1 a/", -1},
	    {"v=spf1 a///64", -1},
	    {"v=spf1 include", -1},
	    {"v=spf1 include:", -1},
	    {"v=spf1 exists", -1},
	    {"v=spf1 exists:x.example/24", -1},
	    {"v=spf1 ptr:x.example/24", -1},
	    {"v=spf1 ip4", -1},
	    {"v=spf1 ip4:2001:db8::1", -1},
	    {"v=spf1 ip6:192.0.2.1", -1},
	    {"v=spf1 ip4:192.0.2.0/33", -1},
	    {"v=spf1 ip4:192.0.2", -1},
	    {"v=spf1 a:b.123", -1},
	    {"v=spf1 a:b.-x", -1},
	    {"v=spf1 a:single", -1},
	    {"v=spf1 a:b..example.%{x}", -1},
	    {"v=spf1 a:%{d", -1},
	    {"v=spf1 a:%{d0}", -1},
	    {"v=spf1 a:%{c}.x.example", -1},
	    {"v=spf1 a:%(d).example", -1},
	    {"v=spf1 redirect=", -1},
	    {"v=spf1 redirect=a.example redirect=a.example", -1},
	    {"v=spf1 exp=a.example exp=a.example", -1},
	    {"v=spf1 moo=%", -1},
	    {"v=spf1 =x", -1},
	    {"v=spf1 a\tmx", -1},
	};
	static struct spf_record r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (parse(rows[i].text, strlen(rows[i].text), &r) !=
		    rows[i].want)
			fail_msg("%s", rows[i].text);
}

static void bytes_that_no_record_may_hold(void **state)
{
	static const char null_label[] = "v=spf1 a:x.exam\0ple";
	static const char null_macro[] = "v=spf1 a:%{\0}.example";
	static struct spf_record r;
	char text[5000];

	(void)state;
	assert_int_equal(parse(null_label, sizeof(null_label) - 1, &r), -1);
	assert_int_equal(parse(null_macro, sizeof(null_macro) - 1, &r), -1);
	assert_int_equal(parse("v=spf1 a:x\xff.example", 19, &r), -1);
	memset(text, ' ', sizeof(text));
	memcpy(text, "v=spf1", 6);
	assert_int_equal(parse(text, sizeof(text), &r), -1);
	/* more terms than are kept */
	for (size_t i = 7; i + 2 < 400; i += 2)
		text[i] = 'a';
	assert_int_equal(parse(text, 400, &r), -1);
	assert_int_equal(parse(text, 200, &r), 0);
	assert_int_equal(r.n, 97);
}

static void terms_keep_their_text(void **state)
{
	static struct spf_record r;
	const char *text = "v=spf1 ~a:b.example/24//64 redirect=c.example";

	(void)state;
	assert_int_equal(parse(text, strlen(text), &r), 0);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.terms[0].qualifier, SPF_SOFTFAIL);
	assert_int_equal(r.terms[0].cidr4, 24);
	assert_int_equal(r.terms[0].cidr6, 64);
	assert_memory_equal(r.text + r.terms[0].text, "~a:b.example/24//64",
	    r.terms[0].text_len);
	assert_memory_equal(
	    r.text + r.terms[0].spec, "b.example", r.terms[0].spec_len);
	assert_memory_equal(r.text + r.redirect, "c.example", r.redirect_len);
}

static void which_text_is_a_record(void **state)
{
	(void)state;
	assert_true(spf_record_is("v=spf1", 6));
	assert_true(spf_record_is("V=sPf1 -all", 11));
	assert_false(spf_record_is("v=spf10", 7));
	assert_false(spf_record_is("v=spf1-all", 10));
	assert_false(spf_record_is(" v=spf1", 7));
	assert_false(spf_record_is("v=spf", 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(syntax),
	    cmocka_unit_test(bytes_that_no_record_may_hold),
	    cmocka_unit_test(terms_keep_their_text),
	    cmocka_unit_test(which_text_is_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
