/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

static char text[8192];

/* What fn writes to stderr, in text. */
static void caught(void (*fn)(void))
{
	int fd[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	assert_int_equal(pipe(fd), 0);
	assert_true(dup2(fd[1], STDERR_FILENO) >= 0);
	close(fd[1]);
	fn();
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	n = read(fd[0], text, sizeof(text) - 1);
	close(fd[0]);
	text[n > 0 ? n : 0] = '\0';
}

static void one_of_each(void)
{
	log_error("m", "a=%d", 1);
	log_warn("m", "b=%s", "x");
	log_info("m", "c");
	log_debug("m", "d");
}

static void levels_are_kept(void **state)
{
	(void)state;
	caught(one_of_each);
	assert_string_equal(
	    text, "<error> m: a=1\n<warn> m: b=x\n<info> m: c\n");
	log_set_level(LOG_LEVEL_ERROR);
	caught(one_of_each);
	assert_string_equal(text, "<error> m: a=1\n");
	log_set_level(LOG_LEVEL_DEBUG);
	caught(one_of_each);
	assert_non_null(strstr(text, "<debug> m: d\n"));
	log_set_level(LOG_LEVEL_INFO);
}

static void hostile_lines(void)
{
	char longer[5000];

	log_info("m", "a\nb\x1b[2J\x7f");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	log_info("m", "%s", longer);
	log_info(longer, "y");
}

static void a_line_stays_one_line(void **state)
{
	int lines = 0;

	(void)state;
	caught(hostile_lines);
	assert_non_null(strstr(text, "<info> m: a b [2J \n"));
	for (const char *s = text; *s != '\0'; s++)
		lines += *s == '\n';
	assert_int_equal(lines, 3);
}

static void die(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		log_set_level(LOG_LEVEL_ERROR);
		/* _exit() status comes from exit(1) inside */
		log_fatal("m", "no %s", "file");
	}
	assert_true(waitpid(pid, &status, 0) == pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

static void fatal_says_why_and_ends_with_1(void **state)
{
	(void)state;
	caught(die);
	assert_non_null(strstr(text, "<error> m: no file\n"));
}

static void a_call_site_is_limited_and_tells_what_it_held_back(void **state)
{
	struct log_limit l = {0};
	unsigned int held = 9;
	int quiet = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		if (log_allow(&l, 3, &held))
			assert_int_equal(held, 0);
		else
			quiet++;
	}
	/* Ten calls may meet one turn of the window. */
	assert_true(quiet >= 4 && quiet <= 7);
	l.used = 3;
	l.suppressed = 7;
	l.window_start_s -= 11;
	assert_int_equal(log_allow(&l, 3, &held), 1);
	assert_int_equal(held, 7);
	assert_int_equal(l.suppressed, 0);
}

static void a_clock_that_jumps_back_does_not_silence(void **state)
{
	struct log_limit l = {0};
	unsigned int held;

	(void)state;
	assert_int_equal(log_allow(&l, 1, &held), 1);
	l.window_start_s += 100000;
	assert_int_equal(log_allow(&l, 1, &held), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(levels_are_kept),
	    cmocka_unit_test(a_line_stays_one_line),
	    cmocka_unit_test(fatal_says_why_and_ends_with_1),
	    cmocka_unit_test(
		a_call_site_is_limited_and_tells_what_it_held_back),
	    cmocka_unit_test(a_clock_that_jumps_back_does_not_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
