/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "reports/cli/paging.h"
#include "reports/cli/query.h"
#include "reports/cli/verb.h"
#include "store/read.h"

static const struct out_column columns[] = {
    {"obs_no", OUT_NUMBER, OUT_NARROW}, {"time", OUT_TIME, OUT_NARROW},
    {"kind", OUT_TEXT, OUT_NARROW}, {"customer", OUT_TEXT, OUT_NARROW},
    {"class", OUT_TEXT, OUT_WIDE}, {"case", OUT_NUMBER, OUT_NARROW},
    {"client", OUT_TEXT, OUT_NARROW}, {"client_port", OUT_NUMBER, OUT_WIDE},
    {"server", OUT_TEXT, OUT_NARROW}, {"server_port", OUT_NUMBER, OUT_NARROW},
    {"label", OUT_TEXT, OUT_NARROW}, {"weight_milli", OUT_NUMBER, OUT_NARROW},
    {"score_milli", OUT_NUMBER, OUT_NARROW},
    {"reply_code", OUT_NUMBER, OUT_NARROW},
    {"reply_enhanced", OUT_TEXT, OUT_WIDE},
    {"rcpt_count", OUT_NUMBER, OUT_WIDE}, {"mail_from", OUT_TEXT, OUT_WIDE},
    {"spf", OUT_TEXT, OUT_WIDE}, {"verdict", OUT_TEXT, OUT_NARROW},
    {"seen_bytes", OUT_NUMBER, OUT_WIDE}, {"attempts", OUT_NUMBER, OUT_WIDE},
    {"servers", OUT_NUMBER, OUT_WIDE}, {"authenticated", OUT_FLAG, OUT_WIDE},
    {"domain", OUT_TEXT, OUT_WIDE}, /* that the verdict is about */
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct listing {
	struct paging page;
	struct filter filter;
	int64_t after, last; /* numbers: where the page begins; its last row */
};

static struct out_value address(
    const struct addr *a, char buf[static ADDR_STRLEN])
{
	static const struct addr none;

	return addr_equal(a, &none) ? out_absent()
				    : out_text(addr_format(a, buf));
}

/* What a summary alone has. */
static struct out_value sum(const struct observation *o, int64_t n)
{
	return o->kind == OBS_SUMMARY ? out_number(n) : out_absent();
}

static struct out_value domain(const struct observation *o)
{
	const char *name = o->spf_helo ? o->spf_domain : o->mail_from;

	return out_text(name[0] != '\0' ? name : NULL);
}

static void print(struct out *out, const struct observation *o)
{
	char client[ADDR_STRLEN], server[ADDR_STRLEN];
	struct out_value row[COLUMNS], *v = row;

	*v++ = out_number(o->obs_no);
	*v++ = out_number(o->ts_us);
	*v++ = out_text(obs_kind_name(o->kind));
	*v++ = out_text(o->customer[0] != '\0' ? o->customer : NULL);
	*v++ = out_text(line_class_name(o->line_class));
	*v++ = o->traffic_case ? out_number(o->traffic_case) : out_absent();
	*v++ = address(&o->client, client);
	*v++ = out_number(o->client_port);
	*v++ = address(&o->server, server);
	*v++ = out_number(o->server_port);
	*v++ = out_text(label_name(o->label));
	*v++ = out_number(o->weight_milli);
	*v++ = out_number(o->score_milli);
	*v++ = o->reply_code ? out_number(o->reply_code) : out_absent();
	*v++ = out_text(o->reply_enhanced[0] ? o->reply_enhanced : NULL);
	*v++ = out_number(o->rcpt_count);
	*v++ = out_text(o->mail_from[0] != '\0' ? o->mail_from : NULL);
	*v++ = out_text(spf_result_name(o->spf));
	*v++ = out_text(verdict_name(o->verdict));
	*v++ = out_number(o->seen_bytes);
	*v++ = o->kind == OBS_LOGIN || o->kind == OBS_FILTERED
		   ? out_number(o->attempts)
		   : sum(o, o->attempts);
	*v++ = sum(o, o->servers);
	*v++ = out_number(o->authenticated);
	*v++ = domain(o);
	out_row(out, row);
}

static int print_row(void *arg, const struct observation *o)
{
	struct listing *l = arg;
	const struct cli *c = l->page.c;
	enum paging_row row;

	if (!cli_wants_class(c, o->line_class) ||
	    (c->obs_kind >= 0 && (int)o->kind != c->obs_kind) ||
	    (c->label >= 0 && (int)o->label != c->label) ||
	    (c->traffic_case >= 0 && o->traffic_case != c->traffic_case) ||
	    !filter_match(&l->filter, o))
		return 0;
	row = paging_take(&l->page, o->obs_no <= l->after);
	if (row != PAGING_SHOWN)
		return row == PAGING_END;
	print(l->page.out, o);
	l->last = o->obs_no;
	return 0;
}

int cli_observation_list(struct cli *c)
{
	struct listing l = {.page = {.c = c, .count = c->count}};
	bool whole;
	struct read_range range = {.since_us = c->since_us,
	    .until_us = c->until_us,
	    .customer = c->customer,
	    .state = -1,
	    .kind = -1};
	int code =
	    query_parse(c, &filter_observation, &l.filter, &range, &whole);

	if (code == CLI_OK)
		code = cli_cursor_id(c, '\0', &l.after);
	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	if (!c->count)
		range.after_id = l.after;
	l.page.out = cli_out(c, columns, COLUMNS);
	if (!l.page.out)
		return CLI_FAILED;
	if (read_observations_range(c->db, &range, print_row, &l) < 0)
		return paging_fail(&l.page);
	if (l.page.more)
		cli_next(c, "%" PRId64, l.last);
	return paging_end(&l.page);
}
