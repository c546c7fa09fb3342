/* SPDX-License-Identifier: Apache-2.0 */
/* Accounting-Requests made by hand, for the tests of RADIUS. */
#pragma once

#include <stdint.h>
#include <string.h>

#include "base/radius.h"

struct rpkt {
	uint8_t b[RADIUS_PACKET_MAX + 64];
	size_t n;
};

static inline void rpkt_set_length(struct rpkt *k)
{
	k->b[2] = (uint8_t)(k->n >> 8);
	k->b[3] = (uint8_t)k->n;
}

static inline void rpkt_begin(struct rpkt *k, unsigned int code)
{
	memset(k->b, 0, RADIUS_HEADER_BYTES);
	k->b[0] = (uint8_t)code;
	k->b[1] = 7;
	k->n = RADIUS_HEADER_BYTES;
	rpkt_set_length(k);
}

static inline void rpkt_attr(
    struct rpkt *k, unsigned int type, const void *v, size_t n)
{
	k->b[k->n++] = (uint8_t)type;
	k->b[k->n++] = (uint8_t)(n + 2);
	if (n > 0)
		memcpy(k->b + k->n, v, n);
	k->n += n;
	rpkt_set_length(k);
}

static inline void rpkt_text(struct rpkt *k, unsigned int type, const char *s)
{
	rpkt_attr(k, type, s, strlen(s));
}

static inline void rpkt_u32(struct rpkt *k, unsigned int type, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	rpkt_attr(k, type, b, 4);
}

/* One sub-attribute of a vendor. */
static inline void rpkt_vendor(
    struct rpkt *k, uint32_t vendor, unsigned int type, const void *v, size_t n)
{
	uint8_t b[255] = {(uint8_t)(vendor >> 24), (uint8_t)(vendor >> 16),
	    (uint8_t)(vendor >> 8), (uint8_t)vendor, (uint8_t)type,
	    (uint8_t)(n + 2)};

	memcpy(b + 6, v, n);
	rpkt_attr(k, RADIUS_VENDOR_SPECIFIC, b, n + 6);
}

static inline void rpkt_vendor_u32(
    struct rpkt *k, uint32_t vendor, unsigned int type, uint32_t v)
{
	uint8_t b[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16),
	    (uint8_t)(v >> 8), (uint8_t)v};

	rpkt_vendor(k, vendor, type, b, 4);
}

/* Reserved, length, bytes. */
static inline void rpkt_prefix(struct rpkt *k, unsigned int type,
    unsigned int length, const uint8_t *v, size_t n)
{
	uint8_t b[32] = {0, (uint8_t)length};

	memcpy(b + 2, v, n);
	rpkt_attr(k, type, b, n + 2);
}

/* Start, s1, cust-1, NAS 192.0.2.1; no address yet. */
static inline void rpkt_start(struct rpkt *k, uint32_t status)
{
	rpkt_begin(k, RADIUS_ACCOUNTING_REQUEST);
	rpkt_u32(k, RADIUS_ACCT_STATUS_TYPE, status);
	rpkt_text(k, RADIUS_ACCT_SESSION_ID, "s1");
	rpkt_text(k, RADIUS_USER_NAME, "cust-1");
	rpkt_u32(k, RADIUS_NAS_IP_ADDRESS, 0xc0000201);
}
