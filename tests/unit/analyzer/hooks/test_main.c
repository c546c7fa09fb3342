/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

/* The program is one file with a main(): it is built into the test. */
int hooks_main(int argc, char **argv);
#define main hooks_main
#include "analyzer/hooks/main.c"
#undef main

#include <sys/stat.h>
#include <sys/wait.h>

#include "store/write.h"

static char dir[] = "/tmp/sekisho-hooks-XXXXXX";

static const char *in_dir(const char *name)
{
	static char paths[16][128];
	static int next;
	char *path = paths[next++ % 16];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static const char *get(const char *name)
{
	static char text[8192];
	FILE *f = fopen(in_dir(name), "r");
	size_t n = 0;

	if (f != NULL) {
		n = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[n] = '\0';
	return text;
}

/* A driver that appends its lines to "log"; "no" makes it refuse. */
static void put_driver(const char *ok)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "#!/bin/sh\n"
	    "while read -r l; do\n"
	    "case $l in *hello*) echo '{}'; continue ;; *list*)\n"
	    "echo '{\"ok\":false,\"error\":\"no\"}'; continue ;; esac\n"
	    "echo \"$l\" >>%s/log\n"
	    "s=${l#*\\\"seq\\\":}; s=${s%%%%,*}\n"
	    "echo \"{\\\"seq\\\":$s,\\\"ok\\\":%s}\"\n"
	    "done\n"
	    "echo end >>%s/log\n",
	    dir, ok, dir);
	put("driver", text);
	assert_int_equal(chmod(in_dir("driver"), 0755), 0);
}

/* One block of recorded traffic that ends at second 2000. */
static void put_store(void)
{
	struct decision d = {.seq = 1,
	    .action = ACTION_BLOCK,
	    .mode = MODE_ENFORCE,
	    .since_us = 1000 * US_PER_S,
	    .until_us = 2000 * US_PER_S,
	    .n_targets = 1};
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(in_dir("db"), DB_CREATE, err);

	if (db == NULL)
		fail_msg("%s", err);
	snprintf(d.customer, sizeof(d.customer), "C1");
	assert_int_equal(prefix_parse(&d.targets[0].prefix, "192.0.2.7"), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(write_decision(db, &d), 0);
	assert_int_equal(db_commit(db), 0);
	db_close(db);
}

static int set_up(void **state)
{
	char text[256];

	(void)state;
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(text, sizeof(text),
	    "driver d1 { command = {\"%s/driver\"} timeout_s = 10 }\n", dir);
	put("conf", text);
	put_driver("true");
	put_store();
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"conf", "driver", "log", "db",
	    "db-wal", "db-shm", "db.lock", "db.hooks"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(in_dir(names[i]));
	return rmdir(dir);
}

static pid_t start_program(const char *const *more, int silent)
{
	char *argv[16] = {(char *)"sekisho-hooks"};
	int argc = 1;
	pid_t pid;

	for (; more[argc - 1] != NULL && argc < 15; argc++)
		argv[argc] = (char *)(uintptr_t)more[argc - 1];
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (silent && freopen("/dev/null", "w", stderr) == NULL)
			_exit(9);
		optind = 1;
		_exit(hooks_main(argc, argv));
	}
	return pid;
}

static int status_of(pid_t pid)
{
	int status = 0;

	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run(const char *const *more)
{
	return status_of(start_program(more, 1));
}

static void once_delivers_and_ends_with_0(void **state)
{
	const char *args[] = {"-c", in_dir("conf"), "--db", in_dir("db"),
	    "--once", "--at", "@1500", NULL};

	(void)state;
	assert_int_equal(run(args), 0);
	assert_non_null(strstr(get("log"), "\"seq\":1,\"event\":\"new\""));
	assert_non_null(strstr(get("log"), "end\n"));
	assert_int_equal(unlink(in_dir("log")), 0);
	/* The next start restores. */
	assert_int_equal(run(args), 0);
	assert_non_null(strstr(get("log"), "\"event\":\"restored\""));
	assert_null(strstr(get("log"), "\"event\":\"new\""));
}

static void without_at_recorded_blocks_are_over(void **state)
{
	const char *args[] = {
	    "-c", in_dir("conf"), "--db", in_dir("db"), "--once", NULL};

	(void)state;
	assert_int_equal(run(args), 0);
	assert_string_equal(get("log"), "end\n");
}

static void once_ends_with_1_when_the_driver_refuses(void **state)
{
	const char *args[] = {"-c", in_dir("conf"), "--db", in_dir("db"),
	    "--once", "--at", "@1500", NULL};

	(void)state;
	put_driver("false");
	assert_int_equal(run(args), 1);
	assert_non_null(strstr(get("log"), "\"seq\":1"));
}

static void once_ends_with_1_when_the_driver_is_not_there(void **state)
{
	const char *args[] = {"-c", in_dir("conf"), "--db", in_dir("db"),
	    "--once", "--at", "@1500", NULL};

	(void)state;
	assert_int_equal(unlink(in_dir("driver")), 0);
	assert_int_equal(run(args), 1);
}

static void a_missing_store_or_bad_word_is_said(void **state)
{
	const char *missing[] = {
	    "-c", in_dir("conf"), "--db", "/nonexistent/db", "--once", NULL};
	const char *wrong[] = {"--onec", NULL};
	const char *left_over[] = {"now", NULL};
	const char *time[] = {"--at", "never", NULL};

	(void)state;
	assert_int_equal(run(missing), 1);
	assert_int_equal(run(wrong), 2);
	assert_int_equal(run(left_over), 2);
	assert_int_equal(run(time), 1);
}

static void wait_for_log(const char *text)
{
	for (int i = 0; i < 6000 && strstr(get("log"), text) == NULL; i++)
		(void)usleep(10000);
	if (strstr(get("log"), text) == NULL)
		fail_msg("waited in vain: %s", get("log"));
}

static void a_signal_ends_it_and_its_driver(void **state)
{
	const char *args[] = {
	    "-c", in_dir("conf"), "--db", in_dir("db"), "--at", "@1500", NULL};
	pid_t pid;

	(void)state;
	pid = start_program(args, 1);
	wait_for_log("\"seq\":1");
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(status_of(pid), 0);
	assert_non_null(strstr(get("log"), "end\n"));
}

#define WORLD(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(once_delivers_and_ends_with_0),
	    WORLD(without_at_recorded_blocks_are_over),
	    WORLD(once_ends_with_1_when_the_driver_refuses),
	    WORLD(once_ends_with_1_when_the_driver_is_not_there),
	    WORLD(a_missing_store_or_bad_word_is_said),
	    WORLD(a_signal_ends_it_and_its_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
