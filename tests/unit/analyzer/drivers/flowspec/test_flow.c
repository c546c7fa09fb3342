/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyzer/drivers/flowspec/flow.h"
#include "base/log.h"

static char dir[] = "/tmp/sekisho-flow-XXXXXX";
static char path[64];
static char text[16384];

/* The speaker: says on standard output what it is told. */
static const char *bad;  /* this prefix fails */
static bool unreachable; /* and is the end of all */
static const char *has;  /* read() finds this one */
static bool reads;       /* read() works */

static int say_set(void *self, const struct target *t, bool on, char *why)
{
	char prefix[PREFIX_STRLEN];

	(void)self;
	prefix_format(&t->prefix, prefix);
	printf("%c%s", on ? '+' : '-', prefix);
	if (target_is_shared(t))
		printf("#%d-%d", t->first_port, t->last_port);
	printf(" ");
	fflush(stdout);
	if (bad == NULL || strcmp(bad, prefix) != 0)
		return 0;
	snprintf(why, ORDER_ERROR_SIZE, "no %s", prefix);
	return unreachable ? FLOW_UNREACHABLE : -1;
}

static int say_read(void *self, struct flow *f, char *why)
{
	struct target t = {.last_port = 0};

	(void)self;
	if (!reads) {
		snprintf(why, ORDER_ERROR_SIZE, "it is away");
		return -1;
	}
	if (has != NULL) {
		assert_int_equal(prefix_parse(&t.prefix, has), 0);
		flow_found(f, &t);
	}
	return 0;
}

static int say_up(void *self, char *why)
{
	(void)self;
	(void)why;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/state", dir);
	(void)unlink(path);
	bad = NULL;
	has = NULL;
	unreachable = false;
	reads = false;
	return 0;
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static _Noreturn void serve(int out, const char *orders)
{
	struct flow f = {.mod = "test",
	    .speaker = {.set = say_set, .read = say_read, .is_up = say_up},
	    .state = {.path = path,
		.mode = 0600,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1},
	    .max = 4};
	int fd[2];

	if (pipe(fd) != 0 ||
	    write(fd[1], orders, strlen(orders)) != (ssize_t)strlen(orders))
		_exit(9);
	close(fd[1]);
	if (dup2(fd[0], STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0)
		_exit(9);
	close(fd[0]);
	close(out);
	flow_run(&f);
	_exit(0);
}

static const char *answers(const char *orders)
{
	int out[2], status = 0;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	fflush(stdout);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(out[0]);
		serve(out[1], orders);
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

#define B(n, who, where)                                                       \
	"{\"op\":\"block\",\"seq\":" #n ",\"subscriber\":\"" who "\","         \
	"\"targets\":[" where "],\"until_us\":0}\n"
#define U(n, who)                                                              \
	"{\"op\":\"unblock\",\"seq\":" #n ",\"subscriber\":\"" who "\"}\n"
#define OK(n)      "{\"seq\":" #n ",\"ok\":true}\n"
#define NO(n, why) "{\"seq\":" #n ",\"ok\":false,\"error\":\"" why "\"}\n"

static void new_rules_come_before_old_ones_go(void **state)
{
	(void)state;
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\"")), "+192.0.2.1/32 " OK(1));
	/* The state is what the last process left. */
	assert_string_equal(answers(B(2, "A", "\"192.0.2.2\"")),
	    "+192.0.2.2/32 -192.0.2.1/32 " OK(2));
	assert_string_equal(answers(U(3, "A")), "-192.0.2.2/32 " OK(3));
	assert_string_equal(answers(U(4, "A")), OK(4));
}

static void a_batch_is_one_change(void **state)
{
	(void)state;
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\"") B(2, "A", "\"192.0.2.2\"")
		    B(3, "B", "\"192.0.2.3\"") U(4, "B")),
	    "+192.0.2.2/32 -192.0.2.1/32 -192.0.2.3/32 " OK(1) OK(2) OK(3)
		OK(4));
}

static void who_holds_the_rule_that_fails_is_told(void **state)
{
	(void)state;
	bad = "192.0.2.1/32";
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\"") B(2, "B", "\"192.0.2.2\"")),
	    "+192.0.2.1/32 +192.0.2.2/32 " NO(1, "no 192.0.2.1/32") OK(2));
	/* It is tried again, whatever the order. */
	bad = NULL;
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\"")), "+192.0.2.1/32 " OK(1));
}

static void a_rule_that_does_not_go_is_tried_until_it_does(void **state)
{
	(void)state;
	(void)answers(B(1, "A", "\"192.0.2.1\""));
	bad = "192.0.2.1/32";
	assert_string_equal(
	    answers(U(2, "A")), "-192.0.2.1/32 " NO(2, "no 192.0.2.1/32"));
	/* The next process knows of it. */
	assert_string_equal(
	    answers(U(2, "A")), "-192.0.2.1/32 " NO(2, "no 192.0.2.1/32"));
	bad = NULL;
	assert_string_equal(answers(U(2, "A")), "-192.0.2.1/32 " OK(2));
	assert_string_equal(answers(U(2, "A")), OK(2));
}

static void one_that_cannot_be_reached_is_not_tried_for_each(void **state)
{
	(void)state;
	bad = "192.0.2.1/32";
	unreachable = true;
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\"") B(2, "B", "\"192.0.2.2\"")),
	    "+192.0.2.1/32 " NO(1, "no 192.0.2.1/32") NO(2, "no 192.0.2.1/32"));
}

#define LIST "{\"op\":\"list\"}\n"

static void the_list_is_what_the_speaker_has(void **state)
{
	(void)state;
	reads = true;
	has = "192.0.2.1/32";
	assert_string_equal(
	    answers(B(1, "A", "\"192.0.2.1\",\"192.0.2.2\"") LIST),
	    "+192.0.2.1/32 +192.0.2.2/32 " OK(
		1) "{\"ok\":true,\"held\":[{\"subscriber\":\"A\",\"seq\":1,"
		   "\"targets\":[\"192.0.2.1/32\"],\"until_us\":0}]}\n");
	has = "192.0.2.9/32";
	assert_string_equal(answers(LIST),
	    "{\"ok\":true,\"held\":[{\"subscriber\":null,\"seq\":0,"
	    "\"targets\":[\"192.0.2.9/32\"],\"until_us\":0}]}\n");
	reads = false;
	assert_string_equal(
	    answers(LIST), "{\"ok\":false,\"error\":\"it is away\"}\n");
}

static void more_than_fits_is_refused(void **state)
{
	(void)state;
	assert_non_null(strstr(answers(B(1, "A",
				   "\"192.0.2.1\",\"192.0.2.2\",\"192.0.2.3\","
				   "\"192.0.2.4\",\"192.0.2.5\"")),
	    "the driver is full: 4 rules"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(f) cmocka_unit_test_setup(f, setup)
	    CASE(new_rules_come_before_old_ones_go),
	    CASE(a_batch_is_one_change),
	    CASE(who_holds_the_rule_that_fails_is_told),
	    CASE(a_rule_that_does_not_go_is_tried_until_it_does),
	    CASE(one_that_cannot_be_reached_is_not_tried_for_each),
	    CASE(the_list_is_what_the_speaker_has),
	    CASE(more_than_fits_is_refused),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
