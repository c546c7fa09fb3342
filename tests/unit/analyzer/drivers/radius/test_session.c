/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/order.h"
#include "analyzer/drivers/radius/session.h"

static char path[] = "/tmp/sekisho-nas-XXXXXX";
static struct nas_list nas;
static char why[NAS_ERROR_SIZE];

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int load(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return nas_load(&nas, path, why);
}

#define WHO                                                                    \
	"address = \"192.0.2.254\" secret_file = \"/x\" block = {'B = 1'} "    \
	"unblock = {'B = 0'} "
#define NAS(name, more) "nas \"" name "\" { " WHO more " }\n"

static void a_nas_is_read(void **state)
{
	(void)state;
	assert_int_equal(
	    load("nas \"a\" { address = \"2001:db8::1\" secret_file = \"/x\"\n"
		 "prefixes = {\"192.0.2.0/24\", \"2001:db8::/32\"}\n"
		 "session = {'User-Name = \"%{subscriber}\"'}\n"
		 "request = disconnect timeout_s = 5 tries = 1 }\n"
		 "nas \"b\" { address = \"bras.example:1700\" secret_file = "
		 "\"/y\" session = {'S = %{ipv4}'} block = {'B = 1'} unblock "
		 "= {'B = 0'} }\n"),
	    0);
	assert_int_equal(nas.n, 2);
	assert_string_equal(nas.v[0].server, "[2001:db8::1]:3799");
	assert_true(nas.v[0].disconnect);
	assert_int_equal(nas.v[0].timeout_s, 5);
	assert_int_equal(nas.v[0].n_prefixes, 2);
	assert_string_equal(nas.v[1].server, "bras.example:1700");
	assert_true(nas_session_has(&nas.v[1], "%{ipv4}"));
	assert_false(nas_session_has(&nas.v[0], "%{ipv"));
	nas_free(&nas);
}

static void what_is_wrong_with_it_is_told(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"", "there is no nas"},
	    {"nas \"a\" { colour = 1 }", ":1: no such option"},
	    {"nas \"a\" { }", "give address and secret_file"},
	    {"nas \"a\" { " WHO " }", "give session"},
	    {"nas \"a\" { address = \"x\" secret_file = \"/x\" session = "
	     "{'S = 1'} block = {'B = 1'} }",
		"give block and unblock"},
	    {NAS("a", "session = {'S = %{nobody}'}"), "is no placeholder"},
	    {NAS("a", "session = {'S = 1'} prefixes = {\"x\"}"),
		"\"x\" is no prefix"},
	    {NAS("a", "session = {'S = 1'} request = dance"),
		"neither coa nor disconnect"},
	    {NAS("a", "session = {'S = 1'} tries = 0"), "tries 1 to 10"},
	    {NAS("a", "session = {'S = 1'}") NAS("a", "session = {'S = 1'}"),
		"duplicate title"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(load(cases[i].text), -1);
		if (strstr(why, cases[i].why) == NULL)
			fail_msg("%s: \"%s\"", cases[i].text, why);
	}
	assert_int_equal(nas_load(&nas, "/no/such/file", why), -1);
	assert_non_null(strstr(why, "cannot be read"));
}

static struct target target(const char *text)
{
	struct target t = {.last_port = 0};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static const struct nas_session_order order = {
    .subscriber = "A \"x\"\n", .seq = 41, .until_us = 5000000, .now_s = 9};

/* The keys of the sessions, one after the other. */
static const char *keys_of(struct target *v, size_t n)
{
	static char text[1024];
	struct nas_session_list l;
	size_t at = 0;

	text[0] = '\0';
	if (nas_sessions_of(&l, &nas, &order, v, n, why) != 0)
		return "none";
	for (size_t i = 0; i < l.n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s:%s|",
		    l.v[i].nas->name, l.v[i].key);
	nas_sessions_free(&l);
	return text;
}

static void sessions_by_subscriber_are_one(void **state)
{
	struct target v[3] = {
	    target("192.0.2.1"), target("192.0.2.2"), target("2001:db8::/56")};

	(void)state;
	assert_int_equal(
	    load(NAS("a", "session = {'User-Name = \"%{subscriber}\"'}")), 0);
	assert_string_equal(keys_of(v, 3), "a:User-Name = \"A \\\"x\\\"?\"\n|");
	assert_string_equal(keys_of(v, 0), "");
	nas_free(&nas);
}

static void sessions_by_address_are_one_for_each(void **state)
{
	struct target v[3] = {
	    target("192.0.2.1"), target("192.0.2.2"), target("2001:db8::/56")};

	(void)state;
	assert_int_equal(
	    load(NAS("a", "session = {'I = %{ipv4}', 'P = %{ipv6_prefix}'}")),
	    0);
	assert_string_equal(keys_of(v, 3),
	    "a:I = 192.0.2.1\nP = 2001:db8::/56\n|a:I = 192.0.2.2\n|");
	assert_string_equal(keys_of(v + 2, 1), "a:P = 2001:db8::/56\n|");
	nas_free(&nas);
}

static void a_nas_gets_what_it_serves(void **state)
{
	struct target v[3] = {
	    target("192.0.2.1"), target("198.51.100.2"), target("203.0.113.3")};

	(void)state;
	assert_int_equal(
	    load(NAS("a", "prefixes = {\"192.0.2.0/24\"} session = {'I = "
			  "%{ipv4}'}")
		    NAS("b", "prefixes = {\"198.51.100.0/24\"} session = {'J "
			     "= %{ipv4}', 'K = 1'}")),
	    0);
	assert_string_equal(
	    keys_of(v, 2), "a:I = 192.0.2.1\n|b:J = 198.51.100.2\nK = 1\n|");
	assert_string_equal(keys_of(v, 3), "none");
	assert_string_equal(
	    why, "no nas of the configuration serves 203.0.113.3/32");
	nas_free(&nas);
}

static void a_request_is_key_and_lines(void **state)
{
	struct target v = target("192.0.2.1");
	struct nas_session_list l;
	char *text;

	(void)state;
	assert_int_equal(
	    load("nas \"a\" { address = \"x\" secret_file = \"/x\" session = "
		 "{'I = %{ipv4}', 'T = %{now}'} block = {'F = \"D%{seq} "
		 "%{until}\"', 'P = %{ipv6}'} unblock = {'F = \"\"'} }"),
	    0);
	assert_int_equal(nas_sessions_of(&l, &nas, &order, &v, 1, why), 0);
	assert_int_equal(l.n, 1);
	text = nas_session_request(&l.v[0], &order, true);
	assert_string_equal(text, "I = 192.0.2.1\nT = 9\nF = \"D41 5\"\n");
	free(text);
	text = nas_session_request(&l.v[0], &order, false);
	assert_string_equal(text, "I = 192.0.2.1\nT = 9\nF = \"\"\n");
	free(text);
	assert_true(nas_session_is_at(&l.v[0], &v, 1));
	nas_sessions_free(&l);
	nas_free(&nas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_nas_is_read),
	    cmocka_unit_test(what_is_wrong_with_it_is_told),
	    cmocka_unit_test(sessions_by_subscriber_are_one),
	    cmocka_unit_test(sessions_by_address_are_one_for_each),
	    cmocka_unit_test(a_nas_gets_what_it_serves),
	    cmocka_unit_test(a_request_is_key_and_lines),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
