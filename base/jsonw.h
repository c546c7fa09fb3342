/* SPDX-License-Identifier: Apache-2.0 */
/* Streaming JSON writer (RFC 8259); libjansson, which reads, has json_*.
 * Foreign strings are escaped; bytes that are no UTF-8 become U+FFFD. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Writes to a FILE, or to memory when out is NULL. */
struct jsonw {
	FILE *out;
	char *mem;
	size_t len, cap;
	int depth;
	bool comma[32];
	bool after_key;
	bool failed;
};

/* out may be NULL: then jsonw_take() gives the text. */
void jsonw_init(struct jsonw *j, FILE *out);
void jsonw_free(struct jsonw *j);
/* NUL-terminated text since the last take; owned by j until the next
 * write; NULL when memory ran out. Resets the writer. */
const char *jsonw_take(struct jsonw *j);

void jsonw_object_begin(struct jsonw *j);
void jsonw_object_end(struct jsonw *j);
void jsonw_array_begin(struct jsonw *j);
void jsonw_array_end(struct jsonw *j);
void jsonw_key(struct jsonw *j, const char *key);
/* NULL gives null. */
void jsonw_string(struct jsonw *j, const char *s);
void jsonw_stringn(struct jsonw *j, const char *s, size_t len);
void jsonw_int(struct jsonw *j, int64_t v);
void jsonw_uint(struct jsonw *j, uint64_t v);
void jsonw_bool(struct jsonw *j, bool v);
void jsonw_null(struct jsonw *j);
void jsonw_hex(struct jsonw *j, const void *p, size_t len);
/* Text that is valid JSON already (from our own store). */
void jsonw_raw(struct jsonw *j, const char *text);
/* Key and value in one call. */
void jsonw_kstring(struct jsonw *j, const char *key, const char *s);
void jsonw_kint(struct jsonw *j, const char *key, int64_t v);
void jsonw_kuint(struct jsonw *j, const char *key, uint64_t v);
void jsonw_kbool(struct jsonw *j, const char *key, bool v);
/* RFC 3339, or null when ts_us is 0. */
void jsonw_ktime(struct jsonw *j, const char *key, int64_t ts_us);
void jsonw_newline(struct jsonw *j);
