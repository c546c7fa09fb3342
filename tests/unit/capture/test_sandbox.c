/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that parses packets can no longer do. Each case is a child
 * that locks itself up and tries. */
#include "capture/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/drop.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAS_FILTER 0
#else
#define HAS_FILTER 1
#endif

static pcap_t *device;

/* Loopback as root; else no more than the form of it. */
static pcap_t *open_device(void)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create("lo", err);

	if (p != NULL && pcap_activate(p) >= 0)
		return p;
	return geteuid() == 0 ? NULL : pcap_open_dead(DLT_EN10MB, 65535);
}

static void enter(bool whole)
{
	struct conf c = {.user = (char *)"nobody"};
	struct post post = {.workers = 1, .parent = getppid()};
	struct drop_done done;
	char err[DROP_ERROR_BYTES];

	post.device = device = open_device();
	if (device == NULL)
		_exit(90);
	if (whole ? sandbox_enter(&post, &c) != 0
		  : drop_privileges("nobody", 64, &done, err) != 0)
		_exit(91);
}

/* How a child that tries ends: its exit code, or -signal. */
static int outcome(int (*attempt)(void), bool whole)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		enter(whole);
		_exit(attempt());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int try_setuid(void)
{
	return setuid(0) == 0 ? 0 : errno;
}

static int try_open(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0 ? 0 : errno;
}

static int try_packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW, 0) >= 0 ? 0 : errno;
}

static int try_exec(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int try_fork(void)
{
	return fork() >= 0 ? 0 : errno;
}

static int try_log(void)
{
	return write(STDERR_FILENO, "", 0) == 0 ? 42 : errno;
}

static int try_parse(void)
{
	void *p = malloc(64 << 20);

	if (p == NULL)
		return 1;
	memset(p, 1, 64 << 20);
	free(p);
	return 42;
}

/* A whole Ethernet frame of a local experimental type, on loopback. */
static int try_inject(void)
{
	static const uint8_t frame[60] = {[12] = 0x88, [13] = 0xb5};

	return write(pcap_fileno(device), frame, sizeof(frame)) ==
		       (ssize_t)sizeof(frame)
		   ? 0
		   : errno;
}

static void the_filter_kills_or_refuses(void **state)
{
	(void)state;
	if (!HAS_FILTER)
		skip();
	assert_int_equal(outcome(try_setuid, true), -SIGSYS);
	assert_int_equal(outcome(try_packet_socket, true), -SIGSYS);
	assert_int_equal(outcome(try_exec, true), -SIGSYS);
	assert_int_equal(outcome(try_fork, true), -SIGSYS);
	assert_int_equal(outcome(try_open, true), EACCES);
}

static void nothing_is_written_on_the_device(void **state)
{
	(void)state;
	if (!HAS_FILTER || geteuid() != 0)
		skip();
	assert_int_equal(outcome(try_inject, true), -SIGSYS);
	/* Without the filter it could be. */
	assert_int_equal(outcome(try_inject, false), 0);
}

static void what_it_needs_is_left(void **state)
{
	(void)state;
	assert_int_equal(outcome(try_log, true), 42);
	assert_int_equal(outcome(try_parse, true), 42);
}

/* The filter is the second wall; this is the first. */
static void without_the_filter_rights_are_missing_too(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(outcome(try_setuid, false), EPERM);
	assert_int_equal(outcome(try_packet_socket, false), EPERM);
	assert_in_set(outcome(try_open, false),
	    ((const LargestIntegralType[]){ENOENT, EACCES}), 2);
	assert_int_equal(outcome(try_fork, false), EAGAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_filter_kills_or_refuses),
	    cmocka_unit_test(nothing_is_written_on_the_device),
	    cmocka_unit_test(what_it_needs_is_left),
	    cmocka_unit_test(without_the_filter_rights_are_missing_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
