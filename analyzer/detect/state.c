/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/state.h"

#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 1024 /* the longest that is moved in one */

int state_begin(struct state *s, bool load,
    int (*move)(void *arg, uint8_t *bytes, size_t *len), void *arg)
{
	memset(s, 0, sizeof(*s));
	s->load = load;
	s->form = STATE_FORM;
	s->move = move;
	s->arg = arg;
	/* A piece behind what is left of the one before. */
	s->cap = STATE_PIECE + 2 * VALUE_MAX;
	s->bytes = malloc(s->cap);
	return s->bytes ? 0 : -1;
}

void state_fail(struct state *s, const char *why)
{
	if (!s->failed)
		s->failed = why;
}

static void flush(struct state *s)
{
	size_t len = s->at;

	if (len == 0 || s->failed)
		return;
	if (s->move(s->arg, s->bytes, &len) != 0)
		state_fail(s, "it cannot be written");
	s->at = 0;
}

/* So many bytes are there, or it has failed. */
static bool fill(struct state *s, size_t need)
{
	size_t left = s->len - s->at, len;

	if (s->failed)
		return false;
	if (left >= need)
		return true;
	memmove(s->bytes, s->bytes + s->at, left);
	s->at = 0;
	s->len = left;
	while (s->len < need) {
		len = s->cap - s->len;
		if (s->move(s->arg, s->bytes + s->len, &len) != 0) {
			state_fail(s, "it cannot be read");
			return false;
		}
		if (len == 0) {
			state_fail(s, "it ends too early");
			return false;
		}
		s->len += len;
	}
	return true;
}

int state_end(struct state *s)
{
	size_t len = s->cap;

	if (!s->load)
		flush(s);
	else if (!s->failed &&
		 (s->at != s->len || s->move(s->arg, s->bytes, &len) != 0 ||
		     len != 0))
		state_fail(s, "more follows than it should hold");
	free(s->bytes);
	s->bytes = NULL;
	return s->failed ? -1 : 0;
}

void state_raw(struct state *s, void *bytes, size_t len)
{
	if (len > VALUE_MAX) {
		state_fail(s, "a value is too long");
		return;
	}
	if (s->load) {
		if (!fill(s, len)) {
			memset(bytes, 0, len);
			return;
		}
		memcpy(bytes, s->bytes + s->at, len);
		s->at += len;
		return;
	}
	memcpy(s->bytes + s->at, bytes, len);
	s->at += len;
	if (s->at >= STATE_PIECE)
		flush(s);
}

static uint64_t zigzag(int64_t v)
{
	return ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);
}

static int64_t unzigzag(uint64_t u)
{
	return (int64_t)((u >> 1) ^ (u & 1 ? UINT64_MAX : 0));
}

void state_number(struct state *s, int64_t *v)
{
	uint8_t b[10];
	uint64_t u = zigzag(*v);
	size_t n = 0;

	if (!s->load) {
		while (u > 0x7f) {
			b[n++] = (uint8_t)(u | 0x80);
			u >>= 7;
		}
		b[n++] = (uint8_t)u;
		state_raw(s, b, n);
		return;
	}
	u = 0;
	do {
		if (n == sizeof(b)) {
			state_fail(s, "a number is too long");
			break;
		}
		state_raw(s, &b[n], 1);
		u |= (uint64_t)(b[n] & 0x7f) << (7 * n);
	} while (b[n++] & 0x80);
	*v = s->failed ? 0 : unzigzag(u);
}

void state_key(struct state *s, uint64_t *v)
{
	uint8_t b[8];

	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)(*v >> (8 * i));
	state_raw(s, b, sizeof(b));
	if (!s->load)
		return;
	*v = 0;
	for (int i = 0; i < 8; i++)
		*v |= (uint64_t)b[i] << (8 * i);
}

void state_text(struct state *s, char *text, size_t size)
{
	int64_t len = s->load ? 0 : (int64_t)strnlen(text, size);

	state_number(s, &len);
	if (s->failed)
		return;
	if (len < 0 || (size_t)len >= size) {
		state_fail(s, "a text is too long");
		return;
	}
	state_raw(s, text, (size_t)len);
	if (s->load)
		text[len] = '\0';
}

uint32_t state_count(struct state *s, uint32_t n, uint32_t max)
{
	int64_t v = n;

	state_number(s, &v);
	if (s->failed)
		return 0;
	if (v < 0 || v > max) {
		state_fail(s, "there is more of something than can be");
		return 0;
	}
	return (uint32_t)v;
}

/* The largest set that anything keeps, and some. */
#define KEYSET_MAX 65536

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* In order: equal sets give equal bytes, however they came to be. */
static void save_keys(struct state *s, const struct keyset *k)
{
	uint64_t *v = malloc((k->n + 1) * sizeof(*v));
	uint32_t n = 0;

	if (!v) {
		state_fail(s, "out of memory");
		return;
	}
	for (uint32_t i = 0; i < k->cap && n < k->n; i++)
		if (k->slots[i] != 0)
			v[n++] = k->slots[i];
	qsort(v, n, sizeof(*v), by_value);
	for (uint32_t i = 0; i < n; i++)
		state_key(s, &v[i]);
	free(v);
}

void state_keyset(struct state *s, struct keyset *k)
{
	uint32_t n = state_count(s, k->n, KEYSET_MAX);
	uint64_t key = 0;

	if (!s->load)
		save_keys(s, k);
	for (uint32_t i = 0; s->load && i < n && !s->failed; i++) {
		state_key(s, &key);
		if (keyset_add(k, key, KEYSET_MAX) != 1)
			state_fail(s, "a set holds a key twice");
	}
}

void *state_room(struct state *s, uint32_t n, size_t size)
{
	void *v = calloc(n > 0 ? n : 1, size);

	if (!v)
		state_fail(s, "out of memory");
	return v;
}
