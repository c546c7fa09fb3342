/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries that were given up, tried again: the way of sekisho hook
 * retry. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/inproc.h"
#include "reports/api/routes.h"
#include "reports/cli/ask_hooks.h"
#include "store/desk.h"

/* A worker is not to be held for longer: who asks is told that it waits. */
#define WAIT_US (3 * US_PER_S)

struct job {
	struct call *call;
	struct hook_request ask;
	bool dry_run;
	int64_t dead;
};

/* false after a problem. */
static bool take(struct job *b)
{
	struct call *c = b->call;
	const json_t *id = json_object_get(c->body, "id");
	const json_t *dry = json_object_get(c->body, "dry_run");
	bool named = json_object_get(c->body, "driver") != NULL;

	if ((id && (!json_is_integer(id) || json_integer_value(id) < 1)) ||
	    (id && named) || (dry && !json_is_boolean(dry))) {
		call_problem(c, 400, "bad_value",
		    "id: the number of one delivery; driver: all of that one; "
		    "neither: all; dry_run: true or false");
		return false;
	}
	b->dry_run = json_is_true(dry);
	b->ask.delivery_id = id ? json_integer_value(id) : 0;
	return call_string(
		   c, "driver", false, b->ask.driver, sizeof(b->ask.driver)) &&
	       call_string(
		   c, "reason", true, b->ask.reason, sizeof(b->ask.reason));
}

static int count_sum(void *arg, const struct delivery_sum *s)
{
	struct job *b = arg;

	if (b->ask.driver[0] == '\0' || strcmp(b->ask.driver, s->driver) == 0)
		b->dead += s->dead;
	return 0;
}

static int count_row(void *arg, const struct delivery *d)
{
	struct job *b = arg;

	b->dead += d->id == b->ask.delivery_id;
	return 0;
}

static int count(struct job *b)
{
	struct delivery_page one = {
	    .before_id = b->ask.delivery_id + 1, .state = "dead", .limit = 1};

	if (b->ask.delivery_id == 0)
		return read_delivery_sums(b->call->db, count_sum, b);
	return read_delivery_page(b->call->db, &one, count_row, b);
}

/* sekisho-hooks answers "3 tried again". */
static void put(struct job *b, const char *result)
{
	struct jsonw *j = call_json(b->call, 200);

	jsonw_object_begin(j);
	jsonw_kbool(j, "dry_run", b->dry_run);
	jsonw_kint(j, "dead", b->dead);
	jsonw_kstring(j, "result", result);
	jsonw_key(j, "retried");
	if (strcmp(result, "done") == 0)
		jsonw_int(j, strtoll(b->ask.result, NULL, 10));
	else
		jsonw_null(j);
	jsonw_object_end(j);
}

static void ask(struct job *b)
{
	struct call *c = b->call;
	struct inproc p;
	char driver[ROW_ID_LEN], reason[ROW_TEXT_LEN];
	int code;

	if (!inproc_begin(&p, c, false))
		return;
	memcpy(driver, b->ask.driver, sizeof(driver));
	memcpy(reason, b->ask.reason, sizeof(reason));
	p.cli.driver = driver[0] ? driver : NULL;
	p.cli.reason = reason;
	snprintf(b->ask.verb, sizeof(b->ask.verb), "retry");
	code = ask_hooks_briefly(&p.cli, &b->ask, WAIT_US);
	if (code != CLI_OK)
		(void)inproc_end(&p, code);
	else
		put(b, b->ask.done_us != 0 ? "done" : "waiting");
	inproc_free(&p);
}

void deliveries_retry(struct call *c)
{
	struct job b = {.call = c};

	if (!take(&b))
		return;
	if (count(&b) < 0)
		call_db_failed(c);
	else if (b.dead == 0 && b.ask.delivery_id != 0)
		call_problem(c, 404, "not_found",
		    "no delivery %" PRId64 " was given up; "
		    "/api/v1/deliveries?state=dead lists those that were",
		    b.ask.delivery_id);
	else if (b.dry_run)
		put(&b, "would_do");
	else if (b.dead == 0)
		put(&b, "already");
	else
		ask(&b);
}
