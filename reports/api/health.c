/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the process lives, whether it can serve, and whether the rest of
 * the pipeline works. No data in it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/routes.h"
#include "store/desk.h"
#include "store/heard.h"

/* Agents report each second; a session may be told each ten minutes or less
 * often (RFC 2869 section 5.16). */
#define AGENTS_US (60 * US_PER_S)
#define LEASES_US (3600 * US_PER_S)

#define WHY_BYTES 96
struct part {
	const char *name;
	bool needed; /* without it this process cannot serve */
	bool ok;
	char why[WHY_BYTES]; /* it is not ok */
};
enum { STORE, ANALYZER, CAPTURE, IDENTITY, PARTS };

static void wrong(struct part *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void wrong(struct part *p, const char *fmt, ...)
{
	va_list ap;

	p->ok = false;
	va_start(ap, fmt);
	vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
}

static void look_at_store(struct part *p, struct db *db)
{
	int64_t first, last;

	if (read_decision_bounds(db, &first, &last) != 0)
		wrong(p, "cannot be read");
	else if (db_begin(db) != 0)
		wrong(p, "cannot be written");
	else
		db_rollback(db);
}

static void look_at_analyzer(struct part *p, struct db *db)
{
	if (db_lock_apply(db) != 0)
		return;
	db_unlock_apply(db);
	wrong(p, "none runs");
}

/* never: what is wrong when nobody was ever heard; NULL: nothing is. */
static void look_at_heard(struct part *p, const struct call *c, enum heard who,
    int64_t most_us, const char *never)
{
	int64_t us;

	if (read_heard(c->db, who, &us) != 0)
		wrong(p, "cannot be read");
	else if (us == 0 && never)
		wrong(p, "%s", never);
	else if (us != 0 && c->now_us - us > most_us)
		wrong(p, "silent for %lld s",
		    (long long)((c->now_us - us) / US_PER_S));
}

static void look(struct part parts[static PARTS], const struct call *c)
{
	look_at_store(&parts[STORE], c->db);
	look_at_analyzer(&parts[ANALYZER], c->db);
	look_at_heard(&parts[CAPTURE], c, HEARD_AGENTS, AGENTS_US,
	    "no agent has ever reported");
	/* A file of subscribers alone is as fresh as whoever writes it. */
	look_at_heard(&parts[IDENTITY], c, HEARD_LEASES, LEASES_US, NULL);
}

static bool is_ready(const struct part parts[static PARTS], bool strict)
{
	for (int i = 0; i < PARTS; i++)
		if (!parts[i].ok && (strict || parts[i].needed))
			return false;
	return true;
}

static void say(FILE *f, const struct part *p, bool verbose)
{
	if (p->ok && verbose)
		fprintf(f, "%s: ok\n", p->name);
	else if (!p->ok)
		fprintf(f, "%s: %s\n", p->name, p->why);
}

/* A balancer that takes this process away helps nobody while it can serve:
 * the rest is said, and counts when ?strict asks for it. */
void health_ready(struct call *c)
{
	struct part parts[PARTS] = {
	    [STORE] = {.name = "store", .needed = true, .ok = true},
	    [ANALYZER] = {.name = "analyzer", .ok = true},
	    [CAPTURE] = {.name = "capture", .ok = true},
	    [IDENTITY] = {.name = "identity", .ok = true},
	};
	bool verbose = uri_get(&c->uri, "verbose") != NULL;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	bool ready;

	if (!f) {
		call_problem(c, 503, "unavailable", "out of memory");
		return;
	}
	look(parts, c);
	ready = is_ready(parts, uri_get(&c->uri, "strict") != NULL);
	fputs(ready ? "ok\n" : "not ready\n", f);
	for (int i = 0; i < PARTS; i++)
		say(f, &parts[i], verbose);
	if (fclose(f) == 0)
		call_text(
		    c, ready ? 200 : 503, "text/plain; charset=utf-8", text, n);
	else
		call_problem(c, 503, "unavailable", "out of memory");
}

void health_live(struct call *c)
{
	const char *text =
	    uri_get(&c->uri, "verbose") ? "ok\nloop: ok\n" : "ok\n";
	char *own = strdup(text);

	call_text(
	    c, 200, "text/plain; charset=utf-8", own, own ? strlen(own) : 0);
}
