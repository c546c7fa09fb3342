/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/spool/segments.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"

#define SAY_NS       UINT64_C(60000000000)
#define CREATE_TRIES 16
#define NUMBER_MASK  ((UINT64_C(1) << 48) - 1)

bool segments_may_say(struct segments *s, enum segments_trouble t)
{
	uint64_t now_ns = uv_hrtime();

	if (s->said_ns[t] != 0 && now_ns - s->said_ns[t] < SAY_NS)
		return false;
	s->said_ns[t] = now_ns;
	return true;
}

void segments_say(struct segments *s, enum segments_trouble t, uint64_t number,
    const char *what, const char *remedy)
{
	if (segments_may_say(s, t))
		log_warn("spool", "%s/%016" PRIx64 ".spool: %s; %s", s->dir,
		    number, what, remedy);
}

void segment_close(struct segment *g)
{
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
}

int segment_write(const struct segment *g, const uint8_t *p, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(g->fd, p, len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int create_file(struct segments *s, uint64_t *number)
{
	int fd = -EEXIST;

	for (int i = 0; i < CREATE_TRIES && fd == -EEXIST; i++) {
		*number = priv_spool_number(s->priv, s->next_number++);
		fd = priv_spool_open(s->priv, *number, true);
	}
	return fd;
}

int segments_begin(struct segments *s, const struct spool_head *head)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	struct segment *g = calloc(1, sizeof(*g));
	int rc;

	if (g == NULL)
		return -ENOMEM;
	g->head = *head;
	g->fd = create_file(s, &g->number);
	if (g->fd < 0) {
		rc = g->fd;
		free(g);
		return rc;
	}
	g->head_bytes = g->bytes = spool_head_pack(&g->head, raw);
	rc = segment_write(g, raw, g->bytes);
	if (rc != 0) {
		segment_close(g);
		(void)priv_spool_remove(s->priv, g->number);
		free(g);
		return rc;
	}
	if (s->last != NULL)
		s->last->next = g;
	else
		s->first = g;
	s->last = g;
	s->n++;
	s->bytes += g->bytes;
	return 0;
}

void segments_remove_first(struct segments *s)
{
	struct segment *g = s->first;
	int rc = 0;

	segment_close(g);
	if (!g->keep)
		rc = priv_spool_remove(s->priv, g->number);
	if (rc != 0 && rc != -ENOENT)
		segments_say(s, SEGMENTS_WRITE, g->number, strerror(-rc),
		    "it is delivered and cannot be removed; remove it");
	s->first = g->next;
	if (s->first == NULL)
		s->last = NULL;
	s->n--;
	s->bytes -= g->bytes;
	free(g);
}

/* --- the start ------------------------------------------------------------ */

/* NULL: nothing in it for us. */
static struct segment *look_at(struct segments *s, uint64_t number)
{
	struct segment *g = calloc(1, sizeof(*g));
	struct stat st;
	int rc;

	if (g == NULL)
		return NULL;
	g->number = number;
	g->fd = priv_spool_open(s->priv, number, false);
	rc = g->fd < 0 ? g->fd : spool_head_read(g->fd, &g->head);
	if (rc > 0 && fstat(g->fd, &st) != 0)
		rc = -errno;
	segment_close(g);
	if (rc > 0) {
		g->head_bytes = (uint64_t)rc;
		g->bytes = (uint64_t)st.st_size;
		return g;
	}
	free(g);
	s->damaged++;
	if (rc == -ENODATA)
		/* Its maker ended before there was a record in it. */
		(void)priv_spool_remove(s->priv, number);
	else
		segments_say(s, SEGMENTS_READ, number,
		    rc == -EBADMSG ? "not a spool file of this version"
				   : strerror(-rc),
		    "it is left alone; remove it if nobody needs it");
	return NULL;
}

/* Where g belongs: after those of its boot that begin before it; boots stand
 * in the order of their lowest file number. */
static struct segment **place_of(struct segments *s, const struct segment *g)
{
	struct segment **at = &s->first;

	while (*at != NULL && (*at)->head.boot != g->head.boot)
		at = &(*at)->next;
	while (*at != NULL && (*at)->head.boot == g->head.boot &&
	       (*at)->head.first_seq <= g->head.first_seq)
		at = &(*at)->next;
	return at;
}

static void adopt(struct segments *s, struct segment *g)
{
	struct segment **at = place_of(s, g);

	g->next = *at;
	*at = g;
	if (g->next == NULL)
		s->last = g;
	s->n++;
	s->bytes += g->bytes;
}

int segments_load(struct segments *s)
{
	uint64_t own = priv_spool_number(s->priv, 0);
	uint64_t *numbers = calloc(PRIV_SPOOL_LIST_MAX, sizeof(*numbers));
	struct segment *g;
	int n;

	if (numbers == NULL)
		return -ENOMEM;
	n = priv_spool_list(s->priv, numbers, PRIV_SPOOL_LIST_MAX);
	for (int i = 0; i < n; i++) {
		if ((numbers[i] & ~NUMBER_MASK) == own &&
		    (numbers[i] & NUMBER_MASK) >= s->next_number)
			s->next_number = (numbers[i] & NUMBER_MASK) + 1;
		g = look_at(s, numbers[i]);
		if (g != NULL)
			adopt(s, g);
	}
	free(numbers);
	return n < 0 ? n : 0;
}

void segments_clear(struct segments *s)
{
	struct segment *g;

	while ((g = s->first) != NULL) {
		s->first = g->next;
		segment_close(g);
		free(g);
	}
	s->last = NULL;
	s->n = 0;
}
