/* SPDX-License-Identifier: Apache-2.0 */
/* The plain list of what is blocked: a target a line, with an end that shows
 * a download that was cut off. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "reports/api/routes.h"
#include "reports/api/secret.h"
#include "reports/cli/export.h"
#include "store/read.h"

static const char *hex(const uint8_t *b, size_t n, char *text)
{
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x", b[i]);
	return text;
}

/* Equal lines of several decisions are one. malloc'd; NULL: no memory. */
static char *print_lines(const struct export *e, size_t *n, int64_t *count)
{
	char *text = NULL, target[TARGET_STRLEN];
	FILE *f = open_memstream(&text, n);

	*count = 0;
	for (size_t i = 0; f && i < e->n; i++) {
		if (i > 0 && target_compare(&e->lines[i].target,
				 &e->lines[i - 1].target) == 0)
			continue;
		fprintf(f, "%s\n", target_format(&e->lines[i].target, target));
		++*count;
	}
	if (f && fclose(f) != 0) {
		free(text);
		text = NULL;
	}
	return text;
}

static char *print_whole(const struct export *e, const char *lines, size_t n,
    int64_t count, const char *sum, size_t *size)
{
	char *text = NULL, expires[CLOCK_STRLEN] = "never";
	FILE *f = open_memstream(&text, size);

	if (!f)
		return NULL;
	if (e->expires_us != 0)
		clock_format(e->expires_us, expires);
	fprintf(f, "# generation %" PRId64 " expires %s count %" PRId64 "\n",
	    e->generation, expires, count);
	fwrite(lines, 1, n, f);
	fprintf(f, "# end count=%" PRId64 " sha256=%s\n", count, sum);
	if (fclose(f) != 0) {
		free(text);
		text = NULL;
	}
	return text;
}

static void set_modified(struct call *c, int64_t seq)
{
	struct decision d;
	struct tm tm;
	time_t t;
	char text[64];

	if (seq == 0 || read_decision(c->db, seq, &d) != 1)
		return;
	t = (time_t)(d.since_us / US_PER_S);
	if (gmtime_r(&t, &tm) &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		call_field(c, "Last-Modified", "%s", text);
}

static void put(struct call *c, const struct export *e)
{
	char sum[2 * SECRET_BYTES + 1], etag[64], *lines, *text;
	uint8_t hash[SECRET_BYTES];
	size_t n = 0, size = 0;
	int64_t count;

	lines = print_lines(e, &n, &count);
	if (!lines) {
		call_problem(c, 503, "unavailable", "out of memory");
		return;
	}
	secret_hash(lines, n, hash);
	hex(hash, sizeof(hash), sum);
	/* The set changes with the clock, too: an end that is not yet a row
	 * of the log. */
	snprintf(
	    etag, sizeof(etag), "\"%" PRId64 "-%.16s\"", e->generation, sum);
	call_field(c, "ETag", "%s", etag);
	call_field(c, "Cache-Control", "no-cache");
	set_modified(c, e->generation);
	if (c->if_none_match && (strstr(c->if_none_match, etag) ||
				    strcmp(c->if_none_match, "*") == 0)) {
		call_clear(c);
		c->status = 304;
		c->type = NULL;
	} else {
		text = print_whole(e, lines, n, count, sum, &size);
		call_text(c, text ? 200 : 503, "text/plain; charset=utf-8",
		    text, size);
	}
	free(lines);
}

void export_get(struct call *c)
{
	struct export e = {.now_us = c->now_us};

	if (export_collect(&e, c->db) != 0)
		call_db_failed(c);
	else
		put(c, &e);
	export_free(&e);
}
