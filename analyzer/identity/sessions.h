/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that hold leases, and those that ended not long ago: what comes
 * late must not open them again. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sessions;

struct session {
	uint64_t key;
	int64_t since_us, seen_us;
	uint32_t first; /* of its leases: the book's */
	uint32_t nas, next_of_nas, prev_of_nas;
	uint32_t older, newer; /* in the order of being seen */
	bool lasting; /* of a source that does not refresh; in no order */
};
/* One that ended; since and ended are the same while its beginning was not
 * told. */
struct grave {
	int64_t since_us, ended_us;
};
/* The oldest make room; then a message that comes that late is believed. */
#define GRAVES_MAX 131072

struct sessions *sessions_new(void);
void sessions_free(struct sessions *s);
/* A session's name is unique within its NAS; both with their source. */
uint64_t sessions_key(const struct sessions *s, const char *source,
    const char *nas, const char *session);
/* 0: there is none. */
uint32_t sessions_find(const struct sessions *s, uint64_t key);
struct session *sessions_at(const struct sessions *s, uint32_t n);
/* Must not be there. It leaves its grave. 0: no memory. */
uint32_t sessions_open(struct sessions *s, uint64_t key, const char *source,
    const char *nas, int64_t at_us);
/* Held still at that time. */
void sessions_seen(struct sessions *s, uint32_t n, int64_t at_us);
/* Ends it: n is gone, and a grave is there. */
void sessions_close(struct sessions *s, uint32_t n, int64_t at_us);
/* NULL: none. Borrowed until the next call. */
const struct grave *sessions_grave(const struct sessions *s, uint64_t key);
/* In place of the grave that there is. */
void sessions_bury(struct sessions *s, uint64_t key, const struct grave *g);
/* The last reboot of a NAS; INT64_MIN: none is known. */
int64_t sessions_reset_us(
    const struct sessions *s, const char *source, const char *nas);
int sessions_note_reset(
    struct sessions *s, const char *source, const char *nas, int64_t at_us);
/* First session of a NAS, then by next_of_nas; 0: none. */
uint32_t sessions_of_nas(
    const struct sessions *s, const char *source, const char *nas);
/* The one that was seen least recently, of the source whose sessions are told
 * of again and again (Interim-Update); 0: there is none. */
#define SESSIONS_REFRESHED "radius"
uint32_t sessions_oldest(const struct sessions *s);
size_t sessions_count(const struct sessions *s);
size_t sessions_bytes(const struct sessions *s);
