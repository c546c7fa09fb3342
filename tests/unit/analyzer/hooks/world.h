/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the dispatcher stand on: a store, a driver that is a
 * shell script, and the dispatcher on a loop. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "analyzer/hooks/dispatch.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

/* A store, a driver that is a shell script, and the dispatcher. The script
 * appends each line to "log", its pid to "pid", and does what the files
 * "fail" (count), "die", "mute", "junk" and "slow" say. */
static const char script[] =
    "#!/bin/sh\n"
    "cd \"$1\" || exit 1\n"
    "echo $$ >pid\n"
    "while read -r line; do\n"
    "  echo \"$line\" >>log\n"
    "  case $line in\n"
    "  *list*) [ -e list ] && cat list ||\n"
    "    echo '{\"ok\":false,\"error\":\"no list\"}'; continue ;;\n"
    "  *counters*) cat counters; continue ;;\n"
    "  *hello*) [ -e hello ] && cat hello ||\n"
    "    echo '{\"ports\":true,\"max_entries\":10}'; continue ;;\n"
    "  esac\n"
    "  seq=${line#*\\\"seq\\\":}\n"
    "  seq=${seq%%,*}\n"
    "  [ -e junk ] && echo 'not JSON' && echo '{\"seq\":999,\"ok\":true}'\n"
    "  [ -e slow ] && rm slow && sleep 1.5\n"
    "  n=0; [ -e fail ] && read -r n <fail\n"
    "  if [ \"$n\" -gt 0 ]; then\n"
    "    echo $((n - 1)) >fail\n"
    "    echo \"{\\\"seq\\\":$seq,\\\"ok\\\":false,\\\"error\\\":\\\"no "
    "$n\\\"}\"\n"
    "  elif [ -e never ]; then echo \"{\\\"seq\\\":$seq,"
    "\\\"ok\\\":false,\\\"error\\\":\\\"never\\\","
    "\\\"permanent\\\":true}\"\n"
    "  elif [ -e die ]; then rm die; kill -9 $$\n"
    "  elif [ -e mute ]; then :\n"
    "  else echo \"{\\\"seq\\\":$seq,\\\"ok\\\":true}\"\n"
    "  fi\n"
    "done\n";

#define GUARD_S 60 /* against a test that never ends */

struct world {
	char dir[64], text[65536];
	struct conf conf;
	struct db *db;
	uv_loop_t loop;
	uv_timer_t poll;
	struct dispatch *dispatch;
	int64_t seq;
};

static inline const char *in_dir(const struct world *w, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return path;
}

static inline void put(
    const struct world *w, const char *name, const char *text)
{
	FILE *f = fopen(in_dir(w, name), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The lines that the driver got, without hello and list. */
static inline const char *lines(struct world *w)
{
	char line[4096];
	FILE *f = fopen(in_dir(w, "log"), "r");

	w->text[0] = '\0';
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "hello") == NULL &&
		    strstr(line, "\"list\"") == NULL)
			strcat(w->text, line);
	if (f != NULL)
		fclose(f);
	return w->text;
}

static inline int count_lines(struct world *w, const char *with)
{
	int n = 0;

	for (const char *s = lines(w); (s = strstr(s, with)) != NULL; s++)
		n++;
	return n;
}

static inline void on_poll(uv_timer_t *t)
{
	struct world *w = t->data;

	(void)dispatch_poll(w->dispatch);
}

static inline void begin(struct world *w)
{
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(uv_timer_init(&w->loop, &w->poll), 0);
	w->poll.data = w;
	w->dispatch = dispatch_new(&w->loop, w->db, &w->conf, 0, NULL, NULL);
	assert_non_null(w->dispatch);
	assert_int_equal(dispatch_start(w->dispatch), 0);
	assert_int_equal(uv_timer_start(&w->poll, on_poll, 0, 20), 0);
}

static inline void end(struct world *w)
{
	if (w->dispatch == NULL)
		return;
	uv_close((uv_handle_t *)&w->poll, NULL);
	dispatch_stop(w->dispatch);
	(void)uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	dispatch_free(w->dispatch);
	w->dispatch = NULL;
}

typedef bool (*condition)(struct world *w);

static inline void run_until(struct world *w, condition met)
{
	int64_t end_us = clock_now_us() + GUARD_S * US_PER_S;

	while (!met(w)) {
		(void)uv_run(&w->loop, UV_RUN_ONCE);
		if (clock_now_us() > end_us)
			fail_msg(
			    "waited in vain; the driver got:\n%s", lines(w));
	}
}

static inline bool is_empty(struct world *w)
{
	return dispatch_is_empty(w->dispatch);
}

static struct delivery found;
static int64_t wanted_seq;
static int n_found;

static inline int on_delivery(void *arg, const struct delivery *d)
{
	(void)arg;
	n_found++;
	if (d->decision_seq == wanted_seq)
		found = *d;
	return 0;
}

/* The row of a decision at a driver; state "" when there is none. */
static inline const struct delivery *delivery(
    struct world *w, const char *driver, int64_t seq)
{
	memset(&found, 0, sizeof(found));
	wanted_seq = seq;
	n_found = 0;
	assert_int_equal(
	    read_deliveries(w->db, driver, NULL, 0, on_delivery, NULL), 0);
	return &found;
}

/* The row that was asked for last is no longer pending. */
static inline bool is_finished(struct world *w)
{
	const char *state = delivery(w, "d1", w->seq)->state;

	return *state != '\0' && strcmp(state, "pending") != 0;
}

static inline struct decision decision_of(struct world *w, const char *customer,
    enum action action, enum cause cause, enum mode mode, int64_t until_us)
{
	struct decision d = {.seq = ++w->seq,
	    .action = action,
	    .cause = cause,
	    .mode = mode,
	    .since_us = 1000000,
	    .until_us = until_us,
	    .line_class = CLASS_DYNAMIC,
	    .n_targets = 1};
	char address[32];

	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	snprintf(d.policy_hash, sizeof(d.policy_hash), "0123456789abcdef");
	/* each its own address; C1 has 192.0.2.7 */
	snprintf(address, sizeof(address), "192.0.2.%d",
	    6 + atoi(customer + 1) % 200);
	assert_int_equal(prefix_parse(&d.targets[0].prefix, address), 0);
	return d;
}

static inline void write_row(struct world *w, const struct decision *d)
{
	assert_int_equal(db_begin(w->db), 0);
	assert_int_equal(write_decision(w->db, d), 0);
	assert_int_equal(db_commit(w->db), 0);
}

static inline void decide(struct world *w, const char *customer,
    enum action action, enum cause cause, enum mode mode, int64_t until_us)
{
	struct decision d =
	    decision_of(w, customer, action, cause, mode, until_us);

	write_row(w, &d);
}

/* The block before goes on for another address; "": for none. */
static inline void move_block(
    struct world *w, const char *customer, const char *prefix)
{
	struct decision d = decision_of(
	    w, customer, ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE, 0);

	d.ends_seq = d.seq - 1;
	d.n_targets = *prefix != '\0';
	if (d.n_targets)
		assert_int_equal(prefix_parse(&d.targets[0].prefix, prefix), 0);
	write_row(w, &d);
}

static inline void block(struct world *w, const char *customer)
{
	decide(w, customer, ACTION_BLOCK, CAUSE_DETECTOR, MODE_ENFORCE, 0);
}

static inline void allow(
    struct world *w, const char *customer, enum cause cause)
{
	decide(w, customer, ACTION_ALLOW, cause, MODE_ENFORCE, 0);
}

static inline void write_conf(struct world *w, const char *more)
{
	char text[1024], err[CONF_ERROR_BYTES];

	snprintf(text, sizeof(text),
	    "driver d1 { command = {\"%s/driver\", \"%s\"} timeout_s = 1 }\n"
	    "%s",
	    w->dir, w->dir, more);
	put(w, "conf", text);
	if (conf_load(&w->conf, in_dir(w, "conf"), err) != 0)
		fail_msg("%s", err);
}

static inline int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char err[DB_ERROR_BYTES];

	assert_non_null(w);
	log_set_level(LOG_LEVEL_ERROR);
	(void)signal(SIGPIPE, SIG_IGN);
	snprintf(w->dir, sizeof(w->dir), "/tmp/sekisho-hooks-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	put(w, "driver", script);
	assert_int_equal(chmod(in_dir(w, "driver"), 0755), 0);
	write_conf(w, "");
	w->db = db_open(in_dir(w, "db"), DB_CREATE, err);
	if (w->db == NULL)
		fail_msg("%s", err);
	*state = w;
	return 0;
}

static inline int tear_down(void **state)
{
	static const char *const names[] = {"driver", "conf", "log", "pid",
	    "fail", "die", "mute", "junk", "slow", "hello", "list", "counters",
	    "db", "db-wal", "db-shm", "db.lock"};
	struct world *w = *state;

	end(w);
	db_close(w->db);
	conf_free(&w->conf);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)unlink(in_dir(w, names[i]));
	assert_int_equal(rmdir(w->dir), 0);
	free(w);
	return 0;
}

static inline bool has_restored(struct world *w)
{
	return count_lines(w, "\"event\":\"restored\"") > 0 && is_empty(w);
}

#define WORLD(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)
