/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a TLS ClientHello for tests. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct hello_spec {
	uint16_t legacy;         /* legacy_version */
	const uint16_t *offered; /* supported_versions */
	size_t n_offered;        /* 0: no such extension */
	const char *name;        /* NULL: no server_name */
	size_t padding;          /* octets of another extension, first */
	size_t record;           /* at most so many octets in a record */
};

static inline void hello_be16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline size_t hello_extensions(uint8_t *p, const struct hello_spec *spec)
{
	size_t n = 0, len = spec->name != NULL ? strlen(spec->name) : 0;

	/* GREASE (RFC 8701), and padding. */
	hello_be16(p + n, 0x2a2a);
	hello_be16(p + n + 2, spec->padding);
	memset(p + n + 4, 0, spec->padding);
	n += 4 + spec->padding;
	if (spec->name != NULL) {
		hello_be16(p + n, 0);
		hello_be16(p + n + 2, len + 5);
		hello_be16(p + n + 4, len + 3);
		p[n + 6] = 0;
		hello_be16(p + n + 7, len);
		memcpy(p + n + 9, spec->name, len);
		n += 9 + len;
	}
	if (spec->n_offered > 0) {
		hello_be16(p + n, 43);
		hello_be16(p + n + 2, 1 + 2 * spec->n_offered);
		p[n + 4] = (uint8_t)(2 * spec->n_offered);
		for (size_t i = 0; i < spec->n_offered; i++)
			hello_be16(p + n + 5 + 2 * i, spec->offered[i]);
		n += 5 + 2 * spec->n_offered;
	}
	return n;
}

/* The handshake message, without records. */
static inline size_t hello_body(uint8_t *p, const struct hello_spec *spec)
{
	size_t n = 4, ext;

	hello_be16(p + n, spec->legacy);
	memset(p + n + 2, 0x0a, 32); /* random: newlines, to be nasty */
	n += 34;
	p[n++] = 4; /* session id */
	memset(p + n, 7, 4);
	n += 4;
	hello_be16(p + n, 4); /* cipher suites */
	hello_be16(p + n + 2, 0x1301);
	hello_be16(p + n + 4, 0x0a0a);
	n += 6;
	p[n++] = 1; /* compression */
	p[n++] = 0;
	ext = hello_extensions(p + n + 2, spec);
	hello_be16(p + n, ext);
	n += 2 + ext;
	p[0] = 1;
	p[1] = 0;
	hello_be16(p + 2, n - 4);
	return n;
}

static inline size_t hello_make(uint8_t *out, const struct hello_spec *spec)
{
	static uint8_t body[20000];
	size_t len = hello_body(body, spec), n = 0, k;

	for (size_t i = 0; i < len; i += k) {
		k = spec->record != 0 && spec->record < len - i ? spec->record
								: len - i;
		out[n] = 0x16;
		hello_be16(out + n + 1, 0x0301);
		hello_be16(out + n + 3, k);
		memcpy(out + n + 5, body + i, k);
		n += 5 + k;
	}
	return n;
}
