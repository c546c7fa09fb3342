/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/inproc.h"

#include <stdlib.h>
#include <string.h>

#include "reports/api/access.h"
#include "reports/api/api.h"

bool inproc_begin(struct inproc *p, struct call *c, bool changes)
{
	struct cli *cli = &p->cli;
	FILE *out, *err;

	memset(p, 0, sizeof(*p));
	p->call = c;
	p->changes = changes;
	out = open_memstream(&p->out, &p->n_out);
	err = open_memstream(&p->err, &p->n_err);
	if (!out || !err) {
		if (out)
			fclose(out);
		if (err)
			fclose(err);
		free(p->out);
		free(p->err);
		call_problem(c, 503, "unavailable", "out of memory");
		return false;
	}
	cli_init(cli, out, err);
	cli->format = OUT_JSON;
	cli->tty = false;
	cli->now_us = c->now_us;
	cli->db = c->db;
	cli->db_path = c->api->db_path;
	cli->operator= c->who.name;
	cli->source_of_audit = access_source(c);
	/* Who applies the log reads the whole configuration itself; a reader
	 * borrows ours, and asks the log for its policy. */
	if (changes) {
		cli->config = c->api->config;
	} else {
		cli->conf = *c->conf;
		cli->conf_loaded = true;
	}
	return true;
}

int inproc_status(int code)
{
	switch (code) {
	case CLI_OK:
		return 200;
	case CLI_USAGE:
		return 400;
	case CLI_NOT_FOUND:
		return 404;
	case CLI_NOT_AUTHORISED:
		return 403;
	case CLI_UNREACHABLE:
		return 503;
	case CLI_CONFLICT:
		return 409;
	case CLI_REFUSED:
		return 422;
	default:
		return 500;
	}
}

static const char *code_of(int status)
{
	switch (status) {
	case 400:
		return "bad_value";
	case 403:
		return "forbidden";
	case 404:
		return "not_found";
	case 409:
		return "conflict";
	case 422:
		return "refused";
	case 503:
		return "unavailable";
	default:
		return "failed";
	}
}

/* The detail of the last problem object on the error stream. */
void inproc_reason(struct inproc *p, char *detail, size_t size)
{
	const char *text;
	json_t *j;

	fflush(p->cli.err);
	j = p->err ? json_loads(p->err, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
	text = json_string_value(json_object_get(j, "detail"));
	snprintf(detail, size, "%s", text ? text : "it failed");
	json_decref(j);
	rewind(p->cli.err);
}

const char *inproc_end(struct inproc *p, int code)
{
	char detail[CALL_DETAIL_LEN];
	int status = inproc_status(code);

	fflush(p->cli.out);
	if (code == CLI_OK && p->out)
		return p->out;
	inproc_reason(p, detail, sizeof(detail));
	if (code == CLI_FAILED &&
	    (db_is_busy(p->call->db) || db_is_full(p->call->db)))
		status = 503;
	call_problem(p->call, status, code_of(status), "%s", detail);
	return NULL;
}

void inproc_free(struct inproc *p)
{
	fclose(p->cli.out);
	fclose(p->cli.err);
	free(p->out);
	free(p->err);
	p->cli.db = NULL; /* the request's */
	if (!p->changes)
		p->cli.conf_loaded = false; /* the server's */
	cli_free(&p->cli);
}
