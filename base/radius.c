/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius.h"

/* A broken attribute makes the whole packet one that is not believed: RFC
 * 2865 section 5 leaves open where the next one would begin. */
static bool check_attributes(struct radius_packet *p)
{
	struct cursor c;

	cursor_init(&c, p->attributes, p->length - RADIUS_HEADER_BYTES);
	while (cursor_left(&c) > 0) {
		uint8_t type = cursor_u8(&c), len = cursor_u8(&c);
		const uint8_t *value;

		if (len < 2)
			return false;
		value = cursor_bytes(&c, (size_t)len - 2);
		if (value == NULL)
			return false;
		if (type != RADIUS_MESSAGE_AUTHENTICATOR)
			continue;
		if (len != 2 + RADIUS_AUTH_BYTES)
			return false;
		if (p->message_mac == NULL)
			p->message_mac = value;
	}
	return !c.error;
}

enum radius_error radius_open(
    struct radius_packet *p, const void *data, size_t len)
{
	struct cursor c;

	p->message_mac = NULL;
	p->data = data;
	cursor_init(&c, data, len);
	p->code = cursor_u8(&c);
	p->id = cursor_u8(&c);
	p->length = cursor_be16(&c);
	p->auth = cursor_bytes(&c, RADIUS_AUTH_BYTES);
	if (c.error)
		return RADIUS_SHORT;
	if (p->length < RADIUS_HEADER_BYTES || p->length > RADIUS_PACKET_MAX)
		return RADIUS_LENGTH;
	if (p->length > len)
		return RADIUS_SHORT;
	p->attributes = c.p;
	return check_attributes(p) ? RADIUS_OK : RADIUS_ATTRIBUTE;
}

void radius_walk_init(struct radius_walk *w, const struct radius_packet *p)
{
	cursor_init(&w->packet, p->attributes, p->length - RADIUS_HEADER_BYTES);
	cursor_init(&w->vendor, p->attributes, 0);
	w->vendor_id = 0;
	w->odd = 0;
}

/* Type, length that counts both, value. */
static bool next(struct cursor *c, struct radius_attr *a)
{
	uint8_t len;

	if (cursor_left(c) == 0)
		return false;
	a->type = cursor_u8(c);
	len = cursor_u8(c);
	if (len < 2) {
		c->error = true;
		return false;
	}
	a->len = (uint8_t)(len - 2);
	a->value = cursor_bytes(c, a->len);
	return a->value != NULL;
}

bool radius_walk_next(struct radius_walk *w, struct radius_attr *a)
{
	for (;;) {
		a->vendor = w->vendor_id;
		if (next(&w->vendor, a))
			return true;
		w->odd += w->vendor.error;
		cursor_init(&w->vendor, w->packet.p, 0);
		a->vendor = 0;
		if (!next(&w->packet, a))
			return false;
		if (a->type != RADIUS_VENDOR_SPECIFIC)
			return true;
		cursor_init(&w->vendor, a->value, a->len);
		w->vendor_id = cursor_be32(&w->vendor);
	}
}

bool radius_u32(const struct radius_attr *a, uint32_t *v)
{
	struct cursor c;

	cursor_init(&c, a->value, a->len);
	*v = cursor_be32(&c);
	return a->len == 4;
}
