/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that grow as they are filled. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 16

/* at points to the array's pointer, NULL at first, of cap elements of each
 * bytes. Room behind the n that it has; false: no memory, nothing changed. */
static inline bool room_for_one(void *at, size_t n, size_t *cap, size_t each)
{
	size_t more = *cap == 0 ? ROOM_FIRST : 2 * *cap;
	void *v;

	if (n < *cap)
		return true;
	memcpy(&v, at, sizeof(v));
	v = more > SIZE_MAX / each ? NULL : realloc(v, more * each);
	if (v == NULL)
		return false;
	memcpy(at, &v, sizeof(v));
	*cap = more;
	return true;
}

#define ROOM_FOR_ONE(v, n, cap) room_for_one(&(v), n, &(cap), sizeof(*(v)))
