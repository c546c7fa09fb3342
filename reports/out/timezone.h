/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones by what a configuration calls them: "local" (TZ), "utc", an
 * offset such as "+09:00", or a name of the time zone database such as
 * Asia/Tokyo. */
#pragma once

#include <stdbool.h>

#define TIMEZONE_NAME_BYTES 65

/* Whether there is such a zone. */
bool timezone_exists(const char *zone);

/* libc knows one zone at a time, that of TZ: between the two calls it is
 * this one, which exists. */
struct timezone_scope {
	char *before; /* NULL: TZ was not set */
	bool changed;
};
void timezone_enter(struct timezone_scope *s, const char *zone);
void timezone_leave(struct timezone_scope *s);
