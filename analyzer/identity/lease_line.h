/* SPDX-License-Identifier: Apache-2.0 */
/* The line protocol of leases: one event a line, in words or as a JSON object
 * (RFC 8259). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/lease_event.h"

/* With the NUL. A longer line is refused. */
#define LEASE_LINE_MAX 4096
#define LEASE_WHY_LEN  256
/* What a line without source= has for a source. */
#define LEASE_SOURCE_DESK "desk"

/* len: without the line's end. 1: an event; 0: an empty line or a comment; -1:
 * none, why names the field and says what to write. */
int lease_line_parse(struct lease_event *e, const char *line, size_t len,
    char why[static LEASE_WHY_LEN]);
/* The event in words, without a line's end; parsing it gives the event again.
 * Returns buf. */
const char *lease_line_format(
    const struct lease_event *e, char buf[static LEASE_LINE_MAX]);

/* "192.0.2.7", "2001:db8::/56", "203.0.113.7:1024-2047",
 * "[2001:db8::7]:1024-2047"; # serves for the : before the ports. 0, or -1
 * with what is wrong. */
int lease_target_parse(
    struct target *t, const char *text, char why[static LEASE_WHY_LEN]);
/* A session whose source gave it no name is called by its first target. */
void lease_name_session(struct lease_event *e);
