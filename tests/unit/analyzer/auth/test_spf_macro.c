/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/auth/spf_macro.h"

static struct spf_macros macros(const char *ip)
{
	struct spf_macros m = {.local_part = "strong-bad",
	    .sender_domain = "email.example.com",
	    .domain = "email.example.com",
	    .helo = "helo.example.org",
	    .receiver = "mx.example.net",
	    .now_s = 5};

	assert_int_equal(addr_parse(&m.ip, ip), 0);
	return m;
}

/* The examples of RFC 7208 section 7.4, and the escapes of 7.1. */
static void the_rfc_examples(void **state)
{
	static const struct {
		const char *ip, *spec, *want;
	} rows[] = {
	    {"192.0.2.3", "%{s}", "strong-bad@email.example.com"},
	    {"192.0.2.3", "%{o}", "email.example.com"},
	    {"192.0.2.3", "%{d4}", "email.example.com"},
	    {"192.0.2.3", "%{d3}", "email.example.com"},
	    {"192.0.2.3", "%{d2}", "example.com"},
	    {"192.0.2.3", "%{d1}", "com"},
	    {"192.0.2.3", "%{dr}", "com.example.email"},
	    {"192.0.2.3", "%{d2r}", "example.email"},
	    {"192.0.2.3", "%{l}", "strong-bad"},
	    {"192.0.2.3", "%{l-}", "strong.bad"},
	    {"192.0.2.3", "%{lr}", "strong-bad"},
	    {"192.0.2.3", "%{lr-}", "bad.strong"},
	    {"192.0.2.3", "%{l1r-}", "strong"},
	    {"192.0.2.3", "%{ir}.%{v}._spf.%{d2}",
		"3.2.0.192.in-addr._spf.example.com"},
	    {"192.0.2.3", "%{lr-}.lp._spf.%{d2}",
		"bad.strong.lp._spf.example.com"},
	    {"192.0.2.3", "%{d2}.trusted-domains.example.net",
		"example.com.trusted-domains.example.net"},
	    {"2001:db8::cb01", "%{ir}.%{v}._spf.%{d2}",
		"1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0."
		"1.0.0.2.ip6._spf.example.com"},
	    {"192.0.2.3", "a%%(%_)%-b", "a%( )%20b"},
	    {"192.0.2.3", "%{S}", "strong-bad%40email.example.com"},
	    {"192.0.2.3", "%{h}", "helo.example.org"},
	    {"192.0.2.3", "%{p}", "unknown"},
	    {"192.0.2.3", "plain.example", "plain.example"},
	    {"192.0.2.3", "dot.example.", "dot.example"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct spf_macros m = macros(rows[i].ip);
		char out[512];

		assert_int_equal(
		    spf_macro_expand(&m, rows[i].spec, strlen(rows[i].spec),
			out, sizeof(out), true),
		    0);
		assert_string_equal(out, rows[i].want);
	}
}

static void an_unknown_local_part_is_noted(void **state)
{
	struct spf_macros m = macros("192.0.2.3");
	char out[512];

	(void)state;
	m.local_part = NULL;
	assert_int_equal(spf_macro_expand(&m, "%{d}", 4, out, 512, true), 0);
	assert_false(m.used_local_part);
	assert_int_equal(spf_macro_expand(&m, "%{l}.x", 6, out, 512, true), 0);
	assert_true(m.used_local_part);
}

static void a_long_name_loses_its_first_labels(void **state)
{
	struct spf_macros m = macros("192.0.2.3");
	char spec[600] = "", out[1024];

	(void)state;
	for (int i = 0; i < 60; i++)
		strcat(spec, "label.");
	strcat(spec, "%{d}");
	assert_int_equal(
	    spf_macro_expand(&m, spec, strlen(spec), out, sizeof(out), true),
	    0);
	assert_true(strlen(out) <= 253);
	assert_string_equal(out + strlen(out) - 17, "email.example.com");
	/* too long for the caller's buffer */
	assert_int_equal(
	    spf_macro_expand(&m, spec, strlen(spec), out, 100, true), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_rfc_examples),
	    cmocka_unit_test(an_unknown_local_part_is_noted),
	    cmocka_unit_test(a_long_name_loses_its_first_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
