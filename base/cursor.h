/* SPDX-License-Identifier: Apache-2.0 */
/* Checked reads over foreign bytes. A read past the end sets a sticky error
 * and returns 0, so that a header is read whole and tested once. Inline: a
 * packet takes some thirty of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *p, *end;
	bool error;
};

static inline void cursor_init(struct cursor *c, const void *data, size_t len)
{
	c->p = data;
	c->end = data != NULL ? c->p + len : NULL;
	c->error = false;
}

static inline size_t cursor_left(const struct cursor *c)
{
	return c->error ? 0 : (size_t)(c->end - c->p);
}

/* Borrowed pointer to n bytes, or NULL with the error set. */
static inline const uint8_t *cursor_bytes(struct cursor *c, size_t n)
{
	static const uint8_t nothing;
	const uint8_t *p = c->p;

	if (n > cursor_left(c)) {
		c->error = true;
		return NULL;
	}
	if (c->error)
		return NULL;
	if (n == 0)
		return p != NULL ? p : &nothing;
	c->p += n;
	return p;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 1);

	return p != NULL ? p[0] : 0;
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 2);

	return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);

	return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			       (uint32_t)p[2] << 8 | p[3]
			 : 0;
}

/* Little endian, for BSD null/loop and pcap structures. */
static inline uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);

	return p != NULL ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
			       (uint32_t)p[1] << 8 | p[0]
			 : 0;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}
