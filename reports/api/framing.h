/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request, before anything heeds it: what two programs could
 * read in two ways (a proxy and we, RFC 9112 section 11.2) is refused. */
#pragma once

#include <stddef.h>

#define FRAMING_DETAIL 128

struct MHD_Connection;
struct framing {
	int status; /* 0: nothing is wrong */
	const char *code;
	char detail[FRAMING_DETAIL];
};

/* head_bytes: of target and fields together. */
void framing_check(struct framing *f, struct MHD_Connection *m,
    const char *version, const char *target, size_t head_bytes);
