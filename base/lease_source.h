/* SPDX-License-Identifier: Apache-2.0 */
/* A file that tells of leases: how it is written, and which of its fields is
 * the customer. */
#pragma once

#include <stddef.h>

enum lease_format {
	LEASE_FORMAT_LINES,  /* our own line protocol */
	LEASE_FORMAT_KEA4,   /* Kea's memfile of DHCPv4 */
	LEASE_FORMAT_KEA6,   /* of DHCPv6, delegated prefixes too */
	LEASE_FORMAT_DHCPD,  /* ISC dhcpd.leases */
	LEASE_FORMAT_DHCPD6, /* ISC dhcpd6.leases */
	LEASE_FORMATS
};

/* NULL: there is no such one. */
const char *lease_format_name(enum lease_format f);
/* -1: no format. */
int lease_format_parse(const char *text);

#define LEASE_FIELD_LEN 64
struct lease_source {
	enum lease_format format;
	char field[LEASE_FIELD_LEN]; /* "": lines name their customer */
	const char *path;            /* borrowed from the text */
};

/* Whether the format has such a field: "remote-id", "context:NAME". 0, or -1
 * with why, which names those that there are. */
int lease_field_check(
    enum lease_format f, const char *field, char *why, size_t size);
/* "lines PATH" or "FORMAT FIELD PATH". 0, or -1 with why. */
int lease_source_parse(
    struct lease_source *s, const char *text, char *why, size_t size);
