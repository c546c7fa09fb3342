/* SPDX-License-Identifier: Apache-2.0 */
/* What a client calls itself: RFC 5321 sections 4.1.1.1 and 4.1.3. */
#pragma once

#include <stddef.h>

#include "base/addr.h"
#include "capture/smtp/session.h"

/* The name is kept, in name[], only when it is a domain or an address
 * literal; else h->name is NULL. */
void smtp_helo_parse(struct smtp_helo *h, Sekisho__HeloVerb verb,
    const char *arg, size_t len, const struct addr *client,
    char name[static 256]);
