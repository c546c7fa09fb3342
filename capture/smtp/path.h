/* SPDX-License-Identifier: Apache-2.0 */
/* Domains, address literals and mail addresses: RFC 5321 section 4.1.2 and
 * RFC 5322 section 3.4.1, as strict as what may leave the agent. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "capture/smtp/session.h"

#define SMTP_DOMAIN_MAX 253

/* Labels of letters, digits, hyphen and underscore, or UTF-8 letters
 * (RFC 6531); no trailing dot. Nothing else counts as a domain. */
bool smtp_domain_is_valid(const char *text, size_t len);
/* "[192.0.2.1]", "[IPv6:2001:db8::1]"; a may be NULL. */
bool smtp_literal_parse(const char *text, size_t len, struct addr *a);
/* Copies a domain or literal in lower case, without a trailing dot.
 * False: it is neither, and out is empty. */
bool smtp_domain_copy(char out[static 256], const char *text, size_t len);
/* local@domain without brackets. When it is none: unparsed, and empty. */
void smtp_address_parse(struct smtp_mailbox *m, const char *text, size_t len);
/* What stands behind "FROM:" or "TO:". Returns where the parameters
 * begin. */
const char *smtp_path_parse(
    struct smtp_mailbox *m, const char *text, const char *end);
