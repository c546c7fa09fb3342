/* SPDX-License-Identifier: Apache-2.0 */
/* What bouncers of CrowdSec ask for. Their rows say no ports, and a prefix is
 * cut to its first address: so single, whole addresses only, of a type that
 * no bouncer heeds unless it is told to. The server keeps where each key is:
 * a lost answer is lost, as there. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "reports/api/access.h"
#include "reports/api/change.h"
#include "reports/api/crowdsec.h"
#include "reports/api/routes.h"
#include "store/access.h"
#include "store/desk.h"

char *crowdsec_duration(int64_t us, char buf[static 40])
{
	uint64_t s = (uint64_t)(us < 0 ? -us : us) / (uint64_t)US_PER_S;

	snprintf(buf, 40, "%s%" PRIu64 "h%" PRIu64 "m%" PRIu64 "s",
	    us < 0 ? "-" : "", s / 3600, s / 60 % 60, s % 60);
	return buf;
}

struct stream {
	struct call *call;
	int64_t told_seq; /* 0: nothing was told before */
	int64_t skipped;
	const char *with, *without; /* words by commas, or NULL */
	bool deleted;
};

static bool has_word(const char *words, const char *scenario)
{
	while (words && *words != '\0') {
		size_t n = strcspn(words, ",");

		if (n > 0 && memmem(scenario, strlen(scenario), words, n))
			return true;
		words += n;
		words += *words == ',';
	}
	return false;
}

static void put_target(struct stream *s, const struct decision *d,
    const char *value, const char *scenario)
{
	struct jsonw *j = &s->call->json;
	char text[CLOCK_STRLEN], duration[40];
	int64_t until_us = d->until_us;

	/* Permanent: a year from now, each time anew. */
	if (until_us == 0)
		until_us = s->call->now_us + 365 * US_PER_DAY;
	jsonw_object_begin(j);
	jsonw_kint(j, "id", d->seq);
	snprintf(text, sizeof(text), "D%" PRId64, d->seq);
	jsonw_kstring(j, "uuid", text);
	jsonw_kstring(j, "origin", "sekisho");
	jsonw_kstring(j, "type", "op25b");
	jsonw_kstring(j, "scope", "Ip");
	jsonw_kstring(j, "value", value);
	jsonw_kstring(j, "duration",
	    crowdsec_duration(
		s->deleted ? -US_PER_S : until_us - s->call->now_us, duration));
	jsonw_kstring(j, "scenario", scenario);
	jsonw_kstring(j, "until", clock_format(until_us, text));
	jsonw_kbool(j, "simulated", false);
	jsonw_object_end(j);
}

static void put_decision(struct stream *s, const struct decision *d)
{
	char value[ADDR_STRLEN], scenario[80];

	snprintf(scenario, sizeof(scenario), "op25b/%s/D%" PRId64,
	    line_class_name(d->line_class), d->seq);
	if ((s->with && !has_word(s->with, scenario)) ||
	    has_word(s->without, scenario))
		return;
	for (int i = 0; i < d->n_targets; i++) {
		const struct target *t = &d->targets[i];

		if (t->prefix.len != 128 || target_is_shared(t))
			s->skipped++;
		else
			put_target(s, d, addr_format(&t->prefix.addr, value),
			    scenario);
	}
}

static int put_new(void *arg, const struct decision *d)
{
	struct stream *s = arg;

	if (d->action == ACTION_BLOCK && d->mode == MODE_ENFORCE &&
	    d->seq > s->told_seq)
		put_decision(s, d);
	return 0;
}

/* What stands again: the bouncer was told of its end. */
static int put_restored(void *arg, const struct decision *d)
{
	struct stream *s = arg;
	struct decision now;
	struct change x;
	int rc = change_of(s->call->db, d, &x);

	if (rc < 0)
		return -1;
	if (rc == 0 || strcmp(x.op, "restored") != 0)
		return 0;
	rc = read_in_force(s->call->db, d->customer, s->call->now_us, &now);
	if (rc == 1 && now.seq == x.decision.seq && now.seq <= s->told_seq &&
	    now.action == ACTION_BLOCK && now.mode == MODE_ENFORCE)
		put_decision(s, &now);
	return rc < 0 ? -1 : 0;
}

/* The block that D takes out of force: one that it ends, or one that it, an
 * allow by hand, goes before. 1, 0, -1. */
static int block_before(
    struct db *db, const struct decision *d, struct decision *was)
{
	int rc = 0;

	if (d->ends_seq != 0)
		rc = read_decision(db, d->ends_seq, was);
	else if (d->cause == CAUSE_MANUAL && d->action == ACTION_ALLOW)
		rc = read_in_force(db, d->customer, d->since_us - 1, was);
	return rc == 1 && (was->action != ACTION_BLOCK ||
			      was->mode != MODE_ENFORCE)
		   ? 0
		   : rc;
}

/* Ended since: by a decision that ends it, by its own end, or by an allow. */
static int put_ended(void *arg, const struct decision *d)
{
	struct stream *s = arg;
	struct decision was, now;
	int rc;

	/* They come from the newest on. */
	if (d->seq <= s->told_seq)
		return 1;
	rc = block_before(s->call->db, d, &was);
	if (rc != 1)
		return rc;
	rc = read_in_force(s->call->db, d->customer, s->call->now_us, &now);
	if (rc < 0)
		return -1;
	/* The same line, blocked anew: new has it, and a bouncer takes
	 * deletions first. */
	if (rc == 1 && now.action == ACTION_BLOCK && now.seq != was.seq &&
	    now.n_targets == was.n_targets &&
	    memcmp(now.targets, was.targets,
		(size_t)was.n_targets * sizeof(was.targets[0])) == 0)
		return 0;
	put_decision(s, &was);
	return 0;
}

static bool wants_ip(const struct call *c)
{
	const char *scopes = uri_get(&c->uri, "scopes");

	while (scopes && *scopes != '\0') {
		size_t n = strcspn(scopes, ",");

		if (n == 2 && strncasecmp(scopes, "ip", 2) == 0)
			return true;
		scopes += n;
		scopes += *scopes == ',';
	}
	return !uri_get(&c->uri, "scopes") ||
	       *uri_get(&c->uri, "scopes") == '\0';
}

static bool wants_us(const struct call *c)
{
	const char *origins = uri_get(&c->uri, "origins");

	return wants_ip(c) &&
	       (!origins || *origins == '\0' || has_word(origins, "sekisho"));
}

static int put_stream(struct call *c, struct stream *s)
{
	struct read_range standing = {
	    .state = 1, .kind = -1, .now_us = c->now_us};
	struct decision_page ended = {.action = -1,
	    .cause = -1,
	    .since_us = s->told_seq != 0 ? 0 : c->now_us - US_PER_DAY};
	struct jsonw *j = call_json(c, 200);
	bool ours = wants_us(c);

	jsonw_object_begin(j);
	jsonw_key(j, "new");
	jsonw_array_begin(j);
	if (ours &&
	    (read_decisions(c->db, &standing, put_new, s) != 0 ||
		(s->told_seq != 0 && read_decisions_after(c->db, s->told_seq,
					 put_restored, s) != 0)))
		return -1;
	jsonw_array_end(j);
	s->deleted = true;
	jsonw_key(j, "deleted");
	jsonw_array_begin(j);
	if (ours && read_decision_page(c->db, &ended, put_ended, s) < 0)
		return -1;
	jsonw_array_end(j);
	jsonw_object_end(j);
	return 0;
}

static void put_message(struct call *c, int status, const char *text)
{
	struct jsonw *j = call_json(c, status);

	jsonw_object_begin(j);
	jsonw_kstring(j, "message", text);
	jsonw_object_end(j);
}

static bool is_let_in(struct call *c)
{
	if (!c->conf->serve_crowdsec) {
		put_message(c, 404, "not found");
		return false;
	}
	if (access_crowdsec(c))
		return true;
	put_message(c, 403, "access forbidden");
	return false;
}

void crowdsec_stream(struct call *c)
{
	const char *startup = uri_get(&c->uri, "startup");
	struct stream s = {.call = c,
	    .with = uri_get(&c->uri, "scenarios_containing"),
	    .without = uri_get(&c->uri, "scenarios_not_containing")};
	int64_t first, last;
	struct token t;

	if (!is_let_in(c))
		return;
	/* What is decided meanwhile is told twice rather than never. */
	if (read_token(c->db, c->who.token_id, &t) != 1 ||
	    read_decision_bounds(c->db, &first, &last) != 0) {
		call_db_failed(c);
		return;
	}
	if (!startup || strcmp(startup, "true") != 0)
		s.told_seq = t.pulled_seq;
	if (put_stream(c, &s) != 0) {
		call_db_failed(c);
		return;
	}
	call_field(c, "X-sekisho-Skipped", "%" PRId64, s.skipped);
	if (strcmp(c->method, "HEAD") != 0 &&
	    write_token_pulled(c->db, t.id, last) != 0)
		call_db_failed(c);
}

void crowdsec_metrics(struct call *c)
{
	if (is_let_in(c))
		put_message(c, 201, "taken");
}
