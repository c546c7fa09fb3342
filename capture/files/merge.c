/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/files/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "capture/files/capfile.h"
#include "capture/net/link.h"

/* A file that is open costs 200 KiB, one of zstd what its window asks for. */
#define OPEN_MAX_FILES 256
/* So many stay open after the look at them, to spare a second opening. */
#define OPEN_KEEP_FILES 16
/* Descriptors that are for the rest of the program. */
#define OPEN_SPARE 64

struct member {
	const char *path;
	int64_t first_us;
	uint64_t size_bytes, dev, ino;
	bool regular;
	struct capfile *open; /* NULL: not, or not any more */
};

/* m->v is sorted by the time of the first packet once all are known; the
 * members before m->begun are in the heap, or done. */
struct merge {
	struct counters *counters;
	char **paths;
	size_t n_paths, looked;
	struct member *v;
	size_t n, begun;
	size_t *heap; /* indexes of v, by time of the held packet */
	size_t n_heap, n_open, open_max;
	size_t n_kept; /* open since the look, regular, not begun */
	size_t done;
	uint64_t total_bytes, done_bytes;
	bool size_unknown, read_any, sorted, said_too_many;
};

static size_t open_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0 ||
	    lim.rlim_cur >= OPEN_MAX_FILES + OPEN_SPARE)
		return OPEN_MAX_FILES;
	return lim.rlim_cur > OPEN_SPARE ? lim.rlim_cur - OPEN_SPARE : 1;
}

struct merge *merge_new(char **paths, size_t n, struct counters *c)
{
	struct merge *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->counters = c;
	m->paths = paths;
	m->n_paths = n;
	m->open_max = open_limit();
	m->v = calloc(n + 1, sizeof(*m->v));
	m->heap = calloc(n + 1, sizeof(*m->heap));
	if (m->v != NULL && m->heap != NULL)
		return m;
	merge_free(m);
	return NULL;
}

static void close_member(struct merge *m, struct member *f)
{
	if (f->open == NULL)
		return;
	capfile_close(f->open);
	free(f->open);
	f->open = NULL;
	m->n_open--;
}

void merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; m->v != NULL && i < m->n; i++)
		close_member(m, &m->v[i]);
	free(m->v);
	free(m->heap);
	free(m);
}

/* --- files ---------------------------------------------------------------- */

static void broken(struct merge *m, const struct member *f, const char *why)
{
	uint64_t packets = f->open != NULL ? f->open->packets : 0;

	counter_add(m->counters, COUNTER_FILES_BROKEN, 1);
	if (packets > 0)
		log_warn("source",
		    "%s: %s; the %" PRIu64 " packets before that were read",
		    f->path, why, packets);
	else
		log_error(
		    "source", "%s: no packet can be read: %s", f->path, why);
}

/* 1: open, with its first packet; 0: it has none; -1: reported. */
static int open_member(struct merge *m, struct member *f)
{
	int rc = -1;

	f->open = malloc(sizeof(*f->open));
	if (f->open == NULL) {
		broken(m, f, "out of memory");
		return -1;
	}
	m->n_open++;
	if (capfile_open(f->open, f->path) == 0)
		rc = capfile_next(f->open);
	if (rc < 0)
		broken(m, f, f->open->error);
	return rc;
}

/* All of it was read; rc is of capfile_next(). */
static void end_member(struct merge *m, struct member *f, int rc)
{
	bool read = rc == 0 || (f->open != NULL && f->open->packets > 0);

	if (read) {
		m->read_any = true;
		counter_add(m->counters, COUNTER_FILES_READ, 1);
	}
	m->done++;
	m->done_bytes += f->size_bytes;
	close_member(m, f);
}

static void check_time(const struct member *f)
{
	if (f->first_us == 0)
		log_warn("source",
		    "%s: its first packet has no time (a simple packet block "
		    "of pcapng?), so records will be of 1970; write the file "
		    "with times",
		    f->path);
}

static void check_link(const struct member *f)
{
	if (!link_is_known(f->open->linktype))
		log_warn("source",
		    "%s: link type %d is not known; its packets are only "
		    "counted",
		    f->path, f->open->linktype);
}

/* The order must not depend on how the shell sorted the names. */
static int by_time(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->first_us != y->first_us)
		return x->first_us < y->first_us ? -1 : 1;
	return strcmp(x->path, y->path);
}

/* v[i] is a file that stays, under another name; NULL: it is not. */
static const struct member *twin(const struct merge *m, size_t i, size_t stay)
{
	const struct member *f = &m->v[i];

	for (; stay > 0 && m->v[stay - 1].first_us == f->first_us; stay--) {
		const struct member *g = &m->v[stay - 1];

		if (f->regular && g->regular && f->dev == g->dev &&
		    f->ino == g->ino)
			return g;
	}
	return NULL;
}

/* A file that was given twice is read once. v is sorted by time. */
static void drop_twins(struct merge *m)
{
	size_t stay = 0;

	for (size_t i = 0; i < m->n; i++) {
		struct member *f = &m->v[i];
		const struct member *g = twin(m, i, stay);

		if (g == NULL) {
			m->v[stay++] = *f;
			continue;
		}
		log_warn("source", "%s is the same file as %s: read once",
		    f->path, g->path);
		m->n_kept -= f->open != NULL;
		m->total_bytes -= f->size_bytes;
		m->done++;
		close_member(m, f);
	}
	m->n = stay;
}

bool merge_look(struct merge *m)
{
	struct member *f = &m->v[m->n];
	int rc;

	if (m->looked == m->n_paths) {
		if (!m->sorted) {
			qsort(m->v, m->n, sizeof(*m->v), by_time);
			drop_twins(m);
		}
		m->sorted = true;
		return false;
	}
	memset(f, 0, sizeof(*f));
	f->path = m->paths[m->looked++];
	rc = open_member(m, f);
	if (f->open != NULL) {
		f->size_bytes = f->open->size_bytes;
		m->total_bytes += f->size_bytes;
		m->size_unknown |= rc == 1 && !f->open->regular;
	}
	if (rc != 1) {
		if (rc == 0)
			check_link(f);
		end_member(m, f, rc);
		return true;
	}
	check_link(f);
	f->first_us = f->open->ts_us;
	f->dev = f->open->dev;
	f->ino = f->open->ino;
	f->regular = f->open->regular;
	check_time(f);
	m->n++;
	if (f->regular && m->n_open > OPEN_KEEP_FILES)
		close_member(m, f);
	else if (f->regular)
		m->n_kept++;
	return true;
}

/* --- order ---------------------------------------------------------------- */

static bool before(const struct merge *m, size_t a, size_t b)
{
	int64_t x = m->v[a].open->ts_us, y = m->v[b].open->ts_us;

	return x != y ? x < y : a < b;
}

static void sift_down(struct merge *m)
{
	size_t i = 0, v = m->heap[0];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= m->n_heap)
			break;
		if (child + 1 < m->n_heap &&
		    before(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!before(m, m->heap[child], v))
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = v;
}

static void push(struct merge *m, size_t v)
{
	size_t i = m->n_heap++;

	while (i > 0 && before(m, v, m->heap[(i - 1) / 2])) {
		m->heap[i] = m->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	m->heap[i] = v;
}

/* One that is open for later only makes room; the last of them. True: there
 * was one. */
static bool make_room(struct merge *m)
{
	for (size_t i = m->n; m->n_kept > 0 && i > m->begun; i--) {
		struct member *f = &m->v[i - 1];

		if (f->open == NULL || !f->regular)
			continue;
		close_member(m, f);
		m->n_kept--;
		return true;
	}
	return false;
}

/* Whether the file that begins next has to be open now. */
static bool is_due(struct merge *m)
{
	const struct member *f = &m->v[m->begun];

	if (m->begun == m->n)
		return false;
	if (m->n_heap == 0)
		return true;
	if (f->first_us > m->v[m->heap[0]].open->ts_us)
		return false;
	if (f->open != NULL || m->n_open < m->open_max || make_room(m))
		return true;
	if (!m->said_too_many)
		log_warn("source",
		    "more than %zu files of the same time: %s and others are "
		    "read after them, their packets are late; merge files "
		    "first, or raise ulimit -n",
		    m->open_max, f->path);
	m->said_too_many = true;
	return false;
}

static void begin_due(struct merge *m)
{
	while (is_due(m)) {
		size_t i = m->begun++;
		struct member *f = &m->v[i];
		int rc = 1;

		if (f->open == NULL)
			rc = open_member(m, f);
		else if (f->regular)
			m->n_kept--;
		if (rc == 1)
			push(m, i);
		else /* it has changed since */
			end_member(m, f, rc);
	}
}

bool merge_next(struct merge *m, struct merge_packet *p)
{
	const struct capfile *f;

	begin_due(m);
	if (m->n_heap == 0)
		return false;
	f = m->v[m->heap[0]].open;
	p->linktype = f->linktype;
	p->data = f->data;
	p->len = f->head->caplen;
	p->ts_us = f->ts_us;
	return true;
}

void merge_drop(struct merge *m)
{
	struct member *f = &m->v[m->heap[0]];
	int rc = capfile_next(f->open);

	if (rc == 1) {
		sift_down(m);
		return;
	}
	if (rc < 0)
		broken(m, f, f->open->error);
	m->heap[0] = m->heap[--m->n_heap];
	if (m->n_heap > 0)
		sift_down(m);
	end_member(m, f, rc);
}

void merge_status(const struct merge *m, struct merge_status *st)
{
	memset(st, 0, sizeof(*st));
	st->files = m->n_paths;
	st->files_seen = m->looked;
	st->files_done = m->done;
	st->looking = !m->sorted;
	st->read_any = m->read_any;
	st->bytes_done = m->done_bytes;
	for (size_t i = 0; i < m->n_heap; i++) {
		const struct member *f = &m->v[m->heap[i]];
		uint64_t at = capfile_position(f->open);

		st->bytes_done += at < f->size_bytes || f->size_bytes == 0
				      ? at
				      : f->size_bytes;
	}
	if (!m->size_unknown)
		st->bytes_total = m->total_bytes;
}
