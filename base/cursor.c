/* SPDX-License-Identifier: Apache-2.0 */
#include "base/cursor.h"

void cursor_init(struct cursor *c, const void *data, size_t len)
{
	c->p = data;
	c->end = data != NULL ? c->p + len : NULL;
	c->error = false;
}

size_t cursor_left(const struct cursor *c)
{
	return c->error ? 0 : (size_t)(c->end - c->p);
}

const uint8_t *cursor_bytes(struct cursor *c, size_t n)
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

uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 1);

	return p != NULL ? p[0] : 0;
}

uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 2);

	return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);

	return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			       (uint32_t)p[2] << 8 | p[3]
			 : 0;
}

uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_bytes(c, 4);

	return p != NULL ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
			       (uint32_t)p[1] << 8 | p[0]
			 : 0;
}

void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_bytes(c, n);
}
