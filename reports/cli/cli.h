/* SPDX-License-Identifier: Apache-2.0 */
/* What every verb gets: where to print, what was asked, the store. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"
#include "reports/out/out.h"
#include "store/db.h"

enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1, /* or: a check found a difference */
	CLI_USAGE = 2,
	CLI_NOT_FOUND = 3,
	CLI_NOT_AUTHORISED = 4,
	CLI_UNREACHABLE = 5,
	CLI_CONFLICT = 6,
	CLI_REFUSED = 7,
	CLI_INTERRUPTED = 130
};

#define CLI_LIMIT_TTY 50

/* Of enum option_id, which has more than 64 values. */
__extension__ typedef unsigned __int128 option_set;

struct cli {
	FILE *out, *err;
	bool tty;
	int64_t now_us;
	/* options; numbers that were not given are -1, times 0, texts NULL */
	enum out_format format;
	const char *config, *db_path;
	const char *line_class;
	const char *customer, *driver, *delivery_state;
	int64_t since_us, until_us, at_us, open_at_us, limit;
	int state, kind, obs_kind, label, action, cause, traffic_case;
	bool false_positives, in_force, opened, closed, repeats, off;
	bool outside, mail, resend;
	const char *ttl, *reason, *as, *date, *out_dir, *verify, *logins;
	const char *source, *session, *file_format, *customer_field;
	const char *ip, *helo, *from, *zone, *resolver;
	const char *blocks, *customers;
	const char *maildir, *policy;
	const char *operator;
	enum audit_source source_of_audit; /* AUDIT_CLI */
	const char *cursor, *verb, *object, *min_score, *domain, *counter;
	const char *fields, *query, *sort, *color, *ticket, *diff;
	const char *export_format;
	const char *lang, *to, *step, *key_file;
	int letter, letter_form;
	bool all, count, fail_empty, no_pager, verbose, utc, dry_run, yes,
	    watch;
	const char *scopes, *cidr;
	bool crowdsec, serve;
	bool format_given, usage_failed;
	char next_cursor[192]; /* of the list that was just printed */
	/* what is no option */
	char **args;
	int n_args;
	/* read when a verb asks for it */
	struct conf conf;
	bool conf_loaded;
	struct db *db;
};

void cli_init(struct cli *c, FILE *out, FILE *err);
void cli_free(struct cli *c);

/* One line for a person, or with -o json and jsonl a problem object (RFC
 * 9457), on the error stream. Returns code. */
int cli_fail(struct cli *c, enum cli_exit code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The configuration of -c, or the defaults. 0, or the exit code. */
int cli_need_conf(struct cli *c);
/* c->db, of --db or the configuration, unless it is there. 0, or the exit
 * code. */
int cli_need_db(struct cli *c, enum db_mode mode);
/* The same for a verb that changes something: to be read only with
 * --dry-run. */
int cli_need_change(struct cli *c);
/* With --dry-run, on the error stream: "dry run: ..." CLI_OK. */
int cli_say_dry(struct cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
const char *cli_db_path(const struct cli *c);
/* The store failed while it was read or written. */
int cli_fail_db(struct cli *c);

/* With --verbose: how --since, --until and --at were read. */
void cli_say_range(struct cli *c);
/* --class. */
bool cli_wants_class(const struct cli *c, enum line_class k);
/* --limit, or what a table on a terminal has; 0: no limit. */
int64_t cli_limit(const struct cli *c);
/* For lists: whether the n-th row (from 0) is to be printed. */
bool cli_wants_row(const struct cli *c, int64_t n);
/* The page is full, and nobody asked how many follow: 1, which ends a walk. */
int cli_stop_list(int64_t *total);
/* Where the list goes on; before cli_end_list(). */
void cli_next(struct cli *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Totals that are not known: there are more, or more than so many. */
#define CLI_MORE         ((int64_t)-1)
#define CLI_MORE_THAN(n) (-1 - (int64_t)(n))
/* Ends a list: says how much a limit left out. The exit code. */
int cli_end_list(struct cli *c, struct out *o, int64_t total);
/* Ends the output of a single thing, or of columns without a list. */
int cli_end_one(struct cli *c, struct out *o);
/* The same for what was printed without columns. */
int cli_end_text(struct cli *c, bool failed);
/* --color, NO_COLOR, TERM=dumb. */
bool cli_wants_color(const struct cli *c);
/* Columns to c->out; NULL after saying so. */
struct out *cli_out(struct cli *c, const struct out_column *columns, size_t n);
/* "I12", "i12", "12" -> 12; letter 'I' or 'D', '\0': none. -1: it is no such
 * number. */
int64_t cli_parse_id(const char *text, char letter);
/* The number that --cursor names, where there is one: CLI_OK, or CLI_USAGE
 * after saying what it should look like. */
int cli_cursor_id(struct cli *c, char letter, int64_t *id);
/* What a number that people see stands for. */
struct cli_id {
	const char *thing; /* "decision" */
	char letter;       /* 'D'; '\0': none */
	const char *list;  /* the verb that shows them: "decision list" */
};
/* The first argument as one, and the database to look it up in. CLI_OK, or the
 * exit code: said what is wrong. */
int cli_need_id(struct cli *c, const struct cli_id *of, int64_t *id);
/* There is none of this number. CLI_NOT_FOUND. */
int cli_no_such(struct cli *c, const struct cli_id *of, int64_t id);
