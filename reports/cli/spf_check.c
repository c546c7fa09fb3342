/* SPDX-License-Identifier: Apache-2.0 */
/* check_host() of the analyzer, asked by hand. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "reports/cli/spf_print.h"
#include "reports/cli/verb.h"

#define LOCAL_PART_MAX 255
#define HELO_MAX       255
#define NAME_MAX_BYTES 253
#define LABEL_MAX      63

struct run {
	struct cli *c;
	uv_loop_t loop;
	struct spf_checked checked;
	char mail_from[LOCAL_PART_MAX + 1 + NAME_MAX_BYTES + 1];
	char local_part[LOCAL_PART_MAX + 1];
	uint64_t start_ns;
	int code;
};

/* --- what was asked ------------------------------------------------------- */

/* Why DNS cannot hold the name; NULL: it can. */
static const char *name_fault(const char *name)
{
	size_t label = 0;

	if (*name == '\0')
		return "is empty";
	if (strlen(name) > NAME_MAX_BYTES)
		return "is longer than 253 bytes";
	for (const char *p = name; *p != '\0'; p++) {
		unsigned char ch = (unsigned char)*p;

		if (ch >= 0x80)
			return "is not ASCII: give its A-labels (xn--...)";
		if (ch <= ' ' || ch == 0x7f)
			return "has a space or a control character in it";
		if (ch == '.' && label == 0)
			return "has an empty label";
		label = ch == '.' ? 0 : label + 1;
		if (label > LABEL_MAX)
			return "has a label of more than 63 bytes";
	}
	return NULL;
}

static int need_name(struct cli *c, const char *option, const char *name)
{
	const char *fault = name_fault(name);

	if (!fault)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "%s: the domain \"%.80s\" %s; give one such as mail.example.com",
	    option, name, fault);
}

static int need_option(struct cli *c, const char *value, const char *what)
{
	if (value)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "spf check: %s is missing; try sekisho spf check --help", what);
}

/* "<a@b>" and "a@b"; "" and "<>" are the null sender. */
static int read_sender(struct run *r)
{
	const char *from = r->c->from;
	size_t n = strlen(from);
	char *at;

	if (n >= 2 && from[0] == '<' && from[n - 1] == '>') {
		from++;
		n -= 2;
	}
	if (n >= sizeof(r->mail_from))
		return cli_fail(r->c, CLI_USAGE,
		    "--from: an address of %zu bytes is none; the longest has "
		    "%zu",
		    n, sizeof(r->mail_from) - 1);
	memcpy(r->mail_from, from, n);
	r->mail_from[n] = '\0';
	r->checked.mail_from = r->mail_from;
	r->checked.domain = r->checked.helo;
	if (n == 0)
		return need_name(r->c, "--helo", r->checked.helo);
	at = strrchr(r->mail_from, '@');
	if (!at)
		return cli_fail(r->c, CLI_USAGE,
		    "--from %.80s: there is no @ in it; give an address such "
		    "as user@example.com, or '' for the null sender",
		    r->mail_from);
	if ((size_t)(at - r->mail_from) > LOCAL_PART_MAX)
		return cli_fail(r->c, CLI_USAGE,
		    "--from: the part before the @ is longer than %d bytes",
		    LOCAL_PART_MAX);
	memcpy(r->local_part, r->mail_from, (size_t)(at - r->mail_from));
	r->checked.domain = at + 1;
	return need_name(r->c, "--from", at + 1);
}

static int read_question(struct run *r)
{
	struct cli *c = r->c;
	int code = need_option(c, c->ip, "--ip ADDRESS");

	if (code == CLI_OK)
		code = need_option(c, c->helo, "--helo NAME");
	if (code == CLI_OK)
		code = need_option(
		    c, c->from, "--from ADDRESS ('' is the null sender)");
	if (code != CLI_OK)
		return code;
	if (addr_parse(&r->checked.ip, c->ip) != 0)
		return cli_fail(c, CLI_USAGE,
		    "--ip %.60s: no address; give one such as 192.0.2.7 or "
		    "2001:db8::7",
		    c->ip);
	if (strlen(c->helo) > HELO_MAX)
		return cli_fail(c, CLI_USAGE,
		    "--helo: the name is longer than %d bytes", HELO_MAX);
	r->checked.helo = c->helo;
	return read_sender(r);
}

/* --- who answers ---------------------------------------------------------- */

static int need_zone(struct cli *c, const char *path)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	int code = CLI_OK;

	if (!f)
		return cli_fail(c, CLI_USAGE,
		    "zone %.200s: %s; --zone takes a master file", path,
		    strerror(errno));
	if (fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode))
		code = cli_fail(c, CLI_USAGE,
		    "zone %.200s: a folder; --zone takes a master file", path);
	fclose(f);
	return code;
}

/* What was given goes before what is configured. */
static int choose_source(struct run *r)
{
	struct cli *c = r->c;
	bool given = c->zone || c->resolver;
	const char *zone = given ? c->zone : c->conf.zone;
	const char *server = given ? c->resolver : c->conf.resolver;
	char why[256];

	if (c->zone && c->resolver)
		return cli_fail(c, CLI_USAGE,
		    "--zone and --resolver: one of them answers; give one");
	if (zone && *zone != '\0') {
		r->checked.source = "zone";
		r->checked.server = zone;
		return need_zone(c, zone);
	}
	if (c->resolver && conf_server_check(c->resolver, why, sizeof(why)))
		return cli_fail(c, CLI_USAGE, "--resolver: %s", why);
	r->checked.source =
	    server && *server != '\0' ? "resolver" : "resolv.conf";
	r->checked.server =
	    server && *server != '\0' ? server : "/etc/resolv.conf";
	return CLI_OK;
}

static struct resolver *open_resolver(struct run *r)
{
	const struct spf_checked *k = &r->checked;
	bool zone = strcmp(k->source, "zone") == 0;
	bool named = strcmp(k->source, "resolver") == 0;
	char err[512];
	struct resolver *v =
	    resolver_new_unbound(&r->loop, named ? k->server : NULL,
		zone ? k->server : NULL, err, sizeof(err));

	if (!v)
		r->code =
		    cli_fail(r->c, zone ? CLI_USAGE : CLI_FAILED, "%s", err);
	return v;
}

/* --- the check ------------------------------------------------------------ */

static void on_outcome(void *arg, const struct spf_outcome *o)
{
	struct run *r = arg;

	r->checked.time_us = (int64_t)((uv_hrtime() - r->start_ns) / 1000);
	r->checked.o = o;
	r->code = spf_print(r->c, &r->checked);
	if (r->code == CLI_OK && o->result == SPF_TEMPERROR)
		r->code = cli_fail(r->c, CLI_FAILED,
		    "no result: %s; try again, or ask another server with "
		    "--resolver ADDRESS[@PORT]",
		    o->reason);
	r->checked.o = NULL;
	uv_stop(&r->loop);
}

static void check(struct run *r, struct resolver *v)
{
	struct spf_query q = {
	    .ip = r->checked.ip,
	    .helo = r->checked.helo,
	    .domain = r->checked.domain,
	    .local_part = r->local_part,
	    .want_exp = true,
	    .keep_askers = true,
	};

	r->start_ns = uv_hrtime();
	if (!spf_check_start(
		&r->loop, v, &r->checked.limits, &q, on_outcome, r)) {
		r->code = cli_fail(r->c, CLI_FAILED, "out of memory");
		return;
	}
	uv_run(&r->loop, UV_RUN_DEFAULT);
}

int cli_spf_check(struct cli *c)
{
	struct run r = {.c = c};
	struct resolver *v;

	if (c->format == OUT_CSV)
		return cli_fail(c, CLI_USAGE,
		    "an SPF check is no list: give -o table or -o json");
	r.code = read_question(&r);
	if (r.code == CLI_OK)
		r.code = cli_need_conf(c);
	if (r.code == CLI_OK)
		r.code = choose_source(&r);
	if (r.code != CLI_OK)
		return r.code;
	r.checked.limits = (struct spf_limits){
	    .max_terms = (int)c->conf.spf_max_terms,
	    .max_void = (int)c->conf.spf_max_void,
	    .max_addresses = (int)c->conf.spf_max_addresses,
	    .timeout_ms = (int)c->conf.spf_timeout_ms,
	};
	if (uv_loop_init(&r.loop) != 0)
		return cli_fail(c, CLI_FAILED, "no event loop");
	v = open_resolver(&r);
	if (v) {
		check(&r, v);
		v->free(v);
	}
	uv_run(&r.loop, UV_RUN_DEFAULT);
	uv_loop_close(&r.loop);
	return r.code;
}
