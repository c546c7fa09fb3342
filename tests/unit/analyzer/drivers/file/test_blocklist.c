/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/file/blocklist.h"

static struct target target(const char *text, int first, int last)
{
	struct target t = {
	    .first_port = (uint16_t)first, .last_port = (uint16_t)last};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static char *list_of(struct ledger *l, int64_t generation, size_t *n)
{
	size_t len, count;
	char *lines = blocklist_lines(l, &len, &count), *text;

	assert_non_null(lines);
	text = blocklist_text(lines, len, count, generation, n);
	free(lines);
	assert_non_null(text);
	return text;
}

static struct ledger *some_ledger(void)
{
	struct ledger *l = ledger_new();
	struct target v[4] = {target("2001:db8::/56", 0, 0),
	    target("192.0.2.7", 1024, 2047), target("192.0.2.7", 0, 0),
	    target("192.0.2.0/24", 0, 0)};

	for (int i = 0; i < 4; i++)
		(void)ledger_adopt(l, "A", 1, 0, &v[i]);
	(void)ledger_adopt(l, "B", 2, 0, &v[2]);
	return l;
}

static void a_list_is_sorted_and_has_a_trailer(void **state)
{
	struct ledger *l = some_ledger();
	size_t n;
	char *text = list_of(l, 7, &n);

	(void)state;
	/* printf ... | sha256sum */
	assert_string_equal(text,
	    "# generation 7\n192.0.2.0/24\n192.0.2.7/32\n192.0.2.7#1024-2047\n"
	    "2001:db8::/56\n# end count=4 sha256="
	    "50c56295e8de86f916b632aaa0c906c90d842f707555e66b1191f7f69835215c"
	    "\n");
	assert_int_equal(n, strlen(text));
	free(text);
	ledger_free(l);
}

static void what_was_written_is_read(void **state)
{
	struct ledger *l = some_ledger();
	struct target in = target("192.0.2.7", 1024, 2047),
		      out = target("192.0.2.7", 1024, 2046);
	struct blocklist b;
	size_t n;
	char *text = list_of(l, 7, &n);

	(void)state;
	assert_int_equal(blocklist_parse(&b, text, n), 0);
	assert_int_equal(b.generation, 7);
	assert_int_equal(b.n, 4);
	assert_true(blocklist_has(&b, &in));
	assert_false(blocklist_has(&b, &out));
	free(b.v);
	free(text);
	ledger_free(l);
}

static void an_empty_list_is_a_list(void **state)
{
	struct ledger *l = ledger_new();
	struct blocklist b;
	size_t n;
	char *text = list_of(l, 1, &n);

	(void)state;
	assert_int_equal(blocklist_parse(&b, text, n), 0);
	assert_int_equal(b.n, 0);
	free(b.v);
	free(text);
	ledger_free(l);
}

/* Cut anywhere, or any byte changed: it is no list. */
static void a_damaged_list_is_none(void **state)
{
	struct ledger *l = some_ledger();
	struct blocklist b;
	size_t n;
	char *text = list_of(l, 7, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		char *cut = strndup(text, i), saved = text[i];

		assert_int_equal(blocklist_parse(&b, cut, i), -1);
		free(cut);
		text[i] ^= 1;
		assert_int_equal(blocklist_parse(&b, text, n), -1);
		text[i] = saved;
	}
	assert_int_equal(blocklist_parse(&b, text, n), 0);
	free(b.v);
	free(text);
	ledger_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_sorted_and_has_a_trailer),
	    cmocka_unit_test(what_was_written_is_read),
	    cmocka_unit_test(an_empty_list_is_a_list),
	    cmocka_unit_test(a_damaged_list_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
