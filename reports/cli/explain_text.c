/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "analyzer/decide/explain.h"
#include "analyzer/identity/unit.h"
#include "base/clock.h"
#include "reports/cli/explain.h"
#include "reports/out/text.h"
#include "store/read.h"
#include "base/target.h"

#define WORDS_BYTES   2048
#define ALOUD_COLUMNS 70

static const char *seconds(int64_t ts_us, char buf[static CLOCK_STRLEN])
{
	clock_format(ts_us, buf);
	memcpy(buf + 19, "Z", 2);
	return buf;
}

static const char *until(int64_t ts_us, char buf[static CLOCK_STRLEN])
{
	return ts_us == 0 ? "without end" : seconds(ts_us, buf);
}

static void print_decision(struct explanation *e, const struct decision *d)
{
	FILE *f = e->c->out;
	char a[CLOCK_STRLEN], b[CLOCK_STRLEN], target[TARGET_STRLEN];
	char safe[4 * ROW_TEXT_LEN];

	fprintf(f, "D%" PRId64 "  %s  %s %s", d->seq, seconds(d->since_us, a),
	    action_name(d->action), cause_name(d->cause));
	if (d->cause == CAUSE_DETECTOR || d->cause == CAUSE_MANUAL)
		fprintf(f, ", until %s", until(d->until_us, b));
	if (d->step > 0)
		fprintf(f, ", ladder step %d", d->step);
	fprintf(f, ", mode %s", mode_name(d->mode));
	if (d->ends_seq != 0)
		fprintf(f, ", ends D%" PRId64, d->ends_seq);
	fprintf(f, "\n    %s\n", text_safe(d->reason, safe, sizeof(safe)));
	fprintf(f, "    policy %s; lines:", d->policy_hash);
	for (int i = 0; i < d->n_targets; i++)
		fprintf(f, " %s", target_format(&d->targets[i], target));
	fputs(d->n_targets == 0 ? " none known then\n" : "\n", f);
}

/* What a driver could not do is no smaller than what was decided. */
static int print_dead(void *arg, const struct delivery *row)
{
	struct explanation *e = arg;
	char safe[4 * ROW_TEXT_LEN], name[4 * ROW_ID_LEN];

	for (size_t i = 0; i < e->n_decisions; i++)
		if (e->decisions[i].seq == row->decision_seq)
			fprintf(e->c->out,
			    "    not enforced by driver %s: D%" PRId64
			    " %s: %s\n",
			    text_safe(row->driver, name, sizeof(name)),
			    row->decision_seq, row->op,
			    text_safe(row->error, safe, sizeof(safe)));
	return 0;
}

static void print_row(
    void *arg, struct explanation *e, const struct observation *o)
{
	FILE *f = e->c->out;
	char time[CLOCK_STRLEN], weight[32], score[32];
	char words[WORDS_BYTES], safe[4 * WORDS_BYTES];

	(void)arg;
	explain_observation(o, words, sizeof(words));
	fprintf(f, "%s  %-12s %7s %8s  %s\n", seconds(o->ts_us, time),
	    label_name(o->label), text_milli(o->weight_milli, weight),
	    text_milli(o->score_milli, score),
	    text_safe(words, safe, sizeof(safe)));
	for (size_t i = 0; i < e->n_decisions; i++)
		if (e->decisions[i].obs_no == o->obs_no)
			fprintf(f, "    -> D%" PRId64 " %s\n",
			    e->decisions[i].seq,
			    action_name(e->decisions[i].action));
}

static void print_incident(struct explanation *e)
{
	const struct incident *i = &e->incident;
	FILE *f = e->c->out;
	char a[CLOCK_STRLEN], b[CLOCK_STRLEN], safe[4 * ROW_TEXT_LEN];
	char score[32], peak[32];

	fprintf(f, "I%" PRId64 " %s, customer %s (%s line), %s", i->id,
	    incident_kind_name(i->kind),
	    text_safe(i->customer, safe, sizeof(safe)),
	    line_class_name(i->line_class), incident_state_name(i->state));
	if (i->state == INCIDENT_CLOSED)
		fprintf(f, " as %s %s", closed_as_name(i->closed_as),
		    seconds(i->closed_us, a));
	fprintf(f, "\nopened %s, last evidence %s\n", seconds(i->opened_us, a),
	    seconds(i->last_us, b));
	if (unit_is(i->customer))
		fputs("customer by ipv6_unit: nothing named who had the "
		      "addresses; confidence low\n",
		    f);
	fprintf(f, "%s\n", text_safe(i->summary, safe, sizeof(safe)));
	fprintf(f, "score %s, highest %s\n", text_milli(i->score_milli, score),
	    text_milli(i->peak_milli, peak));
}

/* Why nothing came of it when it should have. */
static int print_brake(struct explanation *e)
{
	FILE *f = e->c->out;
	struct brake_row b;
	char a[CLOCK_STRLEN], safe[4 * ROW_TEXT_LEN];
	int rc = 0;

	if (e->has_incident && e->incident.brake_id != 0)
		rc = read_brake(e->c->db, e->incident.brake_id, &b);
	if (rc != 1)
		return rc;
	fprintf(f, "held by the mass-event brake B%" PRId64 ", on since %s",
	    b.id, seconds(b.began_us, a));
	if (b.ended_us != 0)
		fprintf(f, ", ended %s (%s)", seconds(b.ended_us, a),
		    brake_end_name(b.ended_by));
	fprintf(f, ":\n    %s\n", text_safe(b.reason, safe, sizeof(safe)));
	return 0;
}

/* Lines that a person reads from a screen. */
static int print_aloud(struct explanation *e)
{
	char words[WORDS_BYTES], safe[4 * WORDS_BYTES];
	int code = explain_aloud(e, words, sizeof(words));
	const char *p = text_safe(words, safe, sizeof(safe));

	if (code != CLI_OK || *p == '\0')
		return code;
	fputs("\nto read out:\n", e->c->out);
	while (*p != '\0') {
		size_t n = strlen(p);

		if (n > ALOUD_COLUMNS) {
			n = ALOUD_COLUMNS;
			while (n > 0 && p[n] != ' ')
				n--;
			if (n == 0)
				n = strcspn(p, " ");
		}
		fprintf(e->c->out, "  %.*s\n", (int)n, p);
		p += n + strspn(p + n, " ");
	}
	putc('\n', e->c->out);
	return CLI_OK;
}

static void print_action(struct explanation *e)
{
	const struct op_action *a = &e->action;
	char time[CLOCK_STRLEN], actor[4 * ROW_ID_LEN], target[4 * ROW_ID_LEN];
	char reason[4 * ROW_TEXT_LEN];

	fprintf(e->c->out, "%s of %s by %s at %s: %s\n", op_verb_name(a->verb),
	    text_safe(a->target, target, sizeof(target)),
	    text_safe(a->actor, actor, sizeof(actor)), seconds(a->ts_us, time),
	    text_safe(a->reason, reason, sizeof(reason)));
}

/* What makes an account compromised; nothing of it is a score. */
static void print_account_policy(const struct explanation *e)
{
	const struct conf *p = &e->policy;
	char text[4][32];

	fprintf(e->c->out,
	    "policy %s: log-ins from %" PRId64
	    " networks new to the account, of\n%" PRId64 " blocks, in %" PRId64
	    " s; or %" PRId64 " mails in %" PRId64
	    " s from a new network, %" PRId64
	    " times\nwhat is usual; or %" PRId64 " after guesses from %" PRId64
	    " networks",
	    e->policy_hash, p->account_networks, p->account_blocks,
	    p->account_window_s, p->account_burst_messages,
	    p->account_burst_window_s, p->account_burst_factor,
	    p->account_guess_messages, p->account_guess_networks);
	if (p->account_threshold_milli > 0)
		fprintf(e->c->out,
		    ";\nor %s of what receivers say: %s for an unknown "
		    "recipient, %s for a mail refused, %s for one taken",
		    text_milli(p->account_threshold_milli, text[0]),
		    text_milli(p->account_unknown_milli, text[1]),
		    text_milli(p->account_rejected_milli, text[2]),
		    text_milli(p->account_delivered_milli, text[3]));
	putc('\n', e->c->out);
}

static bool is_about_account(const struct explanation *e)
{
	return e->has_incident &&
	       e->incident.kind == INCIDENT_COMPROMISED_ACCOUNT;
}

static void print_policy(struct explanation *e)
{
	const struct conf *p = &e->policy;
	struct conf_class class = conf_class_rules(p, e->line_class);
	char threshold[32];

	if (is_about_account(e)) {
		print_account_policy(e);
		return;
	}
	fprintf(e->c->out,
	    "class %s: port 25 %s, mode %s\npolicy %s: alarm at score %s with "
	    "%" PRId64 " domains or\n%" PRId64
	    " minutes of strong evidence; burst at %" PRId64
	    " servers and %" PRId64 " connections in %" PRId64 " s\n",
	    line_class_name(e->line_class),
	    class.port25_open ? "open" : "closed", class_mode_name(class.mode),
	    e->policy_hash, text_milli(e->threshold_milli, threshold),
	    p->min_domains, p->min_strong_minutes, class.burst_servers,
	    class.burst_connections, p->burst_window_s);
}

int explain_as_text(struct explanation *e)
{
	FILE *f = e->c->out;
	char threshold[32], visibility[256];
	int code;

	if (e->has_incident)
		print_incident(e);
	if (print_brake(e) != 0)
		return cli_fail_db(e->c);
	code = print_aloud(e);
	if (code != CLI_OK)
		return code;
	if (e->has_action)
		print_action(e);
	print_policy(e);
	fprintf(f,
	    "\nevidence (score against threshold %s):\n%-20s  %-12s "
	    "%7s %8s\n",
	    text_milli(e->threshold_milli, threshold), "time", "label",
	    "weight", "score");
	code = explain_rows(e, print_row, NULL);
	if (code != CLI_OK)
		return code;
	if (e->rows == 0)
		fputs("none is kept any more\n", f);
	visibility_words(&e->visibility, visibility, sizeof(visibility));
	fprintf(f, "meanwhile %s\n", visibility);
	fputs(e->n_decisions > 0 ? "\ndecisions:\n" : "\nno decision\n", f);
	if (is_about_account(e) && e->n_decisions == 0)
		fputs("Somebody else uses the account, from elsewhere: closing "
		      "port 25 of the customer's\nline would not stop it. Set "
		      "a new password, end all sessions, tell the customer.\n",
		    f);
	for (size_t i = 0; i < e->n_decisions; i++)
		print_decision(e, &e->decisions[i]);
	if (read_deliveries(e->c->db, NULL, "dead", 0, print_dead, e) != 0)
		return cli_fail_db(e->c);
	return CLI_OK;
}
