/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/spf_print.h"

#include <string.h>
#include <strings.h>

#include "analyzer/auth/spf_lookup.h"
#include "analyzer/auth/spf_record.h"
#include "analyzer/auth/spf_trail.h"
#include "base/vocab.h"
#include "reports/out/object.h"
#include "reports/out/text.h"

static const char *const identities[] = {"MAIL FROM", "HELO"};
static const char *const identity_names[] = {"mail_from", "helo"};

static const struct out_column head_columns[] = {
    {"result", OUT_TEXT, OUT_NARROW},
    {"identity", OUT_TEXT, OUT_NARROW},
    {"ip", OUT_TEXT, OUT_NARROW},
    {"helo", OUT_TEXT, OUT_NARROW},
    {"mail_from", OUT_TEXT, OUT_NARROW},
    {"domain", OUT_TEXT, OUT_NARROW},
    {"record_domain", OUT_TEXT, OUT_NARROW},
    {"record", OUT_TEXT, OUT_NARROW},
    {"term", OUT_TEXT, OUT_NARROW},
    {"reason", OUT_TEXT, OUT_NARROW},
    {"explanation", OUT_TEXT, OUT_NARROW},
    {"dns", OUT_TEXT, OUT_NARROW},
    {"dns_terms", OUT_TEXT, OUT_NARROW},
    {"void_lookups", OUT_TEXT, OUT_NARROW},
    {"time", OUT_TEXT, OUT_NARROW},
};
#define HEAD_COLUMNS (sizeof(head_columns) / sizeof(head_columns[0]))

static const struct out_column lookup_columns[] = {
    {"type", OUT_TEXT, OUT_NARROW},
    {"name", OUT_TEXT, OUT_NARROW},
    {"status", OUT_TEXT, OUT_NARROW},
    {"answers", OUT_NUMBER, OUT_NARROW},
    {"ttl_s", OUT_NUMBER, OUT_NARROW},
    {"asked_by", OUT_TEXT, OUT_NARROW},
    {"of_record", OUT_TEXT, OUT_LAST},
};
#define LOOKUP_COLUMNS (sizeof(lookup_columns) / sizeof(lookup_columns[0]))

static void fill_lookup(
    const struct spf_answer *a, struct out_value v[static LOOKUP_COLUMNS])
{
	struct spf_asker w = spf_answer_asker(a);

	*v++ = out_text(rr_type_name(a->type));
	*v++ = out_text(a->name);
	*v++ = out_text(spf_answer_status(a));
	*v++ = a->known ? out_number((int64_t)a->n) : out_absent();
	*v++ = a->known && a->status == DNS_OK ? out_number(a->ttl_s)
					       : out_absent();
	*v++ = out_text(w.term);
	*v++ = out_text(w.domain);
}

/* The outcome's copy may be cut; the answer has all of it. */
static const char *whole_record(
    const struct spf_outcome *o, char text[static SPF_TEXT_MAX])
{
	snprintf(text, SPF_TEXT_MAX, "%s", o->record);
	for (const struct spf_answer *a = o->answers; a; a = a->next) {
		if (a->type != RR_TXT || strcasecmp(a->name, o->domain) != 0)
			continue;
		for (size_t i = 0; i < a->n; i++) {
			char one[SPF_TEXT_MAX];
			size_t n = spf_rdata_text(
			    a->rr[i].data, a->rr[i].len, one, sizeof(one) - 1);

			one[n] = '\0';
			if (spf_record_is(one, n))
				memcpy(text, one, n + 1);
		}
	}
	return *o->record != '\0' ? text : NULL;
}

static const char *or_null(const char *s)
{
	return *s != '\0' ? s : NULL;
}

static const char *reason(const struct spf_outcome *o)
{
	if (o->result == SPF_NEUTRAL && o->term[0] == '\0')
		return "no term of the record matches";
	return or_null(o->reason);
}

static int print_head(struct cli *c, const struct spf_checked *k)
{
	const struct spf_outcome *o = k->o;
	char ip[ADDR_STRLEN], record[SPF_TEXT_MAX], dns[512], terms[48];
	char voids[48], time[40], ms[32];
	struct out_value row[HEAD_COLUMNS], *v = row;
	struct out *out = cli_out(c, head_columns, HEAD_COLUMNS);

	if (!out)
		return CLI_FAILED;
	snprintf(dns, sizeof(dns), "%s %s", k->source, k->server);
	snprintf(
	    terms, sizeof(terms), "%d of %d", o->lookups, k->limits.max_terms);
	snprintf(voids, sizeof(voids), "%d of %d", o->void_lookups,
	    k->limits.max_void);
	snprintf(time, sizeof(time), "%s ms", text_milli(k->time_us, ms));
	*v++ = out_text(spf_result_name(o->result));
	*v++ = out_text(identities[*k->mail_from == '\0']);
	*v++ = out_text(addr_format(&k->ip, ip));
	*v++ = out_text(k->helo);
	*v++ = out_text(*k->mail_from != '\0' ? k->mail_from : "<>");
	*v++ = out_text(k->domain);
	*v++ = out_text(or_null(o->domain));
	*v++ = out_text(whole_record(o, record));
	*v++ = out_text(or_null(o->term));
	*v++ = out_text(reason(o));
	*v++ = out_text(or_null(o->exp));
	*v++ =
	    out_text(strcmp(k->source, "resolv.conf") == 0 ? k->server : dns);
	*v++ = out_text(terms);
	*v++ = out_text(voids);
	*v++ = out_text(time);
	out_one(out, row);
	return cli_end_one(c, out);
}

static int print_table(struct cli *c, const struct spf_checked *k)
{
	const struct spf_answer *all[SPF_ANSWERS_MAX];
	size_t n = spf_answers_sort(k->o->answers, all);
	struct out *out;
	int code = print_head(c, k);

	if (code != CLI_OK)
		return code;
	fputs(n > 0 ? "\nlook-ups, in the order they were asked:\n"
		    : "\nno look-up was needed\n",
	    c->out);
	if (n == 0)
		return CLI_OK;
	out = cli_out(c, lookup_columns, LOOKUP_COLUMNS);
	if (!out)
		return CLI_FAILED;
	for (size_t i = 0; i < n; i++) {
		struct out_value v[LOOKUP_COLUMNS];

		fill_lookup(all[i], v);
		out_row(out, v);
	}
	out_end(out, (int64_t)n);
	return cli_end_one(c, out);
}

static void write_limits(struct jsonw *j, const struct spf_checked *k)
{
	jsonw_kint(j, "dns_terms", k->o->lookups);
	jsonw_kint(j, "dns_terms_max", k->limits.max_terms);
	jsonw_kint(j, "void_lookups", k->o->void_lookups);
	jsonw_kint(j, "void_lookups_max", k->limits.max_void);
	jsonw_kint(j, "addresses_max", k->limits.max_addresses);
	jsonw_kint(j, "time_us", k->time_us);
	jsonw_kint(j, "timeout_ms", k->limits.timeout_ms);
}

static void write_lookups(struct jsonw *j, const struct spf_outcome *o)
{
	const struct spf_answer *all[SPF_ANSWERS_MAX];
	size_t n = spf_answers_sort(o->answers, all);

	jsonw_key(j, "lookups");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		struct out_value v[LOOKUP_COLUMNS];

		fill_lookup(all[i], v);
		out_json_object(j, lookup_columns, LOOKUP_COLUMNS, v);
	}
	jsonw_array_end(j);
}

static int print_json(struct cli *c, const struct spf_checked *k)
{
	const struct spf_outcome *o = k->o;
	char ip[ADDR_STRLEN], record[SPF_TEXT_MAX];
	struct jsonw j;
	bool failed;

	jsonw_init(&j, c->out);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "result", spf_result_name(o->result));
	jsonw_kstring(&j, "identity", identity_names[*k->mail_from == '\0']);
	jsonw_kstring(&j, "ip", addr_format(&k->ip, ip));
	jsonw_kstring(&j, "helo", k->helo);
	jsonw_kstring(&j, "mail_from", k->mail_from);
	jsonw_kstring(&j, "domain", k->domain);
	jsonw_kstring(&j, "record_domain", or_null(o->domain));
	jsonw_kstring(&j, "record", whole_record(o, record));
	jsonw_kstring(&j, "term", or_null(o->term));
	jsonw_kstring(&j, "reason", reason(o));
	jsonw_kstring(&j, "explanation", or_null(o->exp));
	jsonw_kstring(&j, "dns_source", k->source);
	jsonw_kstring(&j, "dns_server", k->server);
	write_limits(&j, k);
	write_lookups(&j, o);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	failed = j.failed || fflush(c->out) != 0;
	jsonw_free(&j);
	if (failed)
		return cli_fail(c, CLI_FAILED,
		    "the output could not be written; is the disk full?");
	return CLI_OK;
}

int spf_print(struct cli *c, const struct spf_checked *k)
{
	return c->format == OUT_JSON || c->format == OUT_JSONL
		   ? print_json(c, k)
		   : print_table(c, k);
}
