/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/export.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"

struct export_form {
	const char *name;
	bool ports; /* can say a part of the ports */
	void (*begin)(const struct export *e, FILE *f);
	void (*line)(
	    const struct export *e, const struct export_line *l, FILE *f);
};

static bool has_ports(const struct export_line *l)
{
	return l->target.last_port > 0;
}

static bool is_said(const struct export *e, const struct export_line *l)
{
	return e->form->ports || !has_ports(l);
}

int64_t export_left_out(const struct export *e)
{
	int64_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += !is_said(e, &e->lines[i]);
	return n;
}

static int64_t seconds_left(const struct export *e, const struct export_line *l)
{
	int64_t left = (l->until_us - e->now_us + US_PER_S - 1) / US_PER_S;

	return left > 0 ? left : 1;
}

static void head(const struct export *e, FILE *f)
{
	char at[CLOCK_STRLEN], expires[CLOCK_STRLEN] = "never";

	if (e->expires_us != 0)
		clock_format(e->expires_us, expires);
	fprintf(f,
	    "# generation %" PRId64 " at %s expires %s count %" PRId64 "\n",
	    e->generation, clock_format(e->now_us, at), expires,
	    (int64_t)e->n - export_left_out(e));
}

static const char *prefix_text(
    const struct export_line *l, char buf[static PREFIX_STRLEN])
{
	return prefix_format(&l->target.prefix, buf);
}

static bool is_v4(const struct export_line *l)
{
	return addr_is_v4(&l->target.prefix.addr);
}

/* "address" for a whole one, as sets of addresses want it. */
static const char *short_text(
    const struct export_line *l, char buf[static PREFIX_STRLEN])
{
	prefix_format(&l->target.prefix, buf);
	if (l->target.prefix.len == 128)
		buf[strcspn(buf, "/")] = '\0';
	return buf;
}

static void nft_begin(const struct export *e, FILE *f)
{
	static const char *const sets[] = {"block4", "block6", "block4p"};

	head(e, f);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		fprintf(f, "flush set inet op25b %s\n", sets[i]);
}

static void nft_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	fprintf(f, "add element inet op25b block%s%s { %s",
	    is_v4(l) ? "4" : "6", has_ports(l) ? "p" : "",
	    short_text(l, prefix));
	if (has_ports(l))
		fprintf(
		    f, " . %u-%u", l->target.first_port, l->target.last_port);
	if (l->until_us != 0)
		fprintf(f, " timeout %" PRId64 "s", seconds_left(e, l));
	fprintf(f, " comment \"D%" PRId64 "\" }\n", l->seq);
}

static void ipset_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	fprintf(f,
	    "add op25b-v%d %s timeout %" PRId64 " comment \"D%" PRId64 "\"\n",
	    is_v4(l) ? 4 : 6, short_text(l, prefix),
	    l->until_us != 0 ? seconds_left(e, l) : 0, l->seq);
}

static void plain_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	(void)e;
	fputs(prefix_text(l, prefix), f);
	if (has_ports(l))
		fprintf(f, "#%u-%u", l->target.first_port, l->target.last_port);
	putc('\n', f);
}

static void csv_begin(const struct export *e, FILE *f)
{
	(void)e;
	fputs("prefix,first_port,last_port,decision,until\r\n", f);
}

static void csv_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN], until[CLOCK_STRLEN] = "";

	(void)e;
	if (l->until_us != 0)
		clock_format(l->until_us, until);
	fprintf(f, "%s,%u,%u,D%" PRId64 ",%s\r\n", prefix_text(l, prefix),
	    l->target.first_port, l->target.last_port, l->seq, until);
}

static void json_all(const struct export *e, FILE *f)
{
	char text[CLOCK_STRLEN], prefix[PREFIX_STRLEN];
	struct jsonw j;

	jsonw_init(&j, f);
	jsonw_object_begin(&j);
	jsonw_kint(&j, "generation", e->generation);
	jsonw_kstring(&j, "at", clock_format(e->now_us, text));
	jsonw_key(&j, "expires");
	if (e->expires_us != 0)
		jsonw_string(&j, clock_format(e->expires_us, text));
	else
		jsonw_null(&j);
	jsonw_key(&j, "items");
	jsonw_array_begin(&j);
	for (size_t i = 0; i < e->n; i++) {
		const struct export_line *l = &e->lines[i];

		jsonw_object_begin(&j);
		jsonw_kstring(&j, "prefix", prefix_text(l, prefix));
		jsonw_kint(&j, "first_port", l->target.first_port);
		jsonw_kint(&j, "last_port", l->target.last_port);
		jsonw_kint(&j, "decision", l->seq);
		jsonw_kstring(&j, "customer", l->customer);
		jsonw_key(&j, "until");
		if (l->until_us != 0)
			jsonw_string(&j, clock_format(l->until_us, text));
		else
			jsonw_null(&j);
		jsonw_object_end(&j);
	}
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
}

static void exabgp_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	(void)e;
	fprintf(f,
	    "announce flow route { match { source %s; %s =tcp; "
	    "destination-port =25; } then { discard; } }\n",
	    prefix_text(l, prefix), is_v4(l) ? "protocol" : "next-header");
}

static void gobgp_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	(void)e;
	fprintf(f,
	    "gobgp global rib -a ipv%d-flowspec add match source %s protocol "
	    "tcp destination-port '==25' then discard\n",
	    is_v4(l) ? 4 : 6, prefix_text(l, prefix));
}

static void bird_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	char prefix[PREFIX_STRLEN];

	(void)e;
	fprintf(f,
	    "route flow%d { src %s; %s = 6; dport = 25; } { "
	    "bgp_ext_community.add((generic, 0x80060000, 0x0)); };\n",
	    is_v4(l) ? 4 : 6, prefix_text(l, prefix),
	    is_v4(l) ? "proto" : "next header");
}

/* A name goes into SQL: what is no plain letter makes it a comment. */
static void radreply_line(
    const struct export *e, const struct export_line *l, FILE *f)
{
	const char *s = l->customer;

	(void)e;
	fputs("INSERT INTO radreply(username,attribute,op,value) VALUES('", f);
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			putc('\'', f);
		if ((unsigned char)*s >= ' ' && *s != 0x7f && *s != '\\')
			putc(*s, f);
	}
	fputs("','Filter-Id',':=','OP25B-BLOCK.in');\n", f);
}

static const struct export_form forms[] = {
    {"nft", true, nft_begin, nft_line},
    {"ipset", false, head, ipset_line},
    {"plain", true, head, plain_line},
    {"csv", true, csv_begin, csv_line},
    {"json", true, json_all, NULL},
    {"exabgp", false, head, exabgp_line},
    {"gobgp", false, head, gobgp_line},
    {"bird", false, head, bird_line},
    {"radreply", true, NULL, radreply_line},
};

int export_form(struct export *e, const char *name)
{
	for (size_t i = 0; name && i < sizeof(forms) / sizeof(forms[0]); i++) {
		e->form = &forms[i];
		if (strcmp(forms[i].name, name) == 0)
			return 0;
	}
	return -1;
}

void export_print(const struct export *e, FILE *f)
{
	if (e->form->begin)
		e->form->begin(e, f);
	for (size_t i = 0; e->form->line && i < e->n; i++)
		if (is_said(e, &e->lines[i]))
			e->form->line(e, &e->lines[i], f);
}
