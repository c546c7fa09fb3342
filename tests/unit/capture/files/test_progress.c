/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "capture/files/progress.h"

struct row {
	const char *name;
	struct merge_status st;
	struct progress_rate rate;
	int columns;
	const char *want;
};

static const struct row rows[] = {
    {"looking", {.files = 1200, .files_seen = 40, .looking = true}, {0, 0, -1},
	80, "looking at file 40 of 1200"},
    {"half way",
	{.files = 12, .files_done = 2, .bytes_total = 1000, .bytes_done = 500},
	{1234567, 412e6, 72.4}, 100,
	"file 3 of 12  [##########          ]  50%  1.2M packets/s  412MB/s  "
	"ETA 1:12"},
    {"hours", {.files = 1, .bytes_total = 1000, .bytes_done = 1},
	{950, 1500, 3723}, 100,
	"file 1 of 1  [                    ]   0%  950 packets/s  1.5kB/s  "
	"ETA 1:02:03"},
    {"the end",
	{.files = 2, .files_done = 2, .bytes_total = 9, .bytes_done = 9},
	{0, 0, 0}, 100,
	"file 2 of 2  [####################] 100%  0 packets/s  0B/s  "
	"ETA 0:00"},
    {"a pipe: no end is known", {.files = 1, .bytes_done = 900},
	{1000, 999600, -1}, 80, "file 1 of 1  1.0k packets/s  1.0MB/s"},
    {"a narrow terminal",
	{.files = 12, .files_done = 2, .bytes_total = 1000, .bytes_done = 500},
	{1234567, 412e6, 72.4}, 40, "file 3 of 12  1.2M packets/s  412MB/s"},
    {"a hostile terminal", {.files = 12}, {0, 0, -1}, 1, ""},
};

static void the_line_says_how_far_it_is(void **state)
{
	char buf[PROGRESS_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		progress_text(
		    buf, &rows[i].st, &rows[i].rate, rows[i].columns, false);
		if (strcmp(buf, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, buf);
	}
}

static void colour_does_not_count_as_width(void **state)
{
	char plain[PROGRESS_BYTES], colour[PROGRESS_BYTES];
	const struct row *r = &rows[1];

	(void)state;
	progress_text(plain, &r->st, &r->rate, 50, false);
	progress_text(colour, &r->st, &r->rate, 50, true);
	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(colour, "\033[32m##########\033[0m  "));
	assert_int_equal(strlen(colour), strlen(plain) + 9);
}

static void a_file_is_no_terminal(void **state)
{
	(void)state;
	/* The tests' standard error may be one: only NULL is tried here. */
	assert_false(progress_is_due(NULL));
	progress_show(NULL, &rows[0].st, 0);
	progress_erase(NULL);
	progress_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_line_says_how_far_it_is),
	    cmocka_unit_test(colour_does_not_count_as_width),
	    cmocka_unit_test(a_file_is_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
