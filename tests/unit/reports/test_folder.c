/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reports/nightly/folder.h"

static char dir[64], err[PATH_MAX + 256];

static int up(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/sekisho-folder-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) == 0 ? 0 : -1;
}

static void print(const void *arg, FILE *f)
{
	fputs(arg, f);
}

static void assert_content(const char *name, const char *want)
{
	char path[256], got[64] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f && !want)
		return;
	assert_non_null(f);
	assert_non_null(want);
	assert_non_null(fgets(got, sizeof(got), f));
	fclose(f);
	assert_string_equal(got, want);
}

/* What a listing shows, but "." and ".." and the lock. */
static int entries(void)
{
	struct dirent *e;
	int n = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0 &&
		     strcmp(e->d_name, ".lock") != 0;
	closedir(d);
	return n;
}

static int fill(struct folder *f, const char *a, const char *b)
{
	return folder_begin(f, dir, "day", err, sizeof(err)) != 0 ||
	       folder_add(f, "a", print, a, err, sizeof(err)) != 0 ||
	       folder_add(f, "b", print, b, err, sizeof(err)) != 0;
}

static void nothing_is_there_before_the_commit(void **state)
{
	struct folder f;

	(void)state;
	assert_int_equal(fill(&f, "1", "2"), 0);
	assert_content("day/a", NULL);
	assert_int_equal(folder_commit(&f, err, sizeof(err)), 0);
	assert_content("day/a", "1");
	assert_content("day/b", "2");
	folder_end(&f);
	assert_content("day/a", "1");
	assert_int_equal(entries(), 1);
}

static void the_old_one_stays_until_the_commit(void **state)
{
	struct folder f;

	(void)state;
	assert_int_equal(fill(&f, "1", "2"), 0);
	assert_int_equal(folder_commit(&f, err, sizeof(err)), 0);
	folder_end(&f);
	/* Given up. */
	assert_int_equal(fill(&f, "3", "4"), 0);
	folder_end(&f);
	assert_content("day/a", "1");
	assert_int_equal(entries(), 1);
	/* Carried through. */
	assert_int_equal(fill(&f, "5", "6"), 0);
	assert_content("day/a", "1");
	assert_int_equal(folder_commit(&f, err, sizeof(err)), 0);
	folder_end(&f);
	assert_content("day/a", "5");
	assert_content("day/b", "6");
	assert_int_equal(entries(), 1);
}

static void print_badly(const void *arg, FILE *f)
{
	(void)arg;
	/* As a full disk does. */
	close(fileno(f));
	fputs("lost", f);
}

static void what_cannot_be_written_is_told(void **state)
{
	struct folder f;

	(void)state;
	assert_int_equal(fill(&f, "1", "2"), 0);
	assert_int_equal(
	    folder_add(&f, "c", print_badly, NULL, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "/c: cannot be written"));
	folder_end(&f);
	assert_int_equal(entries(), 0);
	assert_int_equal(
	    folder_begin(&f, "/proc/none", "day", err, sizeof(err)), -1);
	assert_non_null(strstr(err, "/proc/none"));
	folder_end(&f);
}

static void what_a_killed_one_left_goes(void **state)
{
	char path[PATH_MAX];
	struct folder f;

	(void)state;
	assert_int_equal(fill(&f, "1", "2"), 0);
	/* It is killed here: the lock is free, the folder is left. */
	close(f.lock);
	snprintf(path, sizeof(path), "%s", f.temp);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(fill(&f, "3", "4"), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(folder_commit(&f, err, sizeof(err)), 0);
	folder_end(&f);
	assert_int_equal(entries(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		nothing_is_there_before_the_commit, up, down),
	    cmocka_unit_test_setup_teardown(
		the_old_one_stays_until_the_commit, up, down),
	    cmocka_unit_test_setup_teardown(
		what_cannot_be_written_is_told, up, down),
	    cmocka_unit_test_setup_teardown(
		what_a_killed_one_left_goes, up, down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
