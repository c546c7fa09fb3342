/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/follow/follow.h"
#include "base/log.h"

#define AT_ONCE     1024
#define INTERVAL_MS 500

struct followed {
	struct lease_feed *feed;
	struct lease_source source;
	struct lease_file *file;
	struct follow *follow;
	int64_t told[LEASE_FILE_COUNTS]; /* of the file's counts */
	int64_t bad;                     /* that its parser never saw */
};
struct lease_feed {
	struct lease_feed_owner owner;
	struct keyed_hash *heads; /* knows files again */
	struct followed files[CONF_ARGV_MAX];
	size_t n_files;
	struct lease_event events[AT_ONCE];
	size_t n;
	uv_timer_t timer;
	bool failed;
};

/* --- handing over --------------------------------------------------------- */

/* True: there is something to tell. */
static bool add_counts(struct followed *x, struct lease_feed_batch *b)
{
	bool some = x->bad > 0;

	for (int i = 0; i < LEASE_FILE_COUNTS; i++) {
		int64_t n = lease_file_count(x->file, (enum lease_file_count)i);

		b->counts[i] += n - x->told[i];
		some |= n > x->told[i];
		x->told[i] = n;
	}
	b->counts[LEASE_FILE_BAD] += x->bad;
	x->bad = 0;
	return some;
}

static int hand_over(struct lease_feed *f)
{
	struct file_position positions[CONF_ARGV_MAX];
	struct lease_feed_batch b = {
	    .events = f->events, .n = f->n, .positions = positions};
	bool some = false;

	for (size_t i = 0; i < f->n_files; i++) {
		struct followed *x = &f->files[i];

		some |= add_counts(x, &b);
		/* Within a declaration its beginning would be missed. */
		if (lease_file_is_between(x->file) &&
		    follow_position(x->follow, &positions[b.n_positions]))
			b.n_positions++;
	}
	if (!some)
		return 0;
	f->failed = f->owner.commit(f->owner.arg, &b) != 0;
	f->n = 0;
	return f->failed ? -1 : 0;
}

static void on_interval(uv_timer_t *t)
{
	struct lease_feed *f = t->data;

	if (!f->failed)
		hand_over(f);
}

/* --- one file ------------------------------------------------------------- */

static int on_event(void *arg, const struct lease_event *e, int64_t expires_us)
{
	struct lease_feed *f = ((struct followed *)arg)->feed;

	/* The server writes it down when a lease has run out. */
	(void)expires_us;
	f->events[f->n++] = *e;
	return f->n == AT_ONCE ? hand_over(f) : 0;
}

static void on_bad(void *arg, const char *why)
{
	const struct followed *x = arg;
	static struct log_limit limit;
	unsigned int held_back;

	if (log_allow(&limit, 1, &held_back))
		log_warn("leases",
		    "%s: a line is passed over: %s suppressed=%u",
		    x->source.path, why, held_back);
}

static int on_line(void *arg, const char *line, size_t len)
{
	struct followed *x = arg;

	if (x->feed->failed)
		return -1;
	return lease_file_line(x->file, line, len);
}

static void on_lost(void *arg, enum follow_loss l)
{
	struct followed *x = arg;

	(void)l;
	x->bad++;
}

/* Whoever begins in the middle of Kea's file needs its columns. */
static void read_header(struct followed *x)
{
	char line[4096];
	FILE *f;

	if (x->source.format != LEASE_FORMAT_KEA4 &&
	    x->source.format != LEASE_FORMAT_KEA6)
		return;
	f = fopen(x->source.path, "re");
	if (f == NULL)
		return;
	if (fgets(line, sizeof(line), f) != NULL &&
	    strncmp(line, "address,", 8) == 0)
		lease_file_line(x->file, line, strcspn(line, "\n"));
	fclose(f);
}

static int open_file(struct lease_feed *f, uv_loop_t *loop, const char *text,
    char *err, size_t errsize)
{
	struct followed *x = &f->files[f->n_files];
	struct lease_file_owner file_owner = {on_event, on_bad, x};
	struct follow_owner owner = {on_line, on_lost, x};
	struct file_position from;
	int found;

	x->feed = f;
	if (lease_source_parse(&x->source, text, err, errsize) != 0)
		return -1;
	found = f->owner.position(f->owner.arg, x->source.path, &from);
	if (found < 0) {
		snprintf(err, errsize,
		    "how far %.200s was read cannot be looked up",
		    x->source.path);
		return -1;
	}
	x->file = lease_file_new(&x->source, file_owner);
	if (x->file == NULL)
		goto nomem;
	read_header(x);
	x->follow = follow_new(
	    loop, x->source.path, found == 1 ? &from : NULL, f->heads, owner);
	if (x->follow == NULL) {
		lease_file_free(x->file);
		goto nomem;
	}
	f->n_files++;
	return 0;
nomem:
	snprintf(err, errsize, "out of memory");
	return -1;
}

/* --- open and close ------------------------------------------------------- */

struct lease_feed *lease_feed_new(uv_loop_t *loop, const struct conf *c,
    struct lease_feed_owner owner, char *err, size_t errsize)
{
	struct lease_feed *f = calloc(1, sizeof(*f));

	if (f == NULL) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	f->owner = owner;
	uv_timer_init(loop, &f->timer);
	f->timer.data = f;
	f->heads = keyed_hash_load(c->hash_key_file, err, errsize);
	if (f->heads == NULL)
		goto fail;
	for (size_t i = 0; c->lease_files[i] != NULL; i++)
		if (open_file(f, loop, c->lease_files[i], err, errsize) != 0)
			goto fail;
	uv_timer_start(&f->timer, on_interval, INTERVAL_MS, INTERVAL_MS);
	return f;
fail:
	lease_feed_free(f);
	return NULL;
}

static void on_closed(uv_handle_t *h)
{
	struct lease_feed *f = h->data;

	keyed_hash_free(f->heads);
	free(f);
}

void lease_feed_free(struct lease_feed *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n_files; i++) {
		follow_free(f->files[i].follow);
		lease_file_free(f->files[i].file);
	}
	uv_close((uv_handle_t *)&f->timer, on_closed);
}
