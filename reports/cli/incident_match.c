/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/incident_match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/room.h"
#include "reports/cli/query.h"

#define SCORE_MOST 1e6

static bool in_range(const struct cli *c, int64_t ts_us)
{
	return ts_us != 0 && ts_us >= c->since_us &&
	       (c->until_us == 0 || ts_us < c->until_us);
}

static bool is_open_at(const struct incident *i, int64_t at_us)
{
	return i->opened_us < at_us &&
	       (i->closed_us == 0 || i->closed_us >= at_us);
}

/* --- --ip --------------------------------------------------------------- */

static int add_holder(void *arg, const struct lease *l)
{
	struct incident_match *m = arg;

	if (!ROOM_FOR_ONE(m->holders, m->n, m->cap))
		return 1;
	m->holders[m->n].from_us = l->from_us;
	m->holders[m->n].until_us = l->until_us;
	memcpy(m->holders[m->n++].customer, l->customer, sizeof(l->customer));
	return 0;
}

static int by_customer(const void *a, const void *b)
{
	const struct incident_holder *p = a, *q = b;

	return strcmp(p->customer, q->customer);
}

int incident_match_holders(struct incident_match *m)
{
	struct prefix p;
	int rc;

	if (!m->c->ip)
		return CLI_OK;
	if (prefix_parse(&p, m->c->ip) != 0)
		return cli_fail(m->c, CLI_USAGE,
		    "--ip %.60s: give an address or a prefix, as 192.0.2.7 or "
		    "192.0.2.0/24",
		    m->c->ip);
	rc = read_leases_over(m->c->db, &p, -1, add_holder, m);
	if (rc < 0)
		return cli_fail_db(m->c);
	if (rc > 0)
		return cli_fail(m->c, CLI_FAILED, "out of memory");
	if (m->n > 0)
		qsort(m->holders, m->n, sizeof(*m->holders), by_customer);
	return CLI_OK;
}

static bool held(const struct incident_match *m, const struct incident *i)
{
	for (size_t n = 0; n < m->n; n++) {
		const struct incident_holder *h = &m->holders[n];

		if (strcmp(h->customer, i->customer) == 0 &&
		    i->last_us >= h->from_us && i->opened_us < h->until_us)
			return true;
	}
	return false;
}

/* --- --domain ------------------------------------------------------------ */

/* name is the domain, or one below it. */
static bool is_in(const char *name, const char *domain)
{
	size_t n = strlen(name), d = strlen(domain);

	return n >= d && strcasecmp(name + n - d, domain) == 0 &&
	       (n == d || name[n - d - 1] == '.');
}

static int names_domain(void *arg, const struct observation *o)
{
	const char *domain = arg;

	return is_in(o->mail_from, domain) || is_in(o->header_from, domain);
}

/* In the rows that the incident was made of. */
static int has_domain(const struct incident_match *m, const struct incident *i)
{
	return read_observations(m->c->db, i->customer, i->first_obs,
	    i->last_obs, names_domain, (void *)m->c->domain);
}

/* --- all ------------------------------------------------------------------ */

static int set_score(struct cli *c, struct read_range *r)
{
	char *end;
	double score;

	if (!c->min_score)
		return CLI_OK;
	score = strtod(c->min_score, &end);
	if (end == c->min_score || *end != '\0' || !isfinite(score) ||
	    score < 0 || score > SCORE_MOST)
		return cli_fail(c, CLI_USAGE,
		    "--min-score %.40s: give a number such as 20 or 7.5",
		    c->min_score);
	r->least_milli = llround(score * 1000);
	return CLI_OK;
}

int incident_match_open(
    struct incident_match *m, struct cli *c, struct read_range *r)
{
	int code;

	m->c = c;
	*r = (struct read_range){.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .line_class = c->line_class,
	    .state = c->state,
	    .kind = c->kind,
	    .now_us = c->now_us};
	/* Closed in the range may be long after its last evidence. */
	if (c->closed)
		r->since_us = 0;
	code = set_score(c, r);
	if (code == CLI_OK)
		code =
		    query_parse(c, &filter_incident, &m->filter, r, &m->whole);
	if (c->false_positives || c->opened || c->closed ||
	    c->open_at_us != 0 || c->ip || c->domain)
		m->whole = false;
	return code;
}

void incident_match_free(struct incident_match *m)
{
	free(m->holders);
	m->holders = NULL;
	m->n = 0;
}

int incident_matches(const struct incident_match *m, const struct incident *i)
{
	const struct cli *c = m->c;

	if (m->whole)
		return 1;
	if (c->false_positives && i->closed_as != CLOSED_FALSE_POSITIVE)
		return 0;
	if (c->open_at_us != 0 && !is_open_at(i, c->open_at_us))
		return 0;
	if ((c->opened && !in_range(c, i->opened_us)) ||
	    (c->closed && !in_range(c, i->closed_us)))
		return 0;
	if (!filter_match(&m->filter, i) || (c->ip && !held(m, i)))
		return 0;
	return c->domain ? has_domain(m, i) : 1;
}
