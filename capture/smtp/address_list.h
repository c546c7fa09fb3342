/* SPDX-License-Identifier: Apache-2.0 */
/* mailbox-list of a From field: RFC 5322 section 3.4. */
#pragma once

#include <stddef.h>

#include "capture/smtp/session.h"

/* value: without the field name, folded or not. Adds to v[*n] up to max; what
 * is no address is an unparsed mailbox. */
void smtp_address_list(const char *value, size_t len, struct smtp_mailbox *v,
    size_t *n, size_t max);
/* p: at the bracket. Behind the whole comment, or end. */
const char *smtp_comment_end(const char *p, const char *end);
