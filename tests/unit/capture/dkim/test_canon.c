/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/dkim/canon.h"

struct out {
	char text[256];
	size_t n;
};

static void put(void *arg, const void *data, size_t len)
{
	struct out *o = arg;

	assert_true(o->n + len < sizeof(o->text));
	memcpy(o->text + o->n, data, len);
	o->n += len;
	o->text[o->n] = '\0';
}

static const struct {
	const char *in, *simple, *relaxed;
} bodies[] = {
    {"", "\r\n", ""},
    {"\r\n", "\r\n", ""},
    {"\r\n\r\n\r\n", "\r\n", ""},
    {" \t", " \t\r\n", ""},
    {" \r\n", " \r\n", ""},
    {"a", "a\r\n", "a\r\n"},
    {"a\r\n", "a\r\n", "a\r\n"},
    {"a\r\n\r\n\r\n", "a\r\n", "a\r\n"},
    {"\r\n\r\na", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
    {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
    {"a \r\n \r\n\t\r\n b", "a \r\n \r\n\t\r\n b\r\n", "a\r\n\r\n\r\n b\r\n"},
    {"a\r", "a\r\r\n", "a\r\r\n"},
    {"a\r\n\r", "a\r\n\r\r\n", "a\r\n\r\r\n"},
    {"a\r\r\n\r\n", "a\r\r\n", "a\r\r\n"},
    {"a \r b\nc \n", "a \r b\nc \n\r\n", "a \r b\nc \n\r\n"},
    {"a\t\t b", "a\t\t b\r\n", "a b\r\n"},
};

static void bodies_at_every_two_splits(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * sizeof(bodies) / sizeof(bodies[0]); i++) {
		const uint8_t *in = (const uint8_t *)bodies[i / 2].in;
		const char *want =
		    i % 2 ? bodies[i / 2].relaxed : bodies[i / 2].simple;
		size_t len = strlen(bodies[i / 2].in);

		for (size_t a = 0; a <= len; a++) {
			for (size_t b = a; b <= len; b++) {
				struct out o = {.n = 0};
				struct dkim_canon c;

				dkim_canon_init(&c, i % 2, put, &o);
				dkim_canon_feed(&c, in, a);
				dkim_canon_feed(&c, in + a, b - a);
				dkim_canon_feed(&c, in + b, len - b);
				dkim_canon_end(&c);
				assert_string_equal(o.text, want);
			}
		}
	}
}

static const struct {
	const char *in, *relaxed;
} fields[] = {
    {"A: X\r\n", "a:X\r\n"},
    {"B \t:\t Y\t\r\n\tZ  \r\n", "b:Y Z\r\n"},
    {"SubJect:a:b\r\n  c\r\n", "subject:a:b c\r\n"},
    {"E:\r\n", "e:\r\n"},
    {"E: \r\n \r\n", "e:\r\n"},
    {"L: a\n b\n", "l:a b\r\n"},
    {"U: a \xc3\x84", "u:a \xc3\x84\r\n"},
};

static void fields_are_relaxed_or_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		struct out o = {.n = 0};
		size_t len = strlen(fields[i].in);

		dkim_canon_field(
		    fields[i].in, len, NULL, NULL, true, false, put, &o);
		assert_string_equal(o.text, fields[i].relaxed);
		o.n = 0;
		dkim_canon_field(
		    fields[i].in, len, NULL, NULL, false, false, put, &o);
		assert_string_equal(o.text, fields[i].in);
	}
}

static void the_last_field_has_no_line_end_and_no_value(void **state)
{
	static const char in[] = "D: b= x \r\n y ; c=1\r\n";
	struct out o = {.n = 0};

	(void)state;
	dkim_canon_field(
	    in, sizeof(in) - 1, in + 5, in + 13, true, true, put, &o);
	assert_string_equal(o.text, "d:b=; c=1");
	o.n = 0;
	dkim_canon_field(
	    in, sizeof(in) - 1, in + 5, in + 13, false, true, put, &o);
	assert_string_equal(o.text, "D: b=; c=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_at_every_two_splits),
	    cmocka_unit_test(fields_are_relaxed_or_left),
	    cmocka_unit_test(the_last_field_has_no_line_end_and_no_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
