/* SPDX-License-Identifier: Apache-2.0 */
/* Measures sekisho-hooks: hookbench null LOG is a driver that answers at once
 * and notes when it was told; hookbench HOOKS FOLDER RATE N HISTORY lays
 * HISTORY decisions into a store, starts HOOKS, then commits N decisions, RATE
 * a second (0: as fast as it goes), and prints "p50_us p99_us max_us seconds
 * commit_seconds": from commit to told; from the first commit to the last one
 * told, and to the last commit. hookbench lay DB N only lays N decisions that
 * are in force, of as many customers. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/db.h"
#include "store/write.h"

#define BATCH   100 /* decisions of one commit when RATE is 0 */
#define HISTORY 2000

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int null_driver(const char *path)
{
	FILE *log = fopen(path, "a");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (log == NULL)
		die(path);
	while ((n = getline(&line, &cap, stdin)) > 0) {
		const char *seq = strstr(line, "\"seq\":");

		if (strstr(line, "hello") != NULL) {
			puts("{\"window\":256}");
		} else if (seq == NULL) {
			puts("{\"ok\":false,\"error\":\"holds nothing\"}");
		} else {
			printf("{\"seq\":%lld,\"ok\":true}\n", atoll(seq + 6));
			fprintf(log, "%lld %" PRId64 "\n", atoll(seq + 6),
			    clock_now_us());
			(void)fflush(log);
		}
		(void)fflush(stdout);
	}
	return 0;
}

static void decide(struct db *db, int64_t seq, int customers, enum mode mode)
{
	struct decision d = {.seq = seq,
	    .action = ACTION_BLOCK,
	    .cause = CAUSE_MANUAL,
	    .mode = mode,
	    .since_us = clock_now_us(),
	    .n_targets = 1};
	int who = (int)(seq % customers);

	snprintf(d.customer, sizeof(d.customer), "C%d", who);
	d.targets[0].prefix.addr.b[10] = d.targets[0].prefix.addr.b[11] = 0xff;
	d.targets[0].prefix.addr.b[12] = 10;
	d.targets[0].prefix.addr.b[13] = (uint8_t)(who >> 16);
	d.targets[0].prefix.addr.b[14] = (uint8_t)(who >> 8);
	d.targets[0].prefix.addr.b[15] = (uint8_t)who;
	d.targets[0].prefix.len = 128;
	if (write_decision(db, &d) != 0) {
		fprintf(stderr, "hookbench: %s\n", db_error(db));
		exit(1);
	}
}

static void must(struct db *db, int rc)
{
	if (rc == 0)
		return;
	fprintf(stderr, "hookbench: %s\n", db_error(db));
	exit(1);
}

/* Decisions of the past: enforced, delivered, superseded. */
static void lay_history(struct db *db, int64_t n)
{
	for (int64_t i = 1; i <= n; i++) {
		struct delivery row = {.decision_seq = i,
		    .driver = "null",
		    .op = "block",
		    .event = "new",
		    .state = "done",
		    .attempts = 1};

		if (i % 1000 == 1)
			must(db, db_begin(db));
		decide(db, i, HISTORY, MODE_ENFORCE);
		must(db, write_delivery(db, &row));
		if (i % 1000 == 0 || i == n)
			must(db, db_commit(db));
	}
}

static int lay_in_force(const char *path, int n)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(path, DB_CREATE, err);

	if (db == NULL) {
		fprintf(stderr, "hookbench: %s\n", err);
		return 1;
	}
	must(db, db_begin(db));
	for (int i = 1; i <= n; i++)
		decide(db, i, n, MODE_ENFORCE);
	must(db, db_commit(db));
	db_close(db);
	return 0;
}

static pid_t start(char *hooks, char *conf)
{
	char option[] = "-c", *argv[] = {hooks, option, conf, NULL};
	pid_t pid = fork();

	if (pid == 0) {
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(9);
		execv(hooks, argv);
		_exit(9);
	}
	return pid;
}

static int64_t lines_of(const char *path)
{
	FILE *f = fopen(path, "r");
	int64_t n = 0;
	int c;

	while (f != NULL && (c = getc(f)) != EOF)
		n += c == '\n';
	if (f != NULL)
		fclose(f);
	return n;
}

static void wait_for_lines(const char *log, int64_t n)
{
	int64_t until_us = clock_now_us() + 300 * US_PER_S;

	while (lines_of(log) < n && clock_now_us() < until_us)
		(void)usleep(20000);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void report(
    const char *log, int64_t first, const int64_t *committed, int64_t n)
{
	int64_t *late = calloc((size_t)n, sizeof(*late)), told = 0, last_us = 0;
	FILE *f = fopen(log, "r");
	long long seq, at;

	if (late == NULL || f == NULL)
		die(log);
	while (fscanf(f, "%lld %lld", &seq, &at) == 2) {
		if (seq < first || told == n)
			continue;
		late[told++] = at - committed[seq - first];
		last_us = at > last_us ? at : last_us;
	}
	fclose(f);
	if (told < n) {
		fprintf(stderr, "hookbench: %" PRId64 " of %" PRId64 " told\n",
		    told, n);
		exit(1);
	}
	qsort(late, (size_t)n, sizeof(*late), by_value);
	printf("%" PRId64 " %" PRId64 " %" PRId64 " %.3f %.3f\n", late[n / 2],
	    late[n * 99 / 100], late[n - 1],
	    (double)(last_us - committed[0]) / 1e6,
	    (double)(committed[n - 1] - committed[0]) / 1e6);
	free(late);
}

static void commit_all(
    struct db *db, int64_t first, int64_t rate, int64_t *committed, int64_t n)
{
	int64_t step = rate > 0 ? 1 : BATCH, t0_us = clock_now_us();

	for (int64_t i = 0; i < n; i += step) {
		if (rate > 0) {
			int64_t at_us = t0_us + i * US_PER_S / rate;
			int64_t now_us = clock_now_us();

			if (at_us > now_us)
				(void)usleep((useconds_t)(at_us - now_us));
		}
		must(db, db_begin(db));
		for (int64_t k = i; k < i + step && k < n; k++)
			decide(db, first + k, 1000000, MODE_ENFORCE);
		must(db, db_commit(db));
		for (int64_t k = i; k < i + step && k < n; k++)
			committed[k] = clock_now_us();
	}
}

int main(int argc, char **argv)
{
	char conf[4096], log[4096], path[4096], err[DB_ERROR_BYTES];
	char self[4096] = "";
	int64_t rate, n, history, *committed;
	struct db *db;
	FILE *f;
	pid_t pid;

	if (argc == 3 && strcmp(argv[1], "null") == 0)
		return null_driver(argv[2]);
	if (argc == 4 && strcmp(argv[1], "lay") == 0)
		return lay_in_force(argv[2], atoi(argv[3]));
	if (argc != 6 || readlink("/proc/self/exe", self, 4000) < 0) {
		fputs("usage: hookbench HOOKS FOLDER RATE N HISTORY\n", stderr);
		return 2;
	}
	rate = atoll(argv[3]);
	n = atoll(argv[4]);
	history = atoll(argv[5]);
	snprintf(conf, sizeof(conf), "%s/hooks.conf", argv[2]);
	snprintf(log, sizeof(log), "%s/told", argv[2]);
	snprintf(path, sizeof(path), "%s/hooks.db", argv[2]);
	f = fopen(conf, "w");
	if (f == NULL)
		die(conf);
	fprintf(f,
	    "db = \"%s\"\nenforcement { max_blocks = 0 max_blocks_per_minute "
	    "= 0 }\ndriver \"null\" { command = {\"%s\", \"null\", \"%s\"} }\n",
	    path, self, log);
	fclose(f);
	db = db_open(path, DB_CREATE, err);
	committed = calloc((size_t)n, sizeof(*committed));
	if (db == NULL || committed == NULL) {
		fprintf(stderr, "hookbench: %s\n", err);
		return 1;
	}
	lay_history(db, history);
	pid = start(argv[1], conf);
	/* It restores what the history left in force. */
	wait_for_lines(log, history < HISTORY ? history : HISTORY);
	(void)usleep(500000);
	commit_all(db, history + 1, rate, committed, n);
	wait_for_lines(log, n + (history < HISTORY ? history : HISTORY));
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	report(log, history + 1, committed, n);
	db_close(db);
	free(committed);
	return 0;
}
