/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/reasm.h"

#include <stdlib.h>
#include <string.h>

/* Bytes [seq, seq + wire_len), of which the first len were captured. The
 * list of a stream is sorted and without overlap. */
struct reasm_segment {
	struct reasm_segment *next;
	uint32_t seq, len, wire_len;
	uint8_t data[];
};

/* RFC 9293 section 3.4: comparison modulo 2^32. */
static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static uint32_t end_of(const struct reasm_segment *s)
{
	return s->seq + s->wire_len;
}

static size_t cost(const struct reasm_segment *s)
{
	return sizeof(*s) + s->len;
}

static void pass_gap(struct reasm *r, uint32_t to, const struct reasm_out *out)
{
	uint32_t len = to - r->next;

	r->next = to;
	out->gap(out->arg, len);
}

/* Passes [from, to) of a segment on; from is where the stream stands. */
static void pass(struct reasm *r, uint32_t seq, const uint8_t *data,
    uint32_t len, uint32_t to, const struct reasm_out *out)
{
	uint32_t skip = r->next - seq, want = to - r->next;
	uint32_t have = skip < len ? len - skip : 0;

	if (have > want)
		have = want;
	r->next += have;
	if (have > 0)
		out->data(out->arg, data + skip, have);
	if (have < want)
		pass_gap(r, to, out);
}

static void drop_head(struct reasm *r, struct reasm_budget *b)
{
	struct reasm_segment *s = r->head;

	r->head = s->next;
	if (r->head == NULL)
		r->tail = NULL;
	r->buffered -= (uint32_t)cost(s);
	b->used -= cost(s);
	free(s);
}

/* Passes on what waits and is not behind a hole any more. */
static void drain(
    struct reasm *r, struct reasm_budget *b, const struct reasm_out *out)
{
	while (r->head != NULL && !before(r->next, r->head->seq)) {
		struct reasm_segment *s = r->head;

		if (before(r->next, end_of(s)))
			pass(r, s->seq, s->data, s->len, end_of(s), out);
		drop_head(r, b);
	}
}

void reasm_start(struct reasm *r, uint32_t seq)
{
	r->started = true;
	r->next = seq;
}

static bool has_room(
    const struct reasm *r, const struct reasm_budget *b, size_t need)
{
	return r->buffered + need <= b->stream_bytes &&
	       b->used + need <= b->total_bytes;
}

/* Links a copy of [from, to) behind prev (NULL: first). */
static struct reasm_segment *keep(struct reasm *r, struct reasm_budget *b,
    struct reasm_segment *prev, const uint8_t *data, uint32_t len,
    uint32_t from, uint32_t to)
{
	uint32_t have = len < to - from ? len : to - from;
	struct reasm_segment *s = malloc(sizeof(*s) + have);

	if (s == NULL) {
		counter_add(b->counters, COUNTER_NO_MEMORY, 1);
		return prev;
	}
	s->seq = from;
	s->len = have;
	s->wire_len = to - from;
	if (have > 0)
		memcpy(s->data, data, have);
	s->next = prev != NULL ? prev->next : r->head;
	if (prev != NULL)
		prev->next = s;
	else
		r->head = s;
	if (s->next == NULL)
		r->tail = s;
	r->buffered += (uint32_t)cost(s);
	b->used += cost(s);
	return s;
}

/* Bytes [from, to) came once more: the first ones win. */
static void overlaps(struct reasm_budget *b, const struct reasm_segment *s,
    uint32_t seq, const uint8_t *data, uint32_t len, uint32_t from, uint32_t to)
{
	uint32_t n = to - from, at = from - seq, was = from - s->seq;

	counter_add(b->counters, COUNTER_TCP_OVERLAP_BYTES, n);
	/* What was not captured cannot be compared. */
	if (at >= len || was >= s->len)
		return;
	if (n > len - at)
		n = len - at;
	if (n > s->len - was)
		n = s->len - was;
	if (memcmp(data + at, s->data + was, n) != 0)
		counter_add(b->counters, COUNTER_TCP_OVERLAP_DIFFERENT, 1);
}

/* Keeps those parts of a segment that do not wait yet. */
static void keep_new(struct reasm *r, struct reasm_budget *b, uint32_t seq,
    const uint8_t *data, uint32_t len, uint32_t wire_len)
{
	uint32_t cur = seq, end = seq + wire_len;
	struct reasm_segment *prev = NULL, *s = r->head;

	if (r->tail != NULL && !before(seq, end_of(r->tail))) {
		prev = r->tail;
		s = NULL;
	}
	while (before(cur, end)) {
		uint32_t to = end, skip = cur - seq;

		if (s != NULL && !before(cur, s->seq)) {
			if (before(cur, end_of(s))) {
				to = before(end, end_of(s)) ? end : end_of(s);
				overlaps(b, s, seq, data, len, cur, to);
				cur = to;
			}
			prev = s;
			s = s->next;
			continue;
		}
		if (s != NULL && before(s->seq, end))
			to = s->seq;
		prev = keep(r, b, prev, skip < len ? data + skip : NULL,
		    skip < len ? len - skip : 0, cur, to);
		cur = to;
	}
}

/* A segment that begins where the stream stands or before. What waits came
 * first and wins. */
static void pass_through(struct reasm *r, struct reasm_budget *b, uint32_t seq,
    const uint8_t *data, uint32_t len, uint32_t end,
    const struct reasm_out *out)
{
	if (before(seq, r->next))
		counter_add(
		    b->counters, COUNTER_TCP_OVERLAP_BYTES, r->next - seq);
	while (before(r->next, end)) {
		uint32_t to = end;

		if (r->head != NULL && before(r->head->seq, end))
			to = r->head->seq;
		pass(r, seq, data, len, to, out);
		if (to != end)
			overlaps(b, r->head, seq, data, len, to,
			    before(end, end_of(r->head)) ? end
							 : end_of(r->head));
		drain(r, b, out);
	}
	drain(r, b, out);
}

/* Behind the window: taken only when a second one follows it. */
static bool is_far(
    struct reasm *r, struct reasm_budget *b, uint32_t seq, uint32_t wire_len)
{
	if (seq - r->next <= REASM_WINDOW)
		return false;
	if (r->far && seq == r->far_next)
		return false;
	r->far = true;
	r->far_next = seq + wire_len;
	counter_add(b->counters, COUNTER_TCP_OUT_OF_WINDOW, 1);
	return true;
}

/* Gives holes up, the oldest first, until need bytes may wait. */
static void make_room(struct reasm *r, struct reasm_budget *b, uint32_t seq,
    size_t need, const struct reasm_out *out)
{
	if (!has_room(r, b, need))
		counter_add(b->counters, COUNTER_TCP_OVER_BUDGET, 1);
	while (!has_room(r, b, need) && before(r->next, seq)) {
		uint32_t to = seq;

		if (r->head != NULL && before(r->head->seq, seq))
			to = r->head->seq;
		pass_gap(r, to, out);
		drain(r, b, out);
	}
}

void reasm_segment(struct reasm *r, struct reasm_budget *b, uint32_t seq,
    const uint8_t *data, uint32_t len, uint32_t wire_len,
    const struct reasm_out *out)
{
	uint32_t end = seq + wire_len;

	if (!r->started)
		reasm_start(r, seq);
	if (wire_len == 0)
		return;
	if (!before(r->next, end)) {
		if (r->next - end > REASM_WINDOW && is_far(r, b, seq, wire_len))
			return;
		counter_add(b->counters, COUNTER_TCP_RETRANSMITTED, 1);
		return;
	}
	if (before(r->next, seq)) {
		if (is_far(r, b, seq, wire_len))
			return;
		counter_add(b->counters, COUNTER_TCP_OUT_OF_ORDER, 1);
		if (seq - r->next > REASM_WINDOW)
			pass_gap(r, seq, out);
		make_room(r, b, seq, sizeof(struct reasm_segment) + len, out);
	}
	r->far = false;
	if (before(r->next, seq))
		keep_new(r, b, seq, data, len, wire_len);
	else if (before(r->next, end))
		pass_through(r, b, seq, data, len, end, out);
}

void reasm_acked(struct reasm *r, struct reasm_budget *b, uint32_t ack,
    const struct reasm_out *out)
{
	/* A FIN takes one number that is no byte. */
	if (r->fin && ack == r->fin_seq + 1)
		ack = r->fin_seq;
	if (!r->started || ack - r->next > REASM_WINDOW)
		return;
	while (before(r->next, ack)) {
		uint32_t to = ack;

		if (r->head != NULL && before(r->head->seq, ack))
			to = r->head->seq;
		if (to != r->next)
			pass_gap(r, to, out);
		drain(r, b, out);
	}
}

void reasm_fin(struct reasm *r, uint32_t seq)
{
	if (r->fin || !r->started || seq - r->next > REASM_WINDOW)
		return;
	r->fin = true;
	r->fin_seq = seq;
}

bool reasm_is_complete(const struct reasm *r)
{
	return r->fin && !before(r->next, r->fin_seq);
}

void reasm_flush(
    struct reasm *r, struct reasm_budget *b, const struct reasm_out *out)
{
	while (r->head != NULL) {
		if (before(r->next, r->head->seq))
			pass_gap(r, r->head->seq, out);
		drain(r, b, out);
	}
	if (r->fin && before(r->next, r->fin_seq))
		pass_gap(r, r->fin_seq, out);
}

void reasm_reset(struct reasm *r, struct reasm_budget *b)
{
	while (r->head != NULL)
		drop_head(r, b);
}
