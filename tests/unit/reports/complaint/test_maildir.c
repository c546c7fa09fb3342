/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/complaint/maildir.h"

static char dir[64];

static void run(const char *what)
{
	char command[256];

	snprintf(command, sizeof(command), "cd '%s' && %s", dir, what);
	assert_int_equal(system(command), 0);
}

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/sekisho-maildir-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	run("rm -r \"$PWD\"");
	return 0;
}

static bool is_there(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return access(path, F_OK) == 0;
}

static void mails_are_listed_in_order_and_moved(void **state)
{
	struct maildir m;
	char why[320];

	(void)state;
	run("mkdir new cur");
	run("cd new && touch 2.b 1.a 3.c:2,F .hidden");
	assert_int_equal(maildir_open(&m, dir, why, sizeof(why)), 0);
	assert_int_equal(m.n, 3);
	assert_string_equal(m.names[0], "1.a");
	assert_string_equal(m.names[2], "3.c:2,F");
	assert_int_equal(maildir_done(&m, "1.a"), 0);
	assert_true(is_there("cur/1.a:2,S") && !is_there("new/1.a"));
	assert_int_equal(maildir_done(&m, "3.c:2,F"), 0);
	assert_true(is_there("cur/3.c:2,F"));
	/* what is there already stays */
	run("touch cur/2.b:2,S");
	assert_int_equal(maildir_done(&m, "2.b"), -1);
	assert_int_equal(errno, EEXIST);
	assert_true(is_there("new/2.b"));
	/* somebody else was faster */
	assert_int_equal(maildir_done(&m, "1.a"), -1);
	assert_int_equal(errno, ENOENT);
	maildir_close(&m);
}

static void what_is_no_maildir_is_said(void **state)
{
	struct maildir m;
	char why[320];

	(void)state;
	run("mkdir new");
	assert_int_equal(maildir_open(&m, dir, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "is no maildir"));
	maildir_close(&m);
	assert_int_equal(
	    maildir_open(&m, "/nonexistent", why, sizeof(why)), -1);
	assert_non_null(strstr(why, "No such file"));
	maildir_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		mails_are_listed_in_order_and_moved, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(
		what_is_no_maildir_is_said, make_dir, remove_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
