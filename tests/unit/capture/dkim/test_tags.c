/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/dkim/tags.h"

#define REST "a=rsa-sha256; d=one.example; s=k; h=from; bh=AAAA; "
#define GOOD "v=1; " REST "b=AAAA"

static const struct {
	const char *value;
	bool good;
} rows[] = {
    {GOOD, true},
    {GOOD ";", true},
    {GOOD ";\r\n \r\n", true},
    {" v = 1 ;\r\n\t" REST " b = A A\r\n A A ", true},
    {GOOD "; z=a|b; unknown=", true},
    {GOOD "; i=@one.example", true},
    {GOOD "; i=a@b@Sub.One.Example", true},
    {GOOD "; q=x/y : dns/txt", true},
    {GOOD "; c=relaxed", true},
    {GOOD "; c=simple/relaxed; l=0; t=5; x=5", true},
    {"v=1; a=x-y; d=one.example; s=a.b; h=from; bh=AAA=; b=AA==", true},
    {"", false},
    {";", false},
    {";" GOOD, false},
    {GOOD ";;", false},
    {GOOD "; ; z=x", false},
    {"v=2; " REST "b=AAAA", false},
    {REST "b=AAAA", false},
    {"v=1; " REST, false},
    {"v=1; " REST "b=", false},
    {"v=1; " REST "b=AAA", false},
    {"v=1; " REST "b=A===", false},
    {"v=1; " REST "b=AA=A", false},
    {"v=1; " REST "b=A-AA", false},
    {GOOD "; v=1", false},
    {GOOD "; u=1; u=2", false},
    {GOOD "; novalue", false},
    {GOOD "; 1x=y", false},
    {GOOD "; =y", false},
    {GOOD "; i=a@other.example", false},
    {GOOD "; i=a@xone.example", false},
    {GOOD "; i=one.example", false},
    {GOOD "; q=x/y", false},
    {GOOD "; c=nofws", false},
    {GOOD "; c=simple/", false},
    {GOOD "; l=-1", false},
    {GOOD "; l=", false},
    {GOOD "; t=5; x=4", false},
    {GOOD "; t=1234567890123", false},
    {GOOD "; x=1e3", false},
    {"v=1; a=; d=one.example; s=k; h=from; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one..example; s=k; h=from; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one.example; s=k k; h=from; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one.example; s=k; h=; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one.example; s=k; h=from:; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one.example; s=k; h=fr om; bh=AAAA; b=AAAA", false},
    {"v=1; a=x; d=one.example; s=k; h=from; b=AAAA", false},
};

static void lists_are_taken_or_malformed(void **state)
{
	struct dkim_tags t;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (dkim_tags_parse(&t, rows[i].value, strlen(rows[i].value)) !=
		    rows[i].good)
			fail_msg("%s", rows[i].value);
}

static void values_are_read(void **state)
{
	static const char v[] =
	    "v=1; a=ED25519-sha256; d=One.Example; s=K; c=relaxed/simple;"
	    " h=From : To; bh=AQID; b=/+8=; l=99999999999999999999; t=7; x=8";
	struct dkim_tags t;
	struct span name;

	(void)state;
	assert_true(dkim_tags_parse(&t, v, sizeof(v) - 1));
	assert_true(span_next(&t.names, ':', &name));
	assert_int_equal(name.len, 4);
	assert_true(span_next(&t.names, ':', &name));
	assert_memory_equal(name.p, "To", 2);
	assert_false(span_next(&t.names, ':', &name));
	assert_int_equal(
	    t.algorithm, SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256);
	assert_string_equal(t.domain, "one.example");
	assert_string_equal(t.selector, "k");
	assert_true(t.relaxed_header && !t.relaxed_body && t.body_length);
	assert_true(t.length == UINT64_MAX);
	assert_int_equal(t.signed_s, 7);
	assert_int_equal(t.expires_s, 8);
	assert_int_equal(t.body_hash_len, 3);
	assert_memory_equal(t.body_hash, "\1\2\3", 3);
	assert_int_equal(t.signature_len, 2);
	assert_memory_equal(t.signature, "\xff\xef", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_are_taken_or_malformed),
	    cmocka_unit_test(values_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
