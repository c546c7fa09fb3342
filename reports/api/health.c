/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the process lives, and whether it is of use. No data in it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/api/routes.h"
#include "store/desk.h"

static void say(struct call *c, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void say(struct call *c, int status, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	call_text(c, status, "text/plain; charset=utf-8", n < 0 ? NULL : text,
	    n < 0 ? 0 : (size_t)n);
}

void health_live(struct call *c)
{
	say(c, 200, uri_get(&c->uri, "verbose") ? "ok\nloop: ok\n" : "ok\n");
}

void health_ready(struct call *c)
{
	int64_t first, last;
	bool store = read_decision_bounds(c->db, &first, &last) == 0;
	bool writes = store && db_begin(c->db) == 0;
	bool analyzer = store && db_lock_apply(c->db) != 0;

	if (writes)
		db_rollback(c->db);
	if (store && !analyzer)
		db_unlock_apply(c->db);
	if (!uri_get(&c->uri, "verbose"))
		say(c, writes && analyzer ? 200 : 503,
		    writes && analyzer ? "ok\n" : "not ready\n");
	else
		say(c, writes && analyzer ? 200 : 503,
		    "%s\nstore: %s\nanalyzer: %s\n",
		    writes && analyzer ? "ok" : "not ready",
		    writes  ? "ok"
		    : store ? "cannot be written"
			    : "cannot be read",
		    analyzer ? "ok" : "none runs");
}
