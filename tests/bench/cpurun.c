/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program and tells what it took: cpurun RESULT PROGRAM [ARG]...
 * RESULT gets microseconds of CPU (user and system), the peak of resident
 * memory in KiB, the exit code, and microseconds of the clock. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long us(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

static long long clock_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	struct rusage ru;
	long long began_us = clock_us();
	int status;
	FILE *out;
	pid_t pid;

	if (argc < 3)
		errx(2, "usage: cpurun RESULT PROGRAM [ARG]...");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (wait4(pid, &status, 0, &ru) != pid)
		err(1, "wait4");
	out = fopen(argv[1], "w");
	if (out == NULL)
		err(1, "%s", argv[1]);
	fprintf(out, "%lld %ld %d %lld\n", us(ru.ru_utime) + us(ru.ru_stime),
	    ru.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128,
	    clock_us() - began_us);
	return fclose(out) == 0 ? 0 : 1;
}
