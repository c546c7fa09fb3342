/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/access.h"
#include "reports/api/call.h"
#include "reports/api/crowdsec.h"
#include "reports/api/dispatch.h"
#include "reports/api/routes.h"

static struct call *asked(const char *method, const char *target)
{
	static struct conf conf;
	struct call *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->conf = &conf;
	c->method = method;
	assert_int_equal(uri_parse(&c->uri, target), 0);
	return c;
}

static void done(struct call *c)
{
	call_clear(c);
	json_decref(c->body);
	free(c);
}

static void a_cursor_comes_back(void **state)
{
	static const int64_t values[] = {0, 1, -1, INT64_MAX, INT64_MIN};
	char text[64];
	int64_t a, b;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++) {
			cursor_format(text, "iad", values[i], values[k]);
			assert_int_equal(cursor_parse(text, "iad", &a, &b), 0);
			assert_int_equal(a, values[i]);
			assert_int_equal(b, values[k]);
			/* that of another order is not taken */
			assert_int_equal(cursor_parse(text, "iau", &a, &b), -1);
		}
	assert_int_equal(cursor_parse("iad", "iad", &a, &b), -1);
	assert_int_equal(cursor_parse("iad.1", "iad", &a, &b), -1);
	assert_int_equal(cursor_parse("iad.1.", "iad", &a, &b), -1);
	assert_int_equal(cursor_parse("iad.1.2x", "iad", &a, &b), -1);
	assert_int_equal(cursor_parse("iad.G.2", "iad", &a, &b), -1);
	assert_int_equal(
	    cursor_parse("iad.11112222333344445.2", "iad", &a, &b), -1);
}

static void the_link_is_the_same_page_with_another_cursor(void **state)
{
	struct call *c = asked("GET", "/x?q=a%20%22b%3E&cursor=old&limit=5");

	(void)state;
	jsonw_object_begin(call_json(c, 200));
	call_end_page(c, "iad.1.2", -1);
	assert_int_equal(c->n_fields, 1);
	assert_string_equal(c->fields[0][0], "Link");
	assert_string_equal(c->fields[0][1],
	    "</x?q=a%20%22b%3E&limit=5&cursor=iad.1.2>; rel=\"next\"");
	done(c);
}

static void the_most_exact_route_is_taken(void **state)
{
	static const struct {
		const char *method, *target, *part;
		void (*run)(struct call *c);
	} cases[] = {
	    {"GET", "/api/v1/incidents/counts", "", counts_get},
	    {"GET", "/api/v1/incidents/I7", "I7", incident_get},
	    {"HEAD", "/api/v1/incidents/I7", "I7", incident_get},
	    {"PATCH", "/api/v1/incidents/I7", "I7", incident_patch},
	    {"POST", "/api/v1/incidents/I7/notes", "I7", incident_note_post},
	    {"GET", "/api/v1/decisions/changes", "", changes_get},
	    {"GET", "/api/v1/decisions/D1?x=1", "D1", decision_get},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct call *c = asked(cases[i].method, cases[i].target);

		assert_int_equal(dispatch_route(c), 0);
		assert_ptr_equal(c->route->run, cases[i].run);
		assert_string_equal(c->part, cases[i].part);
		done(c);
	}
}

static void no_route_is_a_problem(void **state)
{
	static const char *const none[] = {"/", "/api", "/api/v1/incidents/",
	    "/api/v1/incidents/I7/", "/api/v1/incidents/I7/notes/x", "/livez/",
	    "/LIVEZ", "/api/v1/reports/a/b"};
	struct call *c;

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		c = asked("GET", none[i]);
		assert_int_equal(dispatch_route(c), -1);
		assert_int_equal(c->status, 404);
		done(c);
	}
	c = asked("DELETE", "/api/v1/incidents/I7");
	assert_int_equal(dispatch_route(c), -1);
	assert_int_equal(c->status, 405);
	assert_string_equal(c->fields[0][1], "GET, HEAD, PATCH, OPTIONS");
	done(c);
}

static void options_are_told_where_there_is_a_route(void **state)
{
	struct call *c = asked("OPTIONS", "/api/v1/incidents/I7");

	(void)state;
	assert_int_equal(dispatch_route(c), -1);
	assert_int_equal(c->status, 204);
	assert_string_equal(c->fields[0][0], "Allow");
	assert_string_equal(c->fields[0][1], "GET, HEAD, PATCH, OPTIONS");
	assert_string_equal(call_body(c, &(size_t){0}), "");
	done(c);
	c = asked("OPTIONS", "/api/v1/nothing");
	assert_int_equal(dispatch_route(c), -1);
	assert_int_equal(c->status, 404);
	done(c);
}

static void only_a_plain_object_is_a_body(void **state)
{
	static const char *const bad[] = {"", "{", "[]", "1", "null",
	    "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":[[[[[[[[]]]]]]]]}",
	    "{\"a\":\"\\u0000\"}", "{\"\xff\":1}"};
	static const char deep[] = "{\"a\":\"[[[[[[[[[[\\\"{{\"}";
	char why[128];
	json_t *j;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		why[0] = '\0';
		j = body_parse(bad[i], strlen(bad[i]), why, sizeof(why));
		if (j)
			print_error("%s passed\n", bad[i]);
		assert_null(j);
		assert_string_not_equal(why, "");
	}
	/* brackets in a string are none */
	j = body_parse(deep, strlen(deep), why, sizeof(why));
	assert_non_null(j);
	json_decref(j);
}

static void a_cookie_is_found_among_others(void **state)
{
	struct call *c = asked("GET", "/");
	char value[8];

	(void)state;
	c->cookie = "a=1; sekisho2=no; sekisho=yes;b=2";
	assert_int_equal(access_cookie(c, value, sizeof(value)), 0);
	assert_string_equal(value, "yes");
	c->cookie = "xsekisho=no";
	assert_int_equal(access_cookie(c, value, sizeof(value)), -1);
	c->cookie = "sekisho=";
	assert_int_equal(access_cookie(c, value, sizeof(value)), -1);
	c->cookie = "sekisho=12345678";
	assert_int_equal(access_cookie(c, value, sizeof(value)), -1);
	c->cookie = NULL;
	assert_int_equal(access_cookie(c, value, sizeof(value)), -1);
	/* Over TLS only the one that a neighbour cannot set. */
	c->cookie = "sekisho=bad; __Host-sekisho=good";
	c->tls = true;
	assert_int_equal(access_cookie(c, value, sizeof(value)), 0);
	assert_string_equal(value, "good");
	done(c);
}

static void durations_are_those_of_go(void **state)
{
	char text[40];

	(void)state;
	assert_string_equal(crowdsec_duration(0, text), "0h0m0s");
	assert_string_equal(
	    crowdsec_duration(14399 * US_PER_S + 999999, text), "3h59m59s");
	assert_string_equal(
	    crowdsec_duration(30 * US_PER_DAY, text), "720h0m0s");
	assert_string_equal(crowdsec_duration(-US_PER_S, text), "-0h0m1s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_cursor_comes_back),
	    cmocka_unit_test(the_link_is_the_same_page_with_another_cursor),
	    cmocka_unit_test(the_most_exact_route_is_taken),
	    cmocka_unit_test(no_route_is_a_problem),
	    cmocka_unit_test(options_are_told_where_there_is_a_route),
	    cmocka_unit_test(only_a_plain_object_is_a_body),
	    cmocka_unit_test(a_cookie_is_found_among_others),
	    cmocka_unit_test(durations_are_those_of_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
