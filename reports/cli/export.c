/* SPDX-License-Identifier: Apache-2.0 */
/* The desired state, all that is to be blocked now, in the words of those who
 * block. The same store and moment give the same bytes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/room.h"
#include "reports/cli/export.h"
#include "reports/cli/verb.h"
#include "reports/out/text.h"
#include "store/read.h"

static int compare(const void *a, const void *b)
{
	const struct export_line *x = a, *y = b;
	int order = target_compare(&x->target, &y->target);

	return order != 0 ? order : (x->seq > y->seq) - (x->seq < y->seq);
}

static int add(struct export *e, const struct decision *d, int n)
{
	struct export_line *l;

	if (!ROOM_FOR_ONE(e->lines, e->n, e->cap))
		return -1;
	l = &e->lines[e->n++];
	l->target = d->targets[n];
	l->seq = d->seq;
	l->until_us = d->until_us;
	memcpy(l->customer, d->customer, sizeof(l->customer));
	return 0;
}

static int note_decision(void *arg, const struct decision *d)
{
	struct export *e = arg;

	if (d->action != ACTION_BLOCK || d->mode != MODE_ENFORCE)
		return 0;
	if (d->until_us != 0 &&
	    (e->expires_us == 0 || d->until_us < e->expires_us))
		e->expires_us = d->until_us;
	for (int n = 0; n < d->n_targets; n++)
		if (add(e, d, n) != 0)
			return -1;
	return 0;
}

/* The lines that are not in the file of --diff, with "+", and those that are
 * there alone, with "-"; lines that begin with # are no part of the state. */
struct texts {
	char **v;
	size_t n, cap;
};

static void free_texts(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i]);
	free((void *)t->v);
}

static int read_texts(struct texts *t, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	int rc = 0;

	while (rc == 0 && getline(&line, &size, f) > 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!ROOM_FOR_ONE(t->v, t->n, t->cap)) {
			rc = -1;
			break;
		}
		t->v[t->n] = strdup(line);
		rc = t->v[t->n] ? 0 : -1;
		t->n += rc == 0;
	}
	free(line);
	return rc;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int64_t print_diff(FILE *out, struct texts *was, struct texts *is)
{
	size_t i = 0, j = 0;
	int64_t differences = 0;
	char *safe;

	if (was->n > 0)
		qsort((void *)was->v, was->n, sizeof(*was->v), by_text);
	if (is->n > 0)
		qsort((void *)is->v, is->n, sizeof(*is->v), by_text);
	while (i < was->n || j < is->n) {
		int order = i == was->n  ? 1
			    : j == is->n ? -1
					 : strcmp(was->v[i], is->v[j]);

		if (order == 0) {
			i++;
			j++;
			continue;
		}
		safe = text_safe_dup(order < 0 ? was->v[i++] : is->v[j++]);
		fprintf(out, "%c%s\n", order < 0 ? '-' : '+', safe ? safe : "");
		free(safe);
		differences++;
	}
	return differences;
}

static int diff(struct cli *c, const struct export *e)
{
	struct texts was = {0}, is = {0};
	FILE *f = fopen(c->diff, "re"), *now;
	char *text = NULL;
	size_t size;
	int code = CLI_FAILED;

	if (!f)
		return cli_fail(c, CLI_USAGE,
		    "--diff %.200s: it cannot be read; name what an export "
		    "was written to",
		    c->diff);
	now = open_memstream(&text, &size);
	if (now) {
		export_print(e, now);
		fclose(now);
	}
	now = text ? fmemopen(text, size, "r") : NULL;
	if (now && read_texts(&was, f) == 0 && read_texts(&is, now) == 0)
		code = print_diff(c->out, &was, &is) > 0 ? CLI_FAILED : CLI_OK;
	else
		code = cli_fail(c, CLI_FAILED, "out of memory");
	if (now)
		fclose(now);
	free(text);
	fclose(f);
	free_texts(&was);
	free_texts(&is);
	return code;
}

int export_collect(struct export *e, struct db *db)
{
	struct read_range standing = {
	    .state = 1, .kind = -1, .now_us = e->now_us};
	int64_t none;

	if (read_last_numbers(db, &none, &none, &none, &e->generation) != 0 ||
	    read_decisions(db, &standing, note_decision, e) != 0)
		return -1;
	if (e->n > 0)
		qsort(e->lines, e->n, sizeof(*e->lines), compare);
	return 0;
}

void export_free(struct export *e)
{
	free(e->lines);
	e->lines = NULL;
}

int cli_export(struct cli *c)
{
	struct export e = {.now_us = c->at_us != 0 ? c->at_us : c->now_us};
	int code;

	if (export_form(&e, c->export_format) != 0)
		return cli_fail(c, CLI_USAGE,
		    "--format %.40s: give nft, ipset, plain, csv, json, "
		    "exabgp, gobgp, bird or radreply",
		    c->export_format ? c->export_format : "");
	code = cli_need_db(c, DB_READ);
	if (code != CLI_OK)
		return code;
	if (export_collect(&e, c->db) != 0) {
		code = cli_fail_db(c);
	} else {
		if (c->diff)
			code = diff(c, &e);
		else
			export_print(&e, c->out);
		if (export_left_out(&e) > 0)
			fprintf(c->err,
			    "%" PRId64 " targets are parts of the ports of a "
			    "shared address, which %s cannot say: left out\n",
			    export_left_out(&e), c->export_format);
	}
	export_free(&e);
	return code;
}
