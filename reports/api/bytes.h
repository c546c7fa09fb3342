/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that are kept until there are enough of them, or until somebody
 * takes them. All zero: none. */
#pragma once

#include <stddef.h>

struct bytes {
	char *v; /* a text: a zero follows; NULL: none yet */
	size_t n;
};

/* 0; -1: there would be more than max, or there is no memory. */
int bytes_add(struct bytes *b, const char *data, size_t n, size_t max);
/* Moves up to max of the first ones to buf; how many. */
size_t bytes_take(struct bytes *b, char *buf, size_t max);
/* Frees what it holds. */
void bytes_clear(struct bytes *b);
