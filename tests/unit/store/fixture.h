/* SPDX-License-Identifier: Apache-2.0 */
/* A store in a directory of its own, and rows with every field set. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define UNUSED   __attribute__((unused))

/* 2026-11-24T00:00:00Z */
#define DAY_US  INT64_C(1795478400000000)
#define HOUR_US (3600 * US_PER_S)

struct fixture {
	char dir[64], path[96];
	struct db *db;
};

UNUSED static struct db *must_open(const char *path, enum db_mode mode)
{
	char err[DB_ERROR_BYTES] = "";
	struct db *db = db_open(path, mode, err);

	if (!db)
		print_error("%s\n", err);
	assert_non_null(db);
	return db;
}

UNUSED static int fixture_dir(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->dir, "/tmp/sekisho-store-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->path, sizeof(f->path), "%s/t.db", f->dir);
	*state = f;
	return 0;
}

UNUSED static int fixture_up(void **state)
{
	struct fixture *f;

	if (fixture_dir(state) != 0)
		return -1;
	f = *state;
	f->db = must_open(f->path, DB_CREATE);
	return 0;
}

UNUSED static int fixture_down(void **state)
{
	static const char *const names[] = {"t.db", "t.db-wal", "t.db-shm",
	    "t.db.lock", "t.db.purge", "t.db-journal", "other.db", "link.db",
	    "fifo"};
	struct fixture *f = *state;

	db_close(f->db);
	chmod(f->dir, 0700);
	for (size_t i = 0; i < COUNT(names); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", f->dir, names[i]);
		unlink(path);
	}
	if (rmdir(f->dir) != 0)
		print_error("%s is not empty\n", f->dir);
	free(f);
	return 0;
}

#define STORE_TEST(test)                                                       \
	cmocka_unit_test_setup_teardown(test, fixture_up, fixture_down)
#define DIR_TEST(test)                                                         \
	cmocka_unit_test_setup_teardown(test, fixture_dir, fixture_down)

UNUSED static void must_run(struct db *db, const char *sql)
{
	if (stmt_exec(db, sql) != 0)
		print_error("%s: %s\n", sql, db_error(db));
	assert_string_equal(db_error(db), "no error");
}

/* What a person sees with the sqlite3 shell; "NULL" for NULL. */
UNUSED static const char *shell(struct db *db, const char *sql)
{
	static char text[1024];
	sqlite3_stmt *s = NULL;

	assert_int_equal(
	    sqlite3_prepare_v2(db->sql, sql, -1, &s, NULL), SQLITE_OK);
	text[0] = '\0';
	while (sqlite3_step(s) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(s); i++) {
			const char *v = (const char *)sqlite3_column_text(s, i);
			size_t len = strlen(text);

			snprintf(text + len, sizeof(text) - len, "%s%s",
			    len > 0 ? " " : "", v ? v : "NULL");
		}
	assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	return text;
}

UNUSED static struct addr address(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

UNUSED static struct observation observation_full(void)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_TRANSACTION;
	o.ts_us = DAY_US + 1;
	o.start_us = DAY_US - 2;
	strcpy(o.agent, "tap1");
	o.boot = UINT64_C(0xfedcba9876543210);
	o.seq = 3;
	o.flow_id = UINT64_C(0x8000000000000004);
	o.client = address("192.0.2.5");
	o.server = address("2001:db8::6");
	o.client_port = 65535;
	o.server_port = 25;
	strcpy(o.customer, "C7");
	o.line_class = CLASS_STATIC;
	o.traffic_case = 2;
	o.source_validated = true;
	o.tier = PRIVACY_DOMAINS;
	o.outcome = 1;
	o.attempts = INT64_C(1) << 33;
	o.servers = 105;
	o.helo_verb = 2;
	o.helo_kind = 4;
	o.helo_null_literal = true;
	strcpy(o.helo, "[0.0.0.0]");
	o.mail_from_seen = true;
	o.mail_from_null = true;
	strcpy(o.mail_from, "sender.example");
	for (int i = 0; i < ROW_HASH_BYTES; i++)
		o.mail_from_hash[i] = (uint8_t)(i == 3 ? 0 : 200 + i);
	strcpy(o.header_from, "header.example");
	o.header_from_count = 2;
	o.rcpt_count = 101;
	o.rcpt_accepted = 102;
	o.unknown_users = 103;
	strcpy(o.rcpt_domains, "a.example b.example");
	o.reply_code = 553;
	strcpy(o.reply_enhanced, "5.1.8");
	o.reply_class = 9;
	o.reply_stage = 5;
	o.names_client = true;
	o.declared_bytes = INT64_C(1) << 40;
	o.seen_bytes = (INT64_C(1) << 40) + 1;
	o.tls = 3;
	o.end = 8;
	o.header_complete = true;
	o.dkim_signature = true;
	o.dkim_evidence.len = 5;
	memcpy(o.dkim_evidence.b, "\0\1\0\xff\0", 5);
	o.dkim_more = true;
	o.received_count = 4;
	o.gap = true;
	o.authenticated = true;
	o.auth_outcome = 2;
	strcpy(o.auth_mechanism, "CRAM-MD5");
	strcpy(o.dpi, "SMTP");
	o.not_smtp = true;
	o.transactions = 104;
	o.auth_state = AUTH_STATE_DONE;
	o.spf = SPF_SOFTFAIL;
	o.spf_helo = true;
	strcpy(o.spf_domain, "spf.example");
	o.spf_address = address("203.0.113.9");
	strcpy(o.spf_term, "~all");
	strcpy(o.spf_record, "v=spf1 ~all");
	strcpy(o.spf_trail, "TXT spf.example, A a.example nxdomain");
	o.spf_lookups = 10;
	strcpy(o.dkim, "fail signer.example: the key does not match");
	strcpy(o.dmarc, "reject header.example");
	o.verdict = VERDICT_SPOOFED;
	strcpy(o.verdict_reason, "not one of its addresses");
	memset(o.account_hash, 0xa5, sizeof(o.account_hash));
	o.login = LOGIN_FAILURE;
	o.messages = 17;
	o.own_line = true;
	o.op = OP_RELEASE;
	o.op_id = 12;
	o.op_until_us = DAY_US + 13;
	strcpy(o.policy_hash, "0123456789abcdef");
	o.mode = MODE_ENFORCE;
	o.label = LABEL_BLOCKLISTED;
	o.weight_milli = -14;
	o.score_milli = INT32_MAX;
	memset(o.digest, 0x5a, sizeof(o.digest));
	return o;
}

/* A row with what ordering needs. */
UNUSED static struct observation observation_at(
    int64_t ts_us, const char *customer)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.ts_us = o.start_us = ts_us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return o;
}

UNUSED static struct incident incident_full(int64_t id)
{
	struct incident i;

	memset(&i, 0, sizeof(i));
	i.id = id;
	i.kind = INCIDENT_SPOOFED_SENDER;
	strcpy(i.customer, "C7");
	i.line_class = CLASS_DYNAMIC;
	i.state = INCIDENT_CLOSED;
	i.closed_as = CLOSED_FALSE_POSITIVE;
	i.opened_us = DAY_US + 1;
	i.last_us = DAY_US + 2;
	i.closed_us = DAY_US + 3;
	i.first_obs = 4;
	i.last_obs = 5;
	i.observations = 6;
	i.servers = 7;
	i.unknown_users = 8;
	i.blocklisted = 9;
	i.spoofed = 10;
	i.score_milli = -11;
	i.peak_milli = 12;
	strcpy(i.summary, "12 servers in 60 s");
	strcpy(i.policy_hash, "0123456789abcdef");
	return i;
}

UNUSED static struct decision decision_at(int64_t seq, const char *customer)
{
	struct decision d;

	memset(&d, 0, sizeof(d));
	d.seq = seq;
	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	d.action = ACTION_BLOCK;
	d.since_us = DAY_US;
	return d;
}
