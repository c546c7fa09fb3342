/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/pipeline.h"
#include "base/clock.h"
#include "store/read.h"
#include "store/write.h"

/* 2026-11-02 00:00:00 UTC */
#define T0 (INT64_C(1793577600) * US_PER_S)

static char dir[64];
static struct conf conf;
static uv_loop_t loop;
static int64_t now_us; /* for live agents */

static void put_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int setup(void **state)
{
	char text[1024], err[CONF_ERROR_BYTES], path[128];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	put_file("subs.csv", "prefix,customer,class,own_domains\n"
			     "198.51.100.1,C1,dynamic,\n"
			     "198.51.100.2,C2,dynamic,\n");
	put_file("dns.zone",
	    "spoofed.example. 60 IN TXT \"v=spf1 -all\"\n"
	    "fine.example. 60 IN TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n"
	    "good.example. 60 IN TXT \"v=spf1 ip4:203.0.113.251 -all\"\n");
	put_file("key", "0123456789abcdef");
	snprintf(text, sizeof(text),
	    "legal_basis = \"test\"\nprivacy_tier = \"domains\"\n"
	    "hash_key_file = \"%s/key\"\ndb = \"%s/x.db\"\n"
	    "network { own_networks = {\"198.51.100.0/24\"} "
	    "own_servers = {\"203.0.113.250\"} "
	    "server_egress = {\"203.0.113.251\"} }\n"
	    "analyzer { subscribers = \"%s/subs.csv\" zone = \"%s/dns.zone\" "
	    "mode = \"enforce\" }\n",
	    dir, dir, dir, dir);
	put_file("conf", text);
	snprintf(path, sizeof(path), "%s/conf", dir);
	if (conf_load(&conf, path, err) != 0)
		fail_msg("%s", err);
	uv_loop_init(&loop);
	now_us = INT64_MAX;
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	conf_free(&conf);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

static struct pipeline *open_pipeline(enum pipeline_order order)
{
	char err[512];
	struct pipeline *p =
	    pipeline_new(&loop, &conf, order, err, sizeof(err));

	if (!p)
		fail_msg("%s", err);
	return p;
}

static void close_pipeline(struct pipeline *p)
{
	pipeline_free(p);
	uv_run(&loop, UV_RUN_DEFAULT);
}

/* One delivered mail of a customer. */
static int deliver(struct pipeline *p, uint64_t seq, int customer,
    const char *from, int server)
{
	struct addr client, dst;
	char text[32];
	Sekisho__Record r = SEKISHO__RECORD__INIT, *rp = &r;
	Sekisho__Transaction t = SEKISHO__TRANSACTION__INIT;
	Sekisho__Mailbox m = SEKISHO__MAILBOX__INIT, *from_header = &m;
	Sekisho__Batch b = SEKISHO__BATCH__INIT;

	snprintf(text, sizeof(text), "198.51.100.%d", customer);
	addr_parse(&client, text);
	snprintf(text, sizeof(text), "203.0.113.%d", server);
	addr_parse(&dst, text);
	r.seq = seq;
	r.ts_us = T0 + (int64_t)seq * 60 * US_PER_S;
	r.client_addr = (ProtobufCBinaryData){16, client.b};
	r.server_addr = (ProtobufCBinaryData){16, dst.b};
	r.server_port = 25;
	r.tier = SEKISHO__TIER__TIER_DOMAINS;
	r.body_case = SEKISHO__RECORD__BODY_TRANSACTION;
	r.transaction = &t;
	m.domain = (char *)from;
	t.mail_from = &m;
	t.header_from = &from_header;
	t.n_header_from = 1;
	t.header_complete = true;
	t.end = SEKISHO__END_OF__END_DELIVERED;
	t.rcpt_count = 1;
	b.agent = "tap0";
	b.boot = 7;
	b.n_records = 1;
	b.records = &rp;
	return pipeline_batch(p, &b, now_us);
}

static void run_until_idle(struct pipeline *p)
{
	for (int i = 0; i < 10000 && !pipeline_is_idle(p); i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	assert_true(pipeline_is_idle(p));
	assert_null(pipeline_error(p));
}

struct seen {
	int rows, spoofed, authorised;
	int64_t order[32];
};

static int count(void *arg, const struct observation *o)
{
	struct seen *s = arg;

	if (o->kind != OBS_TRANSACTION)
		return 0;
	assert_in_range(s->rows, 0, 31);
	s->order[s->rows++] = (int64_t)o->seq;
	s->spoofed += o->verdict == VERDICT_SPOOFED;
	s->authorised += o->verdict == VERDICT_AUTHORISED;
	return 0;
}

static struct seen look(void)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(conf.db, DB_READ, err);
	struct seen s = {0};

	if (!db)
		fail_msg("%s", err);
	assert_int_equal(read_applied(db, 0, count, &s), 0);
	db_close(db);
	return s;
}

static void rows_are_logged_checked_and_applied(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	struct seen s;

	(void)state;
	assert_int_equal(deliver(p, 1, 1, "spoofed.example", 1), 0);
	assert_int_equal(deliver(p, 2, 1, "fine.example", 2), 0);
	run_until_idle(p);
	close_pipeline(p);
	s = look();
	assert_int_equal(s.rows, 2);
	assert_int_equal(s.spoofed, 1);
	assert_int_equal(s.authorised, 1);
}

static int see_own(void *arg, const struct observation *o)
{
	struct observation *rows = arg;

	if (o->seq == 1 || o->seq == 2)
		rows[o->seq - 1] = *o;
	return 0;
}

/* Of mail by way of our servers only that name is kept whose owner has to
 * be told something. */
static void mail_by_our_servers_leaves_no_name_but_one(void **state)
{
	static struct observation row[2];
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	char err[DB_ERROR_BYTES], cmd[256];
	struct db *db;

	(void)state;
	/* while it waits, no name is in any file */
	assert_int_equal(deliver(p, 1, 1, "spoofed.example", 250), 0);
	assert_int_equal(deliver(p, 2, 2, "good.example", 250), 0);
	snprintf(cmd, sizeof(cmd),
	    "! cat %s/x.db* | grep -qaE '(spoofed|good).example'", dir);
	assert_int_equal(system(cmd), 0);
	run_until_idle(p);
	assert_int_equal(deliver(p, 3, 1, "", 250), 0);
	close_pipeline(p);
	db = db_open(conf.db, DB_READ, err);
	assert_non_null(db);
	assert_int_equal(read_applied(db, 0, see_own, row), 0);
	db_close(db);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(row[i].traffic_case, 1);
		assert_int_equal(row[i].spf, i == 0 ? SPF_FAIL : SPF_PASS);
		assert_string_equal(row[i].mail_from, "");
		assert_string_equal(row[i].header_from, "");
		assert_int_equal(row[i].label, LABEL_NONE);
	}
	assert_string_equal(row[0].spf_domain, "spoofed.example");
	assert_string_equal(row[1].spf_domain, "");
	snprintf(
	    cmd, sizeof(cmd), "! cat %s/x.db* | grep -qa good.example", dir);
	assert_int_equal(system(cmd), 0);
}

static void a_record_that_comes_again_counts_once(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	uint64_t cursor;

	(void)state;
	assert_int_equal(deliver(p, 1, 1, "fine.example", 1), 0);
	assert_int_equal(deliver(p, 1, 1, "fine.example", 1), 0);
	assert_int_equal(deliver(p, 2, 1, "fine.example", 1), 0);
	assert_int_equal(pipeline_cursor(p, "tap0", 7, &cursor), 0);
	assert_int_equal(cursor, 2);
	assert_int_equal(pipeline_cursor(p, "tap0", 8, &cursor), 0);
	assert_int_equal(cursor, 0);
	run_until_idle(p);
	close_pipeline(p);
	assert_int_equal(look().rows, 2);
}

static void what_waits_at_a_crash_is_taken_up(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	struct seen s;

	(void)state;
	/* no turn of the loop: the check cannot have been answered */
	assert_int_equal(deliver(p, 1, 1, "spoofed.example", 1), 0);
	assert_int_equal(deliver(p, 2, 2, "spoofed.example", 1), 0);
	assert_false(pipeline_is_idle(p));
	close_pipeline(p);
	assert_int_equal(look().rows, 0);
	p = open_pipeline(PIPELINE_LIVE);
	run_until_idle(p);
	close_pipeline(p);
	s = look();
	assert_int_equal(s.rows, 2);
	assert_int_equal(s.spoofed, 2);
}

static void replay_applies_in_record_order(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_REPLAY);
	struct seen s;

	(void)state;
	/* every second row needs no DNS and could overtake */
	for (uint64_t i = 1; i <= 20; i++)
		assert_int_equal(deliver(p, i, 1 + (int)(i % 2),
				     i % 2 ? "spoofed.example" : "", (int)i),
		    0);
	run_until_idle(p);
	assert_int_equal(pipeline_finish(p), 0);
	close_pipeline(p);
	s = look();
	assert_int_equal(s.rows, 20);
	for (int i = 0; i < 20; i++)
		assert_int_equal(s.order[i], i + 1);
}

static void a_second_pipeline_is_refused(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	char err[512];

	(void)state;
	assert_null(
	    pipeline_new(&loop, &conf, PIPELINE_LIVE, err, sizeof(err)));
	assert_non_null(strstr(err, "another process"));
	close_pipeline(p);
}

static int first_decision(void *arg, const struct decision *d)
{
	memcpy(arg, d, sizeof(*d));
	return 1;
}

static void an_operator_action_becomes_a_decision(void **state)
{
	struct op_action a = {.ts_us = T0 + US_PER_S,
	    .verb = OP_BLOCK,
	    .actor = "desk",
	    .target = "C2",
	    .customer = "C2",
	    .reason = "called"};
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	char err[DB_ERROR_BYTES];
	struct decision d;
	struct db *db;

	(void)state;
	db = db_open(conf.db, DB_WRITE, err);
	assert_non_null(db);
	assert_int_equal(write_op_action(db, &a), 0);
	assert_int_equal(pipeline_operator(p, clock_now_us()), 0);
	assert_int_equal(read_decisions_after(db, 0, first_decision, &d), 1);
	assert_string_equal(d.customer, "C2");
	assert_int_equal(d.action, ACTION_BLOCK);
	assert_int_equal(d.cause, CAUSE_MANUAL);
	assert_int_equal(d.n_targets, 1);
	db_close(db);
	close_pipeline(p);
}

static int add_dropped(void *arg, int day, const char *name, int64_t value)
{
	if (strcmp(name, "records_from_future") == 0 && day == clock_day(T0))
		*(int64_t *)arg += value;
	return 0;
}

static int count_decision(void *arg, const struct decision *d)
{
	(void)d;
	++*(int *)arg;
	return 0;
}

static int decisions(void)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(conf.db, DB_READ, err);
	int n = 0;

	assert_non_null(db);
	assert_int_equal(read_decisions_after(db, 0, count_decision, &n), 0);
	db_close(db);
	return n;
}

/* Record n is of n minutes after T0. What ends by itself at minute 90 does
 * not end because somebody's clock says that it is over. */
static void a_clock_that_is_ahead_moves_nothing(void **state)
{
	struct op_action a = {.ts_us = T0,
	    .verb = OP_BLOCK,
	    .actor = "desk",
	    .target = "C2",
	    .customer = "C2",
	    .reason = "called"};
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	int rows[3], decided[2], rc;
	char err[DB_ERROR_BYTES];
	int64_t dropped = 0;
	uint64_t cursor = 0;
	struct db *db;

	(void)state;
	a.until_us = T0 + 90 * 60 * US_PER_S;
	db = db_open(conf.db, DB_WRITE, err);
	assert_non_null(db);
	rc = write_op_action(db, &a);
	rc |= pipeline_operator(p, clock_now_us());
	now_us = T0;
	rc |= deliver(p, 1, 1, "", 1);
	rc |= deliver(p, 60, 1, "", 1); /* just as much as may be */
	rc |= deliver(p, 61, 1, "", 1);
	rc |= deliver(p, 600, 1, "", 1);
	rc |= pipeline_cursor(p, "tap0", 7, &cursor);
	rows[0] = look().rows;
	decided[0] = decisions();
	/* its time has come; and files are of any time */
	now_us = T0 + 600 * 60 * US_PER_S;
	rc |= deliver(p, 601, 1, "", 1);
	rows[1] = look().rows;
	decided[1] = decisions();
	now_us = INT64_MAX;
	rc |= deliver(p, 60000, 1, "", 1);
	rows[2] = look().rows;
	rc |= read_counters(db, 0, 99999999, add_dropped, &dropped);
	db_close(db);
	close_pipeline(p);
	assert_int_equal(rc, 0);
	assert_int_equal(cursor, 600); /* the agent is not stuck */
	assert_int_equal(rows[0], 2);
	assert_int_equal(decided[0], 1);
	assert_int_equal(rows[1], 3);
	assert_int_equal(decided[1], 2);
	assert_int_equal(rows[2], 4);
	assert_int_equal(dropped, 2);
}

static int note_tick(void *arg, const struct observation *o)
{
	int64_t *at_us = arg;

	if (o->kind == OBS_TICK)
		*at_us = o->ts_us;
	return 0;
}

/* When the end of a block until T0 + 600 s was noted; 0: it was not. */
static int64_t end_noted(void)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(conf.db, DB_READ, err);
	int64_t at_us = 0;

	assert_non_null(db);
	assert_int_equal(read_applied(db, 0, note_tick, &at_us), 0);
	db_close(db);
	return at_us;
}

static void block_until(int64_t until_us)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(conf.db, DB_CREATE, err);
	struct op_action a = {.ts_us = T0,
	    .verb = OP_BLOCK,
	    .actor = "test",
	    .target = "C1",
	    .customer = "C1",
	    .until_us = until_us,
	    .reason = "test"};

	assert_non_null(db);
	assert_int_equal(write_op_action(db, &a), 0);
	db_close(db);
}

/* Nothing comes any more after a record of this minute. */
static void an_end_is_noted_while_no_record_comes(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	int64_t end_us = T0 + 600 * US_PER_S;

	(void)state;
	block_until(end_us);
	now_us = T0 + 65 * US_PER_S;
	assert_int_equal(deliver(p, 1, 2, "fine.example", 1), 0);
	run_until_idle(p);
	assert_int_equal(pipeline_operator(p, clock_now_us()), 0);
	assert_int_equal(pipeline_tick(p, end_us + US_PER_S), 0);
	assert_int_equal(end_noted(), 0); /* one may be on its way */
	assert_int_equal(pipeline_tick(p, end_us + 2 * US_PER_S), 0);
	assert_int_equal(end_noted(), end_us);
	close_pipeline(p);
}

/* The analyzer was away when it came, and then no record comes. */
static void an_end_while_away_is_noted(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	int64_t end_us = T0 + 600 * US_PER_S, start_us = T0 + 7200 * US_PER_S;

	(void)state;
	block_until(end_us);
	now_us = T0 + 65 * US_PER_S;
	assert_int_equal(deliver(p, 1, 2, "fine.example", 1), 0);
	run_until_idle(p);
	assert_int_equal(pipeline_operator(p, now_us), 0);
	close_pipeline(p);
	p = open_pipeline(PIPELINE_LIVE);
	assert_int_equal(pipeline_tick(p, start_us), 0);
	assert_int_equal(pipeline_tick(p, start_us + 59 * US_PER_S), 0);
	assert_int_equal(end_noted(), 0); /* agents come back meanwhile */
	assert_int_equal(pipeline_tick(p, start_us + 60 * US_PER_S), 0);
	assert_int_equal(end_noted(), end_us);
	close_pipeline(p);
}

/* What the agents kept meanwhile comes, and has not come to its end. */
static void an_end_while_away_waits_for_what_was_kept(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	int64_t end_us = T0 + 600 * US_PER_S, start_us = T0 + 7200 * US_PER_S;

	(void)state;
	block_until(end_us);
	now_us = T0 + 65 * US_PER_S;
	assert_int_equal(deliver(p, 1, 2, "fine.example", 1), 0);
	run_until_idle(p);
	assert_int_equal(pipeline_operator(p, now_us), 0);
	close_pipeline(p);
	p = open_pipeline(PIPELINE_LIVE);
	assert_int_equal(pipeline_tick(p, start_us), 0);
	now_us = start_us + 30 * US_PER_S;
	assert_int_equal(deliver(p, 5, 2, "fine.example", 1), 0);
	run_until_idle(p);
	assert_int_equal(pipeline_tick(p, start_us + 600 * US_PER_S), 0);
	assert_int_equal(end_noted(), 0);
	close_pipeline(p);
	/* Nor is what was behind when it went taken to be of now. */
	p = open_pipeline(PIPELINE_LIVE);
	assert_int_equal(pipeline_tick(p, start_us), 0);
	assert_int_equal(pipeline_tick(p, start_us + 3600 * US_PER_S), 0);
	assert_int_equal(end_noted(), 0);
	close_pipeline(p);
}

/* What is sent now was captured last week: its time is not the clock's. */
static void an_old_capture_is_not_hurried(void **state)
{
	struct pipeline *p = open_pipeline(PIPELINE_LIVE);
	int64_t end_us = T0 + 600 * US_PER_S;

	(void)state;
	block_until(end_us);
	now_us = T0 + 7 * 86400 * US_PER_S;
	assert_int_equal(deliver(p, 1, 2, "fine.example", 1), 0);
	run_until_idle(p);
	assert_int_equal(pipeline_operator(p, clock_now_us()), 0);
	assert_int_equal(pipeline_tick(p, now_us + 3600 * US_PER_S), 0);
	assert_int_equal(end_noted(), 0);
	close_pipeline(p);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(rows_are_logged_checked_and_applied),
	    CASE(mail_by_our_servers_leaves_no_name_but_one),
	    CASE(a_record_that_comes_again_counts_once),
	    CASE(what_waits_at_a_crash_is_taken_up),
	    CASE(replay_applies_in_record_order),
	    CASE(a_second_pipeline_is_refused),
	    CASE(an_operator_action_becomes_a_decision),
	    CASE(a_clock_that_is_ahead_moves_nothing),
	    CASE(an_end_is_noted_while_no_record_comes),
	    CASE(an_old_capture_is_not_hurried),
	    CASE(an_end_while_away_is_noted),
	    CASE(an_end_while_away_waits_for_what_was_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
