/* SPDX-License-Identifier: Apache-2.0 */
/* One line: whose it is, by which session, what else that session holds, and
 * whose it was before. */
#include <string.h>

#include "analyzer/identity/lease_line.h"
#include "base/clock.h"
#include "reports/cli/card.h"
#include "reports/cli/lease_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct show {
	struct cli *c;
	struct card card;
	struct target target;
	int64_t at_us;
	struct lease now; /* who has it at at_us; customer "": nobody */
	int64_t known, session;
};

static bool is_it(const struct show *s, const struct lease *l)
{
	struct target t = {l->prefix, l->first_port, l->last_port};

	return target_compare(&t, &s->target) == 0;
}

static bool is_held(const struct show *s, const struct lease *l)
{
	return l->from_us <= s->at_us && l->until_us > s->at_us;
}

static int look(void *arg, const struct lease *l)
{
	struct show *s = arg;

	if (!is_it(s, l))
		return 0;
	s->known++;
	/* What a session says goes before the file. */
	if (is_held(s, l) && (s->now.customer[0] == '\0' ||
				 strcmp(s->now.source, "static") == 0))
		s->now = *l;
	return 0;
}

static void put_time(const struct card *card, const char *name, int64_t us)
{
	char time[CLOCK_STRLEN] = "";

	if (us != 0 && us != INT64_MAX)
		clock_format(us, time);
	card_line(card, name, time);
}

static int put_held(void *arg, const struct lease *l)
{
	struct show *s = arg;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char text[TARGET_STRLEN];

	if (strcmp(l->source, s->now.source) != 0 ||
	    strcmp(l->nas, s->now.nas) != 0 ||
	    strcmp(l->session, s->now.session) != 0 ||
	    !card_shows(&s->card, s->session++))
		return 0;
	target_format(&t, text);
	if (s->card.json)
		jsonw_string(s->card.json, text);
	else
		fprintf(s->card.out, "  %s\n", text);
	return 0;
}

static int put_holder(void *arg, const struct lease *l)
{
	struct show *s = arg;
	char from[CLOCK_STRLEN] = "the beginning", to[CLOCK_STRLEN] = "";
	char safe[4 * ROW_ID_LEN];

	if (!is_it(s, l) || !card_shows(&s->card, s->known++))
		return 0;
	if (s->card.json) {
		jsonw_object_begin(s->card.json);
		card_line(&s->card, "customer", l->customer);
		card_line(&s->card, "source", l->source);
		card_line(&s->card, "session", l->session);
		put_time(&s->card, "held_from", l->from_us);
		put_time(&s->card, "held_until", l->until_us);
		jsonw_object_end(s->card.json);
		return 0;
	}
	if (l->from_us != 0)
		clock_format(l->from_us, from);
	if (l->until_us != INT64_MAX)
		clock_format(l->until_us, to);
	fprintf(s->card.out, "  %-16s %s %s  %s\n",
	    text_safe(l->customer, safe, sizeof(safe)), from, to, l->source);
	return 0;
}

static void show_holder(const struct show *s)
{
	const struct lease *l = &s->now;
	const struct card *card = &s->card;
	char text[TARGET_STRLEN];
	bool held = l->customer[0] != '\0';

	card_line(card, "target", target_format(&s->target, text));
	put_time(card, "at", s->at_us);
	card_line(card, "customer",
	    held || card->json ? l->customer : "nobody at that time");
	card_line(card, "class", held ? line_class_name(l->line_class) : "");
	card_line(card, "source", l->source);
	card_line(card, "confidence", held ? lease_confidence(l->source) : "");
	put_time(card, "held_from", l->from_us);
	put_time(card, "held_until", l->until_us);
	card_line(card, "nas", l->nas);
	card_line(card, "session", l->session);
	card_line(card, "own_domains", l->own_domains);
}

static int show_all(struct show *s)
{
	struct db *db = s->c->db;
	bool held = s->now.customer[0] != '\0';

	show_holder(s);
	card_begin(&s->card, "session_holds");
	if (held && read_customer_leases(
			db, s->now.customer, s->at_us, put_held, s) != 0)
		return -1;
	card_end(&s->card, s->session);
	card_begin(&s->card, "holders");
	s->known = 0;
	if (read_leases_over(db, &s->target.prefix, -1, put_holder, s) != 0)
		return -1;
	card_end(&s->card, s->known);
	return 0;
}

static int print(struct show *s)
{
	struct jsonw j;
	int rc;

	card_open(&s->card, s->c, &j);
	rc = show_all(s);
	return card_close(&s->card, s->c, rc);
}

int cli_lease_show(struct cli *c)
{
	struct show s = {.c = c, .at_us = c->at_us != 0 ? c->at_us : c->now_us};
	char why[LEASE_WHY_LEN];
	int code = card_check(c);

	if (code == CLI_OK &&
	    lease_target_parse(&s.target, c->args[0], why) != 0)
		code = cli_fail(c, CLI_USAGE, "%s", why);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	if (read_leases_over(c->db, &s.target.prefix, -1, look, &s) != 0)
		return cli_fail_db(c);
	if (s.known == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "nobody ever had exactly %.60s; sekisho lease list %.60s "
		    "shows what overlaps it, sekisho who whose an address is",
		    c->args[0], c->args[0]);
	return print(&s);
}
