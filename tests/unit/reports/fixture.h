/* SPDX-License-Identifier: Apache-2.0 */
/* A database with fixed rows, and verbs called as main() calls them. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/cli/verb.h"
#include "store/write.h"

#define UNUSED __attribute__((unused))
/* 2026-11-24T00:00:00Z */
#define DAY_US  INT64_C(1795478400000000)
#define HOUR_US (3600 * US_PER_S)

struct fixture {
	char dir[64], db[96];
	char *out, *err; /* of the last verb */
	size_t n_out, n_err;
};

UNUSED static struct fixture *fx;

UNUSED static void must_write(struct db *db, int rc)
{
	if (rc != 0)
		print_error("%s\n", db_error(db));
	assert_int_equal(rc, 0);
}

UNUSED static struct incident fixed_incident(int64_t id, const char *customer)
{
	struct incident i = {.id = id,
	    .kind = INCIDENT_SPAM_BOT,
	    .line_class = CLASS_DYNAMIC,
	    .opened_us = DAY_US + id * HOUR_US,
	    .last_us = DAY_US + id * HOUR_US + 60 * US_PER_S,
	    .first_obs = 1,
	    .last_obs = 4,
	    .observations = 10 * id,
	    .servers = 7,
	    .unknown_users = 3,
	    .score_milli = 9300,
	    .peak_milli = 9400};

	snprintf(i.customer, sizeof(i.customer), "%s", customer);
	snprintf(
	    i.summary, sizeof(i.summary), "%d refused mails", (int)(10 * id));
	return i;
}

UNUSED static struct decision fixed_decision(
    int64_t seq, const char *customer, int64_t since_us, int64_t until_us)
{
	struct decision d = {.seq = seq,
	    .line_class = CLASS_DYNAMIC,
	    .action = ACTION_BLOCK,
	    .cause = CAUSE_DETECTOR,
	    .since_us = since_us,
	    .until_us = until_us,
	    .step = 1,
	    .mode = MODE_ENFORCE,
	    .n_targets = 1};

	snprintf(d.customer, sizeof(d.customer), "%s", customer);
	assert_int_equal(prefix_parse(&d.targets[0].prefix, "192.0.2.7/32"), 0);
	return d;
}

UNUSED static void add_leases(struct db *db)
{
	static const struct {
		const char *prefix, *customer;
		enum line_class line_class;
	} rows[] = {
	    {"192.0.2.7/32", "C1", CLASS_DYNAMIC},
	    {"192.0.2.8/32", "C2", CLASS_DYNAMIC},
	    {"192.0.2.128/29", "C3", CLASS_STATIC},
	    {"2001:db8:1::/56", "C4", CLASS_DYNAMIC},
	};
	struct lease l[4];

	memset(l, 0, sizeof(l));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(prefix_parse(&l[i].prefix, rows[i].prefix), 0);
		strcpy(l[i].customer, rows[i].customer);
		l[i].line_class = rows[i].line_class;
		l[i].until_us = INT64_MAX;
		strcpy(l[i].source, "static");
	}
	must_write(db, db_begin(db));
	must_write(db, write_leases(db, "static", l, 4, DAY_US));
	must_write(db, write_meta(db, "privacy_tier", "domains"));
	must_write(db, write_meta(db, "legal_basis", "test"));
	must_write(db, write_meta(db, "provider", "Example Net"));
	must_write(db, write_meta(db, "mode", "enforce"));
	must_write(db, db_commit(db));
}

UNUSED static struct db *open_fixture(enum db_mode mode)
{
	char err[DB_ERROR_BYTES] = "";
	struct db *db = db_open(fx->db, mode, err);

	if (!db)
		print_error("%s\n", err);
	assert_non_null(db);
	return db;
}

UNUSED static int fixture_up(void **state)
{
	struct db *db;

	fx = calloc(1, sizeof(*fx));
	if (!fx)
		return -1;
	strcpy(fx->dir, "/tmp/sekisho-reports-XXXXXX");
	if (!mkdtemp(fx->dir))
		return -1;
	snprintf(fx->db, sizeof(fx->db), "%s/t.db", fx->dir);
	db = open_fixture(DB_CREATE);
	add_leases(db);
	db_close(db);
	*state = fx;
	return 0;
}

UNUSED static int fixture_down(void **state)
{
	char command[128];

	(void)state;
	free(fx->out);
	free(fx->err);
	snprintf(command, sizeof(command), "rm -rf '%s'", fx->dir);
	if (system(command) != 0)
		print_error("%s is left\n", fx->dir);
	free(fx);
	fx = NULL;
	return 0;
}

UNUSED static int sekisho_argv(int argc, char **argv)
{
	FILE *out, *err;
	int code;

	free(fx->out);
	free(fx->err);
	fx->out = fx->err = NULL;
	/* A memory stream has no descriptor: no terminal. */
	out = open_memstream(&fx->out, &fx->n_out);
	err = open_memstream(&fx->err, &fx->n_err);
	code = cli_main(argc, argv, out, err);
	fclose(out);
	fclose(err);
	return code;
}

/* Words by spaces; '~' inside a word stands for a space, '^' for nothing. The
 * database is added when the words name none and with_db is set. */
UNUSED static int sekisho_line(const char *words, int with_db)
{
	char text[1024], *argv[64], *save = NULL, *w;
	int argc = 0;

	snprintf(text, sizeof(text), "sekisho %s", words);
	for (w = strtok_r(text, " ", &save); w && argc < 60;
	     w = strtok_r(NULL, " ", &save)) {
		for (char *p = w; *p != '\0'; p++)
			if (*p == '~')
				*p = ' ';
		argv[argc++] = strcmp(w, "^") == 0 ? w + 1 : w;
	}
	if (with_db) {
		argv[argc++] = (char *)"--db";
		argv[argc++] = fx->db;
	}
	argv[argc] = NULL;
	return sekisho_argv(argc, argv);
}

UNUSED static int sekisho(const char *words)
{
	return sekisho_line(words, 1);
}

UNUSED static void assert_code(int got, int want)
{
	if (got != want)
		print_error("out: %s\nerr: %s\n", fx->out, fx->err);
	assert_int_equal(got, want);
}

UNUSED static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		print_error("\"%s\" is not in:\n%s\n", part, text);
	assert_non_null(strstr(text, part));
}

UNUSED static json_t *parsed(const char *text)
{
	json_error_t e;
	json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &e);

	if (!j)
		print_error("%s: %s\n", e.text, text);
	assert_non_null(j);
	return j;
}

#define REPORTS_TEST(test)                                                     \
	cmocka_unit_test_setup_teardown(test, fixture_up, fixture_down)
