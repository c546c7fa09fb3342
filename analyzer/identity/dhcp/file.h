/* SPDX-License-Identifier: Apache-2.0 */
/* A file that tells of leases, line by line, as events for the book of
 * leases. One address is one session of the source "dhcp". */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/lease_event.h"
#include "base/lease_source.h"

enum lease_file_count {
	LEASE_FILE_LINES,
	LEASE_FILE_EVENTS,
	LEASE_FILE_BAD,      /* lines, declarations */
	LEASE_FILE_NAMELESS, /* held, and the customer's field is not there */
	LEASE_FILE_COUNTS
};
/* "lease_file_lines" */
const char *lease_file_count_name(enum lease_file_count c);

struct lease_file;
struct lease_file_owner {
	/* expires_us: it may end then without a word; INT64_MAX: no. Not 0:
	 * take no more. */
	int (*event)(
	    void *arg, const struct lease_event *e, int64_t expires_us);
	/* Why a line was bad; NULL is legal. */
	void (*bad)(void *arg, const char *why);
	void *arg;
};

/* Borrows the source. NULL: no memory. */
struct lease_file *lease_file_new(
    const struct lease_source *s, struct lease_file_owner owner);
void lease_file_free(struct lease_file *f);
/* len: without the line's end. 0, or what event() returned. */
int lease_file_line(struct lease_file *f, const char *line, size_t len);
/* Whoever begins to read behind the last line misses nothing. */
bool lease_file_is_between(const struct lease_file *f);
int64_t lease_file_count(const struct lease_file *f, enum lease_file_count c);
