/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "reports/out/out.h"

static const struct out_column columns[] = {
    {"id", OUT_TEXT, OUT_NARROW},
    {"n", OUT_NUMBER, OUT_NARROW},
    {"at", OUT_TIME, OUT_NARROW},
    {"words", OUT_WORDS, OUT_WIDE},
    {"flag", OUT_FLAG, OUT_WIDE},
    {"text", OUT_TEXT, OUT_LAST},
};
#define COLUMNS 6

static char *printed(enum out_format format, const char *text, int rows)
{
	struct out_value v[COLUMNS] = {out_text("D1"), out_number(-5),
	    out_number(DAY_US + 1), out_text("a b"), out_number(1),
	    out_text(text)};
	char *s = NULL;
	size_t n;
	FILE *f = open_memstream(&s, &n);
	struct out *o = out_new(f, format, false, columns, COLUMNS);

	for (int i = 0; i < rows; i++)
		out_row(o, v);
	out_end(o, rows + 7);
	assert_int_equal(out_free(o), 0);
	fclose(f);
	return s;
}

static void a_list_is_one_json_object(void **state)
{
	char *s = printed(OUT_JSON, NULL, 2);

	(void)state;
	assert_string_equal(s,
	    "{\"items\":["
	    "{\"id\":\"D1\",\"n\":-5,\"at\":\"2026-11-24T00:00:00.000001Z\","
	    "\"words\":[\"a\",\"b\"],\"flag\":true,\"text\":null},"
	    "{\"id\":\"D1\",\"n\":-5,\"at\":\"2026-11-24T00:00:00.000001Z\","
	    "\"words\":[\"a\",\"b\"],\"flag\":true,\"text\":null}],"
	    "\"next_cursor\":null,\"total\":9}\n");
	free(s);
	s = printed(OUT_JSON, NULL, 0);
	assert_string_equal(
	    s, "{\"items\":[],\"next_cursor\":null,\"total\":7}\n");
	free(s);
}

static void csv_is_quoted_and_runs_no_formula(void **state)
{
	static const struct {
		const char *text, *cell;
	} cases[] = {
	    {"plain", "plain"},
	    {"a,b", "\"a,b\""},
	    {"say \"x\"", "\"say \"\"x\"\"\""},
	    {"two\r\nlines", "two\\x0d\\x0alines"},
	    {"\033[31mred", "\\x1b[31mred"},
	    {"a\xff", "a\\xff"},
	    {"  =1+1", "\"'  =1+1\""},
	    {"\uff1d1+1", "\"'\uff1d1+1\""},
	    {"=1+1", "\"'=1+1\""},
	    {"@x", "\"'@x\""},
	    {"-x", "\"'-x\""},
	    {"\tx", "\\x09x"},
	    {"x=1", "x=1"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char want[256];
		char *s = printed(OUT_CSV, cases[i].text, 1);

		snprintf(want, sizeof(want),
		    "id,n,at,words,flag,text\r\n"
		    "D1,-5,2026-11-24T00:00:00.000001Z,a b,true,%s\r\n",
		    cases[i].cell);
		assert_string_equal(s, want);
		free(s);
	}
}

static void jsonl_is_a_line_each(void **state)
{
	char *s = printed(OUT_JSONL, "x", 3);
	char *save = NULL;
	int n = 0;

	(void)state;
	for (char *l = strtok_r(s, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save), n++)
		json_decref(parsed(l));
	assert_int_equal(n, 3);
	free(s);
}

static void a_table_is_aligned_and_safe(void **state)
{
	char *s = printed(OUT_TABLE, "\033]0;evil\007", 1);

	(void)state;
	assert_string_equal(s, "ID   N  AT                    TEXT\n"
			       "D1  -5  2026-11-24T00:00:00Z  "
			       "\\x1b]0;evil\\x07\n");
	free(s);
	s = printed(OUT_TABLE, "x", 0);
	assert_string_equal(s, "nothing found\n");
	free(s);
}

static void a_long_table_has_one_heading(void **state)
{
	char *s = printed(OUT_TABLE, "x", 12001);
	int lines = 0, heads = 0;

	(void)state;
	for (char *p = s; (p = strchr(p, '\n')); p++)
		lines++;
	for (char *p = s; (p = strstr(p, "TEXT")); p++)
		heads++;
	assert_int_equal(lines, 12002);
	assert_int_equal(heads, 1);
	free(s);
}

static void a_full_disk_is_noticed(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct out_value v[COLUMNS] = {out_text("D1"), out_number(1),
	    out_absent(), out_absent(), out_absent(), out_absent()};

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < OUT_FORMAT_COUNT; i++) {
		struct out *o =
		    out_new(f, (enum out_format)i, false, columns, COLUMNS);

		out_row(o, v);
		out_end(o, 1);
		assert_int_equal(out_free(o), -1);
	}
	fclose(f);
}

static void tsv_keeps_a_row_on_a_line(void **state)
{
	char *s = printed(OUT_TSV, "a\tb\n\x1b[31m", 1);

	(void)state;
	assert_string_equal(s,
	    "id\tn\tat\twords\tflag\ttext\n"
	    "D1\t-5\t2026-11-24T00:00:00.000001Z\ta b\ttrue\t"
	    "a\\x09b\\x0a\\x1b[31m\n");
	free(s);
	s = printed(OUT_TSV, NULL, 0);
	assert_string_equal(s, "id\tn\tat\twords\tflag\ttext\n");
	free(s);
	s = printed(OUT_IDS, "x", 2);
	assert_string_equal(s, "D1\nD1\n");
	free(s);
}

static void a_wide_table_has_every_column(void **state)
{
	char *s = printed(OUT_TABLE_WIDE, "x", 1);

	(void)state;
	assert_non_null(strstr(s, "FLAG"));
	assert_non_null(strstr(s, "true"));
	free(s);
	s = printed(OUT_TABLE, "x", 1);
	assert_null(strstr(s, "FLAG"));
	free(s);
}

static void columns_are_chosen_by_name(void **state)
{
	struct out_value v[COLUMNS] = {out_text("D1"), out_number(-5),
	    out_number(0), out_text("a b"), out_number(1), out_text("t")};
	const char *bad = NULL;
	char *s = NULL;
	size_t n, len = 0;
	FILE *f = open_memstream(&s, &n);
	struct out *o = out_new(f, OUT_CSV, false, columns, COLUMNS);

	(void)state;
	assert_int_equal(out_select(o, "text,nope", &bad, &len), -1);
	assert_int_equal(len, 4);
	assert_memory_equal(bad, "nope", 4);
	assert_int_equal(out_select(o, "text,id", &bad, &len), 0);
	out_row(o, v);
	out_end(o, 1);
	assert_int_equal(out_free(o), 0);
	fclose(f);
	assert_string_equal(s, "text,id\r\nt,D1\r\n");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_one_json_object),
	    cmocka_unit_test(csv_is_quoted_and_runs_no_formula),
	    cmocka_unit_test(jsonl_is_a_line_each),
	    cmocka_unit_test(a_table_is_aligned_and_safe),
	    cmocka_unit_test(a_long_table_has_one_heading),
	    cmocka_unit_test(a_full_disk_is_noticed),
	    cmocka_unit_test(tsv_keeps_a_row_on_a_line),
	    cmocka_unit_test(a_wide_table_has_every_column),
	    cmocka_unit_test(columns_are_chosen_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
