/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <cmocka.h>

/* The driver is one file with a main(): it is built into the test. */
int exec_main(int argc, char **argv);
#define main exec_main
#include "analyzer/drivers/exec.c"
#undef main

static char dir[] = "/tmp/sekisho-exec-XXXXXX";
static char text[16384];
static char *option; /* of the driver */

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static _Noreturn void feed_and_exit(
    int out, const char *program, const char *orders)
{
	char *argv[] = {(char *)"sekisho-driver-exec", (char *)"-t",
	    (char *)"1", option != NULL ? option : (char *)"--", (char *)"sh",
	    (char *)"-c", (char *)(uintptr_t)program, NULL};
	int fd[2];

	if (pipe(fd) != 0 ||
	    write(fd[1], orders, strlen(orders)) != (ssize_t)strlen(orders))
		_exit(9);
	close(fd[1]);
	if (dup2(fd[0], STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(9);
	close(fd[0]);
	close(out);
	optind = 1;
	_exit(exec_main(7, argv));
}

/* What the driver with this program answers to the orders. */
static const char *answers(const char *program, const char *orders)
{
	int out[2], status = 0;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(out[0]);
		feed_and_exit(out[1], program, orders);
	}
	close(out[1]);
	while ((got = read(out[0], text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	close(out[0]);
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	return text;
}

#define BLOCK(seq, who)                                                        \
	"{\"op\":\"block\",\"seq\":" #seq ",\"event\":\"new\","                \
	"\"cause\":\"detector\",\"subscriber\":\"" who "\",\"targets\":["      \
	"\"192.0.2.7/32\",\"2001:db8::/64\"],\"ports\":[25],"                  \
	"\"until_us\":1780000000000000}\n"
#define UNBLOCK(seq, who)                                                      \
	"{\"op\":\"unblock\",\"seq\":" #seq ",\"event\":\"expire\","           \
	"\"cause\":\"expired\",\"subscriber\":\"" who "\",\"targets\":[],"     \
	"\"ports\":[25],\"until_us\":0}\n"

static void it_introduces_itself(void **state)
{
	(void)state;
	assert_string_equal(answers("exit 0", "{\"op\":\"hello\"}\n"),
	    "{\"ports\":true,\"port_sets\":false,\"sees_refused\":false,"
	    "\"max_entries\":100000,\"window\":1}\n");
}

static void the_set_it_holds_is_listed(void **state)
{
	(void)state;
	assert_string_equal(
	    answers("exit 0", BLOCK(1, "A") BLOCK(2, "B") UNBLOCK(3, "A")
				  UNBLOCK(4, "X") "{\"op\":\"list\"}\n"),
	    "{\"seq\":1,\"ok\":true}\n{\"seq\":2,\"ok\":true}\n"
	    "{\"seq\":3,\"ok\":true}\n{\"seq\":4,\"ok\":true}\n"
	    "{\"ok\":true,\"held\":[{\"subscriber\":\"B\",\"seq\":2,"
	    "\"targets\":[\"192.0.2.7/32\",\"2001:db8::/64\"],"
	    "\"until_us\":1780000000000000}]}\n");
}

static void the_program_gets_line_and_environment(void **state)
{
	char want[256];

	(void)state;
	snprintf(want, sizeof(want),
	    "{\"seq\":1,\"ok\":false,\"error\":\"exit status 3: %zu block 1 A "
	    "192.0.2.7/32 2001:db8::/64 new detector 1780000000000000\"}\n",
	    strlen(BLOCK(1, "A")) - 1);
	assert_string_equal(
	    answers("read -r l; echo \"${#l} $SEKISHO_OP $SEKISHO_SEQ "
		    "$SEKISHO_SUBSCRIBER $SEKISHO_TARGETS $SEKISHO_EVENT "
		    "$SEKISHO_CAUSE $SEKISHO_UNTIL_US\" >&2; exit 3",
		BLOCK(1, "A")),
	    want);
}

#define MOVED                                                                  \
	"{\"op\":\"block\",\"seq\":2,\"event\":\"moved\","                     \
	"\"cause\":\"detector\",\"subscriber\":\"A\",\"targets\":["            \
	"\"2001:db8::/64\",\"198.51.100.9/32\"],\"ports\":[25],"               \
	"\"until_us\":0}\n"

/* Whoever gets the old address must be free: the program is told which. */
static void what_moved_away_is_named(void **state)
{
	char program[192], path[64], said[256] = "";
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/env", dir);
	snprintf(program, sizeof(program),
	    "echo \"$SEKISHO_OP [$SEKISHO_TARGETS] [$SEKISHO_REMOVED]\" >>%s",
	    path);
	(void)answers(program, BLOCK(1, "A") MOVED UNBLOCK(3, "A"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(said, 1, sizeof(said) - 1, f) > 0);
	fclose(f);
	assert_int_equal(unlink(path), 0);
	assert_string_equal(said,
	    "block [192.0.2.7/32 2001:db8::/64] []\n"
	    "block [198.51.100.9/32 2001:db8::/64] [192.0.2.7/32]\n"
	    "unblock [198.51.100.9/32 2001:db8::/64] "
	    "[198.51.100.9/32 2001:db8::/64]\n");
}

static void its_stdout_is_not_the_protocols(void **state)
{
	(void)state;
	assert_string_equal(
	    answers("echo '{\"seq\":7,\"ok\":true}'; exit 1", BLOCK(1, "A")),
	    "{\"seq\":1,\"ok\":false,\"error\":\"exit status 1: "
	    "{\\\"seq\\\":7,\\\"ok\\\":true}\"}\n");
}

static void the_same_decision_runs_once(void **state)
{
	char program[128];
	char path[64];
	FILE *f;
	int runs = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/runs", dir);
	snprintf(program, sizeof(program), "echo >>%s", path);
	(void)answers(program, BLOCK(1, "A") BLOCK(1, "A") BLOCK(2, "A"));
	f = fopen(path, "r");
	assert_non_null(f);
	for (int c; (c = getc(f)) != EOF;)
		runs++;
	fclose(f);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(runs, 2);
}

static void a_program_that_hangs_is_killed(void **state)
{
	(void)state;
	assert_string_equal(answers("sleep 600", BLOCK(1, "A")),
	    "{\"seq\":1,\"ok\":false,\"error\":\"killed after 1 s\"}\n");
	assert_string_equal(answers("exec 2>&- >&-; sleep 600", BLOCK(1, "A")),
	    "{\"seq\":1,\"ok\":false,\"error\":\"killed after 1 s\"}\n");
	assert_string_equal(answers("kill -9 $$", BLOCK(1, "A")),
	    "{\"seq\":1,\"ok\":false,\"error\":\"signal 9\"}\n");
}

static void only_the_last_line_of_stderr_is_told_and_bounded(void **state)
{
	(void)state;
	assert_string_equal(
	    answers("printf 'a\\n\\001b\\n\\n' >&2; exit 1", BLOCK(1, "A")),
	    "{\"seq\":1,\"ok\":false,\"error\":\"exit status 1: ?b\"}\n");
	(void)answers("head -c 100000 /dev/zero >&2; exit 1", BLOCK(1, "A"));
	assert_true(strlen(text) < 300);
	assert_non_null(strstr(text, "exit status 1: ????"));
}

static void an_older_decision_is_not_run(void **state)
{
	(void)state;
	assert_string_equal(
	    answers("test $SEKISHO_SEQ -gt 4",
		BLOCK(5, "A") BLOCK(4, "A") UNBLOCK(6, "A") BLOCK(4, "A")),
	    "{\"seq\":5,\"ok\":true}\n{\"seq\":4,\"ok\":true}\n"
	    "{\"seq\":6,\"ok\":true}\n{\"seq\":4,\"ok\":true}\n");
}

#define SHARED                                                                 \
	"{\"op\":\"block\",\"seq\":1,\"subscriber\":\"A\",\"targets\":[],"     \
	"\"port_sets\":[{\"target\":\"203.0.113.7/32\",\"source_ports\":"      \
	"[[4096,4111],[1024,2047]]}]}\n"

static void port_sets_are_for_programs_that_know_them(void **state)
{
	(void)state;
	(void)answers("exit 0", SHARED);
	assert_non_null(strstr(text, "\"ok\":false"));
	assert_non_null(strstr(text, "\"permanent\":true"));
	option = (char *)"-p";
	(void)answers("echo \"$SEKISHO_PORT_SETS\" >&2; exit 1", SHARED);
	option = NULL;
	assert_non_null(strstr(text, "exit status 1: 203.0.113.7/32#1024-2047 "
				     "203.0.113.7/32#4096-4111"));
}

static void bad_orders_are_answered_or_ignored(void **state)
{
	(void)state;
	assert_string_equal(
	    answers("exit 0",
		"junk\n\n[]\n{\"op\":7}\n{\"op\":\"dance\",\"seq\":5}\n"
		"{\"op\":\"block\",\"seq\":6}\n"
		"{\"op\":\"block\",\"op\":\"block\",\"seq\":7}\n"
		"{\"op\":\"block\",\"subscriber\":\"A\"}\n"),
	    "{\"seq\":5,\"ok\":false,"
	    "\"error\":\"this driver does not know the op\"}\n"
	    "{\"seq\":6,\"ok\":false,"
	    "\"error\":\"the line has no seq or no subscriber\","
	    "\"permanent\":true}\n"
	    "{\"seq\":0,\"ok\":false,"
	    "\"error\":\"the line has no seq or no subscriber\","
	    "\"permanent\":true}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_introduces_itself),
	    cmocka_unit_test(the_set_it_holds_is_listed),
	    cmocka_unit_test(the_program_gets_line_and_environment),
	    cmocka_unit_test(what_moved_away_is_named),
	    cmocka_unit_test(its_stdout_is_not_the_protocols),
	    cmocka_unit_test(the_same_decision_runs_once),
	    cmocka_unit_test(a_program_that_hangs_is_killed),
	    cmocka_unit_test(only_the_last_line_of_stderr_is_told_and_bounded),
	    cmocka_unit_test(an_older_decision_is_not_run),
	    cmocka_unit_test(port_sets_are_for_programs_that_know_them),
	    cmocka_unit_test(bad_orders_are_answered_or_ignored),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
