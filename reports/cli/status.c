/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/version.h"
#include "reports/cli/card.h"
#include "reports/cli/stop.h"
#include "reports/cli/verb.h"
#include "store/enforcement.h"
#include "store/read.h"

#define STEP_MS 2000

struct status {
	struct cli *c;
	int64_t obs_no, applied_no, incident_id, seq;
	int64_t waiting, open, in_force, pending, dead, down;
	int64_t bytes;
	int64_t last_us; /* of the newest incident's evidence or decision */
	char tier[64], mode[64];
	struct brake_row brake; /* id 0: it is off */
	int day;
	struct jsonw *json; /* NULL: text */
	bool headed;
};

static int count_op(void *arg, const struct op_action *a)
{
	(void)a;
	((struct status *)arg)->waiting++;
	return 0;
}

static void note_time(struct status *s, int64_t ts_us)
{
	if (ts_us > s->last_us)
		s->last_us = ts_us;
}

static int note_incident(void *arg, const struct incident *i)
{
	note_time(arg, i->last_us);
	return 0;
}

/* From indexes: there may be a million of them. */
static int collect_incidents(struct status *s)
{
	struct incident_page newest = {
	    .range = {.state = -1, .kind = -1, .limit = 1},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};
	struct read_range range = {.kind = -1};
	int64_t n = 0;

	for (int state = 0; state < INCIDENT_STATE_COUNT; state++) {
		range.state = state;
		if (state == INCIDENT_CLOSED)
			continue;
		if (read_incident_count(s->c->db, &range, &n) != 0)
			return -1;
		s->open += n;
	}
	return read_incident_page(s->c->db, &newest, note_incident, s);
}

static int collect_decisions(struct status *s)
{
	struct read_range standing = {
	    .state = 1, .kind = -1, .now_us = s->c->now_us};
	struct decision d = {0};
	int rc = read_decision_count(s->c->db, &standing, 0, &s->in_force);

	if (rc == 0 && s->seq > 0)
		rc = read_decision(s->c->db, s->seq, &d);
	if (rc == 1)
		note_time(s, d.since_us);
	return rc < 0 ? -1 : 0;
}

static int64_t file_bytes(const struct cli *c)
{
	struct stat st;

	return stat(cli_db_path(c), &st) == 0 ? st.st_size : 0;
}

static int collect(struct status *s)
{
	struct db *db = s->c->db;

	if (read_brake_on(db, &s->brake) < 0)
		return cli_fail_db(s->c);
	s->bytes = file_bytes(s->c);

	if (read_last_numbers(db, &s->obs_no, &s->applied_no, &s->incident_id,
		&s->seq) != 0 ||
	    collect_incidents(s) != 0 || collect_decisions(s) != 0 ||
	    read_op_actions(db, true, count_op, s) != 0 ||
	    read_delivery_count(db, "pending", &s->pending) != 0 ||
	    read_delivery_count(db, "dead", &s->dead) != 0 ||
	    read_meta(db, "privacy_tier", s->tier, sizeof(s->tier)) != 0 ||
	    read_meta(db, "mode", s->mode, sizeof(s->mode)) != 0)
		return cli_fail_db(s->c);
	return CLI_OK;
}

static void line(struct status *s, const char *name, int64_t n)
{
	char text[32];

	if (s->json)
		jsonw_kint(s->json, name, n);
	else
		fprintf(s->c->out, "%-32s %s\n", name, text_grouped(n, text));
}

static void words(struct status *s, const char *name, const char *text)
{
	char safe[512];

	if (s->json)
		jsonw_kstring(s->json, name, text);
	else
		fprintf(s->c->out, "%-32s %s\n", name,
		    text_safe(text, safe, sizeof(safe)));
}

/* What stands above all else: the network is watched, and not protected. */
static void print_brake(struct status *s)
{
	const struct brake_row *b = &s->brake;
	char id[24], time[CLOCK_STRLEN];

	snprintf(id, sizeof(id), "B%" PRId64, b->id);
	if (s->json && b->id == 0)
		jsonw_kstring(s->json, "brake", NULL);
	if (b->id == 0)
		return;
	if (!s->json)
		fprintf(s->c->out,
		    "THE MASS-EVENT BRAKE IS ON: the detector blocks nobody. "
		    "sekisho brake show\n");
	words(s, "brake", id);
	words(s, "brake_reason", b->reason);
	words(s, "brake_since", clock_format(b->began_us, time));
	line(s, "brake_held", b->held);
}

static void print_analyzer(struct status *s)
{
	long pid = db_applier(s->c->db);
	char text[64] = "none runs here";

	if (pid > 0)
		snprintf(text, sizeof(text), "process %ld", pid);
	words(s, "analyzer", text);
}

static int print_enforcer(void *arg, const struct enforcer *e)
{
	struct status *s = arg;
	char safe[512];

	s->down += strcmp(e->state, "down") == 0;
	if (!s->json) {
		fprintf(s->c->out,
		    "enforcer %-23s %s: %" PRId64 " decided, %" PRId64
		    " held, %" PRId64 " differ%s%s\n",
		    e->driver, e->state, e->wanted, e->held, e->differences,
		    e->error[0] ? "; " : "",
		    text_safe(e->error, safe, sizeof(safe)));
		return 0;
	}
	jsonw_object_begin(s->json);
	jsonw_kstring(s->json, "driver", e->driver);
	jsonw_kstring(s->json, "state", e->state);
	jsonw_kint(s->json, "decided", e->wanted);
	jsonw_kint(s->json, "held", e->held);
	jsonw_kint(s->json, "differences", e->differences);
	jsonw_kstring(s->json, "error", e->error[0] ? e->error : NULL);
	jsonw_object_end(s->json);
	return 0;
}

static int print_enforcers(struct status *s)
{
	int rc;

	if (s->json) {
		jsonw_key(s->json, "enforcers");
		jsonw_array_begin(s->json);
	}
	rc = read_enforcers(s->c->db, print_enforcer, s);
	if (s->json)
		jsonw_array_end(s->json);
	return rc == 0 ? CLI_OK : cli_fail_db(s->c);
}

static void print(struct status *s)
{
	char time[CLOCK_STRLEN];

	print_brake(s);
	words(s, "version", SEKISHO_VERSION);
	words(s, "database", cli_db_path(s->c));
	line(s, "database_bytes", s->bytes);
	print_analyzer(s);
	words(s, "privacy_tier", s->tier);
	words(s, "mode", s->mode);
	line(s, "observations", s->obs_no);
	line(s, "applied", s->applied_no);
	line(s, "incidents", s->incident_id);
	line(s, "incidents_open", s->open);
	line(s, "decisions", s->seq);
	line(s, "decisions_in_force", s->in_force);
	line(s, "operator_actions_waiting", s->waiting);
	line(s, "deliveries_pending", s->pending);
	line(s, "deliveries_dead", s->dead);
	words(s, "newest_evidence",
	    s->last_us != 0 ? clock_format(s->last_us, time) : "none");
}

static int print_counter(void *arg, int day, const char *name, int64_t value)
{
	struct status *s = arg;

	(void)day;
	if (!s->json && !s->headed)
		fprintf(s->c->out, "\ncounters of %d\n", s->day);
	s->headed = true;
	line(s, name, value);
	return 0;
}

static int print_counters(struct status *s)
{
	if (s->day == 0)
		return 0;
	if (s->json) {
		jsonw_kint(s->json, "day", s->day);
		jsonw_key(s->json, "counters");
		jsonw_object_begin(s->json);
	}
	if (read_counters(s->c->db, s->day, s->day, print_counter, s) != 0)
		return cli_fail_db(s->c);
	if (s->json)
		jsonw_object_end(s->json);
	else if (!s->headed)
		fprintf(s->c->out, "\nno counters on %d\n", s->day);
	return 0;
}

static int show(struct cli *c, int day)
{
	struct status s = {.c = c, .day = day};
	struct jsonw j;
	bool failed;
	int code = collect(&s);

	if (code != CLI_OK)
		return code;
	jsonw_init(&j, c->out);
	if (c->format == OUT_JSON || c->format == OUT_JSONL) {
		s.json = &j;
		jsonw_object_begin(&j);
	}
	print(&s);
	code = print_enforcers(&s);
	if (code == CLI_OK)
		code = print_counters(&s);
	if (s.json) {
		jsonw_object_end(&j);
		jsonw_newline(&j);
	}
	failed = j.failed;
	jsonw_free(&j);
	if (code == CLI_OK)
		code = cli_end_text(c, failed);
	/* Degraded: something decided, or to be decided, is not in effect. */
	return code == CLI_OK && (s.dead + s.down > 0 || s.brake.id != 0)
		   ? CLI_FAILED
		   : code;
}

/* On a terminal each look takes the place of the one before. */
static int show_on(struct cli *c, int day)
{
	stop_catch();
	do {
		c->now_us = clock_now_us();
		if (c->tty && c->format == OUT_TABLE)
			fputs("\033[H\033[J", c->out);
		(void)show(c, day);
	} while (!stop_wait(STEP_MS) && !ferror(c->out));
	return CLI_INTERRUPTED;
}

int cli_status(struct cli *c)
{
	int64_t ts_us;
	int code, day = 0;

	if (c->counter)
		return cli_status_counter(c);
	code = card_check(c);
	if (code != CLI_OK)
		return code;
	if (c->date) {
		if (clock_parse(&ts_us, c->date, c->now_us) != 0)
			return cli_fail(c, CLI_USAGE,
			    "--date %.40s: give a day such as 2026-11-24",
			    c->date);
		day = clock_day(ts_us);
	}
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	return c->watch ? show_on(c, day) : show(c, day);
}
