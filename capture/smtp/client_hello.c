/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/client_hello.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/smtp/path.h"

#define RECORD_HEAD    5
#define HANDSHAKE      22
#define CLIENT_HELLO   1
#define RECORD_MAX     (16384 + 2048)
#define FIRST_BYTES    512
#define EXT_SNI        0
#define EXT_VERSIONS   43
#define TLS_FIRST      0x0300
#define TLS_LAST       0x0304
#define HANDSHAKE_HEAD 4

struct client_hello_reader {
	uint8_t head[RECORD_HEAD];
	uint8_t head_len;
	uint16_t record_left;
	uint16_t len, capacity;
	uint8_t *body; /* handshake octets, record headers taken out */
};

struct client_hello_reader *client_hello_new(void)
{
	return calloc(1, sizeof(struct client_hello_reader));
}

void client_hello_free(struct client_hello_reader *r)
{
	if (r == NULL)
		return;
	free(r->body);
	free(r);
}

size_t client_hello_bytes(const struct client_hello_reader *r)
{
	return r != NULL ? sizeof(*r) + r->capacity : 0;
}

static bool begin_record(struct client_hello_reader *r)
{
	const uint8_t *h = r->head;

	r->head_len = 0;
	r->record_left = (uint16_t)(h[3] << 8 | h[4]);
	return h[0] == HANDSHAKE && h[1] == 3 && h[2] <= 4 &&
	       r->record_left > 0 && r->record_left <= RECORD_MAX;
}

static bool keep(struct client_hello_reader *r, const uint8_t *data, size_t len)
{
	size_t capacity = r->capacity > 0 ? r->capacity : FIRST_BYTES;
	uint8_t *body;

	if (len > CLIENT_HELLO_MAX - (size_t)r->len)
		len = CLIENT_HELLO_MAX - (size_t)r->len;
	while (capacity < r->len + len)
		capacity *= 2;
	if (capacity > r->capacity) {
		body = realloc(r->body, capacity);
		if (body == NULL)
			return false;
		r->body = body;
		r->capacity = (uint16_t)capacity;
	}
	memcpy(r->body + r->len, data, len);
	r->len += (uint16_t)len;
	return true;
}

/* server_name_list: the only type that exists is host_name, 0. */
static void read_sni(struct cursor *c, struct client_hello *out)
{
	uint16_t len;
	const uint8_t *name;

	cursor_skip(c, 2);
	if (cursor_u8(c) != 0)
		return;
	len = cursor_be16(c);
	name = cursor_bytes(c, len);
	if (name != NULL)
		(void)smtp_domain_copy(out->sni, (const char *)name, len);
}

/* GREASE values (RFC 8701) and drafts are none of ours. */
static bool is_version(uint16_t v)
{
	return v >= TLS_FIRST && v <= TLS_LAST;
}

static uint16_t read_versions(struct cursor *c)
{
	uint16_t highest = 0, v;

	for (uint8_t left = cursor_u8(c); left >= 2; left -= 2) {
		v = cursor_be16(c);
		if (is_version(v) && v > highest)
			highest = v;
	}
	return highest;
}

static void parse(const uint8_t *body, size_t len, struct client_hello *out)
{
	struct cursor c, ext;
	uint16_t type, n, highest, legacy;
	const uint8_t *p;

	*out = (struct client_hello){0};
	cursor_init(&c, body, len);
	cursor_skip(&c, HANDSHAKE_HEAD);
	legacy = cursor_be16(&c);
	cursor_skip(&c, 32);
	cursor_skip(&c, cursor_u8(&c));
	cursor_skip(&c, cursor_be16(&c));
	cursor_skip(&c, cursor_u8(&c));
	if (c.error)
		return;
	if (is_version(legacy))
		out->version = legacy;
	cursor_skip(&c, 2);
	while (cursor_left(&c) >= 4) {
		type = cursor_be16(&c);
		n = cursor_be16(&c);
		p = cursor_bytes(&c, n);
		if (p == NULL)
			return;
		cursor_init(&ext, p, n);
		if (type == EXT_SNI && out->sni[0] == '\0')
			read_sni(&ext, out);
		highest = type == EXT_VERSIONS ? read_versions(&ext) : 0;
		if (highest != 0)
			out->version = highest;
	}
}

/* As much as is read of it is there. */
static bool is_whole(const struct client_hello_reader *r)
{
	const uint8_t *b = r->body;

	if (r->len < HANDSHAKE_HEAD)
		return false;
	return r->len == CLIENT_HELLO_MAX ||
	       r->len - HANDSHAKE_HEAD >= (b[1] << 16 | b[2] << 8 | b[3]);
}

enum client_hello_status client_hello_feed(struct client_hello_reader *r,
    const uint8_t *data, size_t len, struct client_hello *out)
{
	size_t i = 0, n;

	while (i < len) {
		if (r->record_left == 0) {
			r->head[r->head_len++] = data[i++];
			if (r->head_len == RECORD_HEAD && !begin_record(r))
				return CLIENT_HELLO_NONE;
			continue;
		}
		n = len - i < r->record_left ? len - i : r->record_left;
		if (!keep(r, data + i, n) || r->body[0] != CLIENT_HELLO)
			return CLIENT_HELLO_NONE;
		r->record_left -= (uint16_t)n;
		i += n;
		if (!is_whole(r))
			continue;
		n = (size_t)(r->body[1] << 16 | r->body[2] << 8 | r->body[3]);
		n += HANDSHAKE_HEAD;
		parse(r->body, n < r->len ? n : r->len, out);
		return CLIENT_HELLO_DONE;
	}
	return CLIENT_HELLO_MORE;
}
