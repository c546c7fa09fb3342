/* SPDX-License-Identifier: Apache-2.0 */
/* RADIUS packets (RFC 2865, 2866) as foreign bytes: header and attributes.
 * No allocation; what is read points into the packet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"

#define RADIUS_HEADER_BYTES 20
#define RADIUS_PACKET_MAX   4096 /* RFC 2865 section 3 */
#define RADIUS_AUTH_BYTES   16

enum radius_code {
	RADIUS_ACCOUNTING_REQUEST = 4,
	RADIUS_ACCOUNTING_RESPONSE = 5,
	RADIUS_STATUS_SERVER = 12, /* RFC 5997 */
};

/* Only what is read here; 241 to 246 are the extended ones of RFC 6929. */
enum radius_type {
	RADIUS_USER_NAME = 1,
	RADIUS_NAS_IP_ADDRESS = 4,
	RADIUS_NAS_PORT = 5,
	RADIUS_FRAMED_IP_ADDRESS = 8,
	RADIUS_FRAMED_IP_NETMASK = 9,
	RADIUS_CLASS = 25,
	RADIUS_VENDOR_SPECIFIC = 26,
	RADIUS_NAS_IDENTIFIER = 32,
	RADIUS_PROXY_STATE = 33,
	RADIUS_ACCT_STATUS_TYPE = 40,
	RADIUS_ACCT_DELAY_TIME = 41,
	RADIUS_ACCT_SESSION_ID = 44,
	RADIUS_ACCT_MULTI_SESSION_ID = 50,
	RADIUS_EVENT_TIMESTAMP = 55,
	RADIUS_MESSAGE_AUTHENTICATOR = 80,
	RADIUS_NAS_PORT_ID = 87,
	RADIUS_CHARGEABLE_USER_IDENTITY = 89, /* RFC 4372 */
	RADIUS_NAS_IPV6_ADDRESS = 95,         /* RFC 3162 */
	RADIUS_FRAMED_INTERFACE_ID = 96,
	RADIUS_FRAMED_IPV6_PREFIX = 97,
	RADIUS_DELEGATED_IPV6_PREFIX = 123, /* RFC 4818 */
	RADIUS_FRAMED_IPV6_ADDRESS = 168,   /* RFC 6911 */
	RADIUS_EXTENDED_1 = 241,
};

struct radius_packet {
	uint8_t code, id;
	uint16_t length;            /* of the packet, without padding */
	const uint8_t *data;        /* from the header on; borrowed */
	const uint8_t *auth;        /* Request Authenticator, 16 bytes */
	const uint8_t *attributes;  /* length - 20 bytes */
	const uint8_t *message_mac; /* the value of the first
				     * Message-Authenticator; NULL: none */
};

enum radius_error {
	RADIUS_OK,
	RADIUS_SHORT,     /* no header, or fewer bytes than its Length */
	RADIUS_LENGTH,    /* Length below 20 or above 4096 */
	RADIUS_ATTRIBUTE, /* one ends outside, or is shorter than 2 bytes */
};

/* A datagram; what stands behind Length is padding. Every attribute has been
 * walked over once when it returns RADIUS_OK. */
enum radius_error radius_open(
    struct radius_packet *p, const void *data, size_t len);

struct radius_attr {
	uint32_t vendor; /* 0: none */
	uint8_t type;
	uint8_t len; /* of the value */
	const uint8_t *value;
};

/* One after the other, in order. Of a Vendor-Specific attribute come its
 * sub-attributes (RFC 2865 section 5.26), as far as its vendor keeps to that
 * form; the rest of one that does not is left out. */
struct radius_walk {
	struct cursor packet, vendor;
	uint32_t vendor_id;
	unsigned int odd; /* Vendor-Specific that were left out */
};
void radius_walk_init(struct radius_walk *w, const struct radius_packet *p);
bool radius_walk_next(struct radius_walk *w, struct radius_attr *a);

/* An integer of 4 bytes; false: another length. */
bool radius_u32(const struct radius_attr *a, uint32_t *v);
