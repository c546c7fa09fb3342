/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/cli/progress.h"

static void part_rate_and_time_left_are_told(void **state)
{
	static const struct {
		int64_t total, done, elapsed_s;
		const char *want;
	} cases[] = {
	    {2048, 0, 1, "0 % of 2 MiB, 0 MiB/s"},
	    {204800, 51200, 10, "25 % of 200 MiB, 5 MiB/s, 30 s left"},
	    {204800, 51200, 100, "25 % of 200 MiB, 1 MiB/s, 5 min left"},
	    {4096000, 1024, 100, "0 % of 4,000 MiB, 0 MiB/s, 111 h left"},
	    {2048, 4096, 1, "100 % of 2 MiB, 4 MiB/s, 0 s left"},
	    {0, 5120, 5, "5 MiB, 1 MiB/s"},
	    {2048, 1024, 0, "50 % of 2 MiB, 0 MiB/s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct progress p;
		char text[160];

		progress_begin(&p, stderr, "test", "MiB", 1024, cases[i].total);
		assert_string_equal(
		    progress_text(&p, cases[i].done,
			cases[i].elapsed_s * US_PER_S, text, sizeof(text)),
		    cases[i].want);
	}
}

static void short_work_says_nothing(void **state)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct progress p;

	(void)state;
	progress_begin(&p, f, "test", "rows", 1, 10);
	progress_show(&p, 5);
	progress_end(&p);
	fflush(f);
	assert_string_equal(text, "");
	/* When it is time, a line: nobody's cursor is there to go back. */
	p.next_us = 0;
	assert_true(progress_is_due(&p));
	progress_show(&p, -1);
	fflush(f);
	assert_string_equal(text, "");
	progress_show(&p, 5);
	assert_false(progress_is_due(&p));
	progress_show(&p, 6);
	progress_end(&p);
	fclose(f);
	assert_memory_equal(text, "test: 50 % of 10 rows, ", 23);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	free(text);
}

static void files_and_processes_are_measured(void **state)
{
	char path[] = "/tmp/sekisho-progress-XXXXXX", none[] = "/nonexistent";
	char *files[] = {path, none};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "12345", 5), 5);
	close(fd);
	assert_int_equal(progress_file_bytes(files, 2), 5);
	unlink(path);
	assert_true(progress_read_bytes(getpid()) > 0);
	assert_int_equal(progress_read_bytes(-1), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(part_rate_and_time_left_are_told),
	    cmocka_unit_test(short_work_says_nothing),
	    cmocka_unit_test(files_and_processes_are_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
