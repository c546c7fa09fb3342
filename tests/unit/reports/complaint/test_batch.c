/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/complaint/batch.h"

#define NOW_US (INT64_C(1795478400) * US_PER_S)
#define GOOD                                                                   \
	"{\"xarf_version\":\"4\",\"report_id\":\"r\",\"timestamp\":"           \
	"\"2026-11-02T00:34:00Z\",\"source_identifier\":\"192.0.2.7\","        \
	"\"category\":\"messaging\",\"type\":\"spam\"}"

/* A file without a name that holds the text. */
static int file_of(const char *text, int64_t mtime_s)
{
	char path[] = "/tmp/sekisho-batch-XXXXXX";
	struct timespec times[2] = {{.tv_sec = mtime_s}, {.tv_sec = mtime_s}};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void a_file_is_taken_whole_or_not_at_all(void **state)
{
	struct batch *b = calloc(1, sizeof(*b));

	(void)state;
	assert_int_equal(
	    batch_take(b, "a", file_of(GOOD GOOD, 1793580000), true, NOW_US),
	    0);
	assert_int_equal(
	    batch_take(b, "b", file_of(GOOD "{}", 1793580000), true, NOW_US),
	    0);
	assert_int_equal(
	    batch_take(b, "c", file_of(GOOD, 4000000000), false, NOW_US), 0);
	assert_int_equal(b->n_files, 3);
	assert_int_equal(b->n_reports, 3);
	assert_false(b->files[0].bad);
	assert_int_equal(b->files[0].n, 2);
	assert_true(b->files[1].bad);
	assert_int_equal(b->files[1].n, 0);
	assert_non_null(strstr(b->files[1].why, "xarf_version is missing"));
	assert_int_equal(b->files[2].first, 2);
	/* when it was delivered, and nothing comes from the future */
	assert_true(b->reports[0].c.received_us == 1793580000 * US_PER_S);
	assert_true(b->reports[2].c.received_us == NOW_US);
	batch_clear(b);
	assert_int_equal(b->n_files + b->n_reports, 0);
	batch_free(b);
	free(b);
}

static void what_is_no_file_is_said(void **state)
{
	struct batch *b = calloc(1, sizeof(*b));
	int fds[2];

	(void)state;
	errno = ENOENT;
	assert_int_equal(batch_take(b, "a", -1, false, NOW_US), 0);
	assert_string_equal(b->files[0].why, "No such file or directory");
	assert_int_equal(
	    batch_take(
		b, "b", open("/tmp", O_RDONLY | O_DIRECTORY), false, NOW_US),
	    0);
	assert_non_null(strstr(b->files[1].why, "--maildir"));
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(batch_take(b, "c", fds[0], true, NOW_US), 0);
	assert_string_equal(b->files[2].why, "it is no regular file");
	close(fds[1]);
	while (!batch_is_full(b))
		assert_int_equal(batch_take(b, "d", -1, false, NOW_US), 0);
	assert_int_equal(b->n_files, BATCH_FILES);
	batch_free(b);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_file_is_taken_whole_or_not_at_all),
	    cmocka_unit_test(what_is_no_file_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
