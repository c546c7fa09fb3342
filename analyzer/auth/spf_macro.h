/* SPDX-License-Identifier: Apache-2.0 */
/* Macro expansion (RFC 7208 section 7). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"

struct spf_macros {
	struct addr ip;
	const char *local_part; /* NULL: unknown */
	const char *sender_domain;
	const char *domain; /* the current one */
	const char *helo;
	const char *receiver;
	long now_s;
	const char *validated; /* %{p}: NULL until it was looked up */
	/* out */
	bool used_local_part, used_helo, wants_validated;
};

/* Into out. As a domain it is cut from the left to 253 bytes (section 7.3).
 * 0; -1 when out is too small. */
int spf_macro_expand(struct spf_macros *m, const char *spec, size_t len,
    char *out, size_t size, bool as_domain);
/* "1.2.3.4", or nibbles with dots. Hex digits are upper case, as the public
 * suite of the RFC has them; DNS does not care. */
void spf_macro_ip(const struct addr *ip, char *buf, size_t size);
