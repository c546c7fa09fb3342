/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/logfile.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/analyzer/logins/files.h"

#define HUNDRED                                                                \
	"0123456789012345678901234567890123456789012345678901234567890123456"  \
	"789012345678901234567890123456789"

static struct keyed_hash *key(void)
{
	char err[512];
	struct keyed_hash *h =
	    keyed_hash_load(conf.hash_key_file, err, sizeof(err));

	assert_non_null(h);
	return h;
}

static struct file_position position(
    const struct logfile *f, struct keyed_hash *h, int64_t offset, int64_t head)
{
	struct file_position p = {.device = f->device,
	    .inode = f->inode,
	    .offset = offset,
	    .head_bytes = head};

	snprintf(p.path, sizeof(p.path), "%s", in_dir("log"));
	assert_true(logfile_head_hash(h, HUNDRED, (size_t)head, p.head));
	return p;
}

static void only_regular_files_are_opened(void **state)
{
	struct logfile f;

	(void)state;
	assert_int_equal(logfile_open(&f, in_dir("none")), -1);
	assert_int_equal(logfile_open(&f, dir), -1);
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	assert_int_equal(logfile_open(&f, in_dir("fifo")), -1);
	assert_int_equal(f.fd, -1);
	logfile_close(&f);
}

static void the_beginning_tells_a_rewritten_file(void **state)
{
	struct logfile f;

	(void)state;
	put("log", "w", HUNDRED);
	assert_int_equal(logfile_open(&f, in_dir("log")), 0);
	logfile_note(&f, 0, HUNDRED, 60);
	logfile_note(&f, 50, "elsewhere", 9); /* not what follows */
	logfile_note(&f, 60, &HUNDRED[60], 40);
	assert_int_equal(f.head_bytes, 100);
	assert_false(logfile_is_rewritten(&f, 100));
	assert_true(logfile_is_rewritten(&f, 101));
	put("log", "a", "more");
	assert_false(logfile_is_rewritten(&f, 101));
	put("log", "w", "x" HUNDRED HUNDRED);
	assert_true(logfile_is_rewritten(&f, 100));
	logfile_close(&f);
}

static void a_file_is_found_by_number_and_beginning(void **state)
{
	struct keyed_hash *h = key();
	struct logfile f, g;
	struct file_position p;
	bool moved;

	(void)state;
	put("log", "w", HUNDRED);
	assert_int_equal(logfile_open(&f, in_dir("log")), 0);
	p = position(&f, h, 100, 100);
	assert_true(logfile_find(&g, &p, h, &moved));
	assert_false(moved);
	assert_int_equal(g.head_bytes, 100);
	logfile_close(&g);

	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	put("log", "w", "new");
	put("log.2.gz", "w", HUNDRED "not it: another beginning is in front");
	assert_true(logfile_find(&g, &p, h, &moved));
	assert_true(moved);
	logfile_close(&g);

	/* too short a beginning says nothing without the number */
	p = position(&f, h, 10, 10);
	p.inode++;
	assert_false(logfile_find(&g, &p, h, &moved));
	/* read further than it is long */
	p = position(&f, h, 101, 100);
	unlink(in_dir("log.2.gz"));
	assert_false(logfile_find(&g, &p, h, &moved));
	/* nothing was read of it yet: the number is all there is */
	p = position(&f, h, 0, 0);
	assert_true(logfile_find(&g, &p, h, &moved));
	logfile_close(&g);
	logfile_close(&f);
	keyed_hash_free(h);
}

static void another_under_its_name_has_replaced_it(void **state)
{
	struct logfile f;

	(void)state;
	put("log", "w", "x");
	assert_int_equal(logfile_open(&f, in_dir("log")), 0);
	assert_false(logfile_is_replaced(&f, in_dir("log")));
	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	assert_false(logfile_is_replaced(&f, in_dir("log")));
	put("log", "w", "");
	assert_false(logfile_is_replaced(&f, in_dir("log")));
	put("log", "w", "x");
	assert_true(logfile_is_replaced(&f, in_dir("log")));
	logfile_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    FILES_TEST(only_regular_files_are_opened),
	    FILES_TEST(the_beginning_tells_a_rewritten_file),
	    FILES_TEST(a_file_is_found_by_number_and_beginning),
	    FILES_TEST(another_under_its_name_has_replaced_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
