/* SPDX-License-Identifier: Apache-2.0 */
/* block, allow and release: the way of the command line's verbs, with an
 * answer for each target. */
#include <stdlib.h>
#include <string.h>

#include "reports/api/api.h"
#include "reports/api/decision_json.h"
#include "reports/api/inproc.h"
#include "reports/api/routes.h"
#include "reports/cli/apply.h"
#include "reports/cli/operate.h"
#include "store/read.h"

#define TARGETS_MAX 500

struct item {
	const char *target;
	struct op_action action;
	int code;
	bool again, allow_listed, idle, held;
	struct decision before; /* held: what was in force */
	char detail[256];
};
struct job {
	struct call *call;
	struct inproc p;
	enum op_verb verb;
	const char *op;
	bool dry_run;
	struct item *items;
	size_t n;
	int64_t done, refused, shared, allow_listed;
	bool waiting;
};

/* --- what is asked ---------------------------------------------------------
 */

static bool take_targets(struct job *b)
{
	struct call *c = b->call;
	const json_t *targets = json_object_get(c->body, "targets");
	size_t n = json_array_size(targets);

	if (n < 1 || n > TARGETS_MAX) {
		call_problem(c, 400, "bad_value",
		    "targets: give 1 to %d customers, addresses or prefixes",
		    TARGETS_MAX);
		return false;
	}
	b->items = calloc(n, sizeof(*b->items));
	if (!b->items) {
		call_problem(c, 503, "unavailable", "out of memory");
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *v = json_array_get(targets, i);
		const char *text = json_string_value(v);

		if (!text || text[0] == '\0' ||
		    strlen(text) != json_string_length(v) ||
		    strlen(text) >= ROW_ID_LEN) {
			call_problem(c, 400, "bad_value",
			    "targets: number %zu is no text of 1 to %d bytes",
			    i + 1, ROW_ID_LEN - 1);
			return false;
		}
		b->items[b->n++].target = text;
	}
	return true;
}

static bool take_verb(struct job *b, char op[static 12])
{
	struct call *c = b->call;
	const json_t *dry = json_object_get(c->body, "dry_run");

	if (!call_string(c, "op", true, op, 12))
		return false;
	b->op = op;
	b->verb = strcmp(op, "block") == 0     ? OP_BLOCK
		  : strcmp(op, "allow") == 0   ? OP_ALLOW
		  : strcmp(op, "release") == 0 ? OP_RELEASE
					       : OP_NONE;
	if (b->verb == OP_NONE || (dry && !json_is_boolean(dry))) {
		call_problem(c, 400, "bad_value",
		    "op: give block, allow or release; dry_run: true or "
		    "false");
		return false;
	}
	b->dry_run = json_is_true(dry);
	return true;
}

/* --- what it comes to ------------------------------------------------------
 */

static bool is_again(const struct job *b, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (b->items[k].code == CLI_OK &&
		    strcmp(b->items[k].action.customer,
			b->items[i].action.customer) == 0)
			return true;
	return false;
}

/* Whether there is anything to do. 0, or -1. */
static int look(struct job *b, struct item *item)
{
	const struct decision *d = &item->before;
	int rc = read_in_force(
	    b->call->db, item->action.customer, b->call->now_us, &item->before);

	if (rc < 0)
		return -1;
	item->held = rc == 1;
	item->idle = b->verb == OP_RELEASE && rc == 0;
	item->allow_listed = b->verb == OP_BLOCK && rc == 1 &&
			     d->cause == CAUSE_MANUAL &&
			     d->action == ACTION_ALLOW;
	return 0;
}

/* false after a problem of the whole. */
static bool resolve(struct job *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct item *item = &b->items[i];

		item->code = operate_fill(
		    &b->p.cli, b->verb, item->target, &item->action);
		switch (item->code) {
		case CLI_OK:
			item->again = is_again(b, i);
			if (look(b, item) != 0) {
				call_db_failed(b->call);
				return false;
			}
			b->done += !item->again && !item->idle;
			b->allow_listed += item->allow_listed;
			break;
		case CLI_REFUSED:
		case CLI_NOT_FOUND:
			inproc_reason(
			    &b->p, item->detail, sizeof(item->detail));
			b->refused++;
			b->shared += item->code == CLI_REFUSED;
			break;
		default:
			(void)inproc_end(&b->p, item->code);
			return false;
		}
	}
	return true;
}

static bool is_to_do(const struct item *item)
{
	return item->code == CLI_OK && !item->again && !item->idle;
}

/* All of them, or none; *v: room for all. */
static bool apply_to(struct job *b, struct op_action *v)
{
	size_t n = 0, k = 0;
	int code;

	for (size_t i = 0; i < b->n; i++)
		if (is_to_do(&b->items[i]))
			v[n++] = b->items[i].action;
	if (n == 0)
		return true;
	code = apply_actions(&b->p.cli, v, n);
	for (size_t i = 0; i < b->n; i++)
		if (is_to_do(&b->items[i]))
			b->items[i].action.id = v[k++].id;
	b->waiting = code == CLI_UNREACHABLE;
	if (code == CLI_OK || b->waiting)
		return true;
	(void)inproc_end(&b->p, code);
	return false;
}

static bool apply(struct job *b)
{
	struct op_action *v = calloc(b->n, sizeof(*v));
	bool done;

	if (!v) {
		call_problem(b->call, 503, "unavailable", "out of memory");
		return false;
	}
	done = apply_to(b, v);
	free(v);
	return done;
}

/* --- the answer ------------------------------------------------------------
 */

struct made {
	struct jsonw *json;
	int64_t op_id;
};

static int put_made(void *arg, const struct decision *d)
{
	struct made *m = arg;

	if (d->op_id == m->op_id)
		decision_json(m->json, d);
	return 0;
}

static const char *result_of(const struct job *b, const struct item *item)
{
	if (item->code == CLI_REFUSED)
		return "refused";
	if (item->code == CLI_NOT_FOUND)
		return "not_found";
	if (item->again || item->idle)
		return "already";
	if (b->dry_run)
		return "would_do";
	return b->waiting ? "waiting" : "done";
}

static const char *detail_of(const struct job *b, const struct item *item)
{
	if (item->code != CLI_OK)
		return item->detail;
	if (item->again)
		return "the customer was named before";
	if (item->idle)
		return "nothing is in force for the customer";
	if (item->allow_listed)
		return "an allow by hand goes before the block; release it "
		       "first";
	return b->waiting ? "written down; the analyzer has not applied it yet"
			  : NULL;
}

static int put_item(struct job *b, const struct item *item)
{
	struct jsonw *j = &b->call->json;
	struct made m = {j, item->action.id};
	struct read_range range = {
	    .customer = item->action.customer, .state = -1, .kind = -1};
	int rc = 0;

	jsonw_object_begin(j);
	jsonw_kstring(j, "target", item->target);
	jsonw_kstring(
	    j, "customer", item->code == CLI_OK ? item->action.customer : NULL);
	jsonw_kstring(j, "result", result_of(b, item));
	jsonw_kstring(j, "detail", detail_of(b, item));
	jsonw_key(j, "before");
	if (item->held)
		decision_json(j, &item->before);
	else
		jsonw_null(j);
	jsonw_key(j, "decisions");
	jsonw_array_begin(j);
	if (m.op_id != 0)
		rc = read_decisions(b->call->db, &range, put_made, &m);
	jsonw_array_end(j);
	jsonw_kbool(j, "allow_listed", item->allow_listed);
	jsonw_object_end(j);
	return rc;
}

static void put(struct job *b)
{
	struct jsonw *j = call_json(b->call, 200);
	int rc = 0;

	jsonw_object_begin(j);
	jsonw_kstring(j, "op", b->op);
	jsonw_kbool(j, "dry_run", b->dry_run);
	jsonw_kint(j, "done", b->done);
	jsonw_kint(j, "refused", b->refused);
	jsonw_kint(j, "shared", b->shared);
	jsonw_kint(j, "allow_listed", b->allow_listed);
	jsonw_key(j, "items");
	jsonw_array_begin(j);
	for (size_t i = 0; i < b->n && rc == 0; i++)
		rc = put_item(b, &b->items[i]);
	jsonw_array_end(j);
	jsonw_object_end(j);
	if (rc != 0)
		call_db_failed(b->call);
}

void decisions_post(struct call *c)
{
	struct job b = {.call = c};
	char op[12], ttl[24], reason[ROW_TEXT_LEN];

	if (!take_verb(&b, op) || !take_targets(&b) ||
	    !call_string(c, "reason", true, reason, sizeof(reason)) ||
	    !call_string(c, "ttl", false, ttl, sizeof(ttl)) ||
	    !inproc_begin(&b.p, c, true)) {
		free(b.items);
		return;
	}
	b.p.cli.reason = reason;
	b.p.cli.ttl = ttl[0] && b.verb != OP_RELEASE ? ttl : NULL;
	b.p.cli.dry_run = b.dry_run;
	pthread_mutex_lock(&c->api->change);
	if (resolve(&b) && (b.dry_run || apply(&b)))
		put(&b);
	pthread_mutex_unlock(&c->api->change);
	inproc_free(&b.p);
	free(b.items);
}
