/* SPDX-License-Identifier: Apache-2.0 */
/* mailbox-list of a From field: RFC 5322 section 3.4. */
#pragma once

#include <stddef.h>

#include "capture/smtp/session.h"

/* value: unfolded, without the field name. Adds to v[*n] up to max; what is
 * no address is an unparsed mailbox. */
void smtp_address_list(const char *value, size_t len, struct smtp_mailbox *v,
    size_t *n, size_t max);
