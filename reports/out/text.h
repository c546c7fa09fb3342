/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign text made safe for a terminal, and numbers for people. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Copies s; control characters (C0, C1, DEL), marks that turn the direction
 * of text and bytes that are no UTF-8 become "\xNN" for each byte. Cut at a
 * whole character. Returns buf. */
const char *text_safe(const char *s, char *buf, size_t size);
/* malloc'd text_safe() of all of s; NULL: no memory. */
char *text_safe_dup(const char *s);
/* "1,234". Returns buf. */
const char *text_grouped(int64_t n, char buf[static 32]);
/* "-1.865" for -1865. Returns buf. */
const char *text_milli(int64_t milli, char buf[static 32]);
