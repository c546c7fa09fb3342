/* SPDX-License-Identifier: Apache-2.0 */
/* What may be said of a sender: authorised, spoofed, cannot tell. Spoofed is
 * an accusation: it is only said when it can be proved. */
#pragma once

#include <stdbool.h>

#include "analyzer/auth/check.h"
#include "base/conf.h"
#include "store/rows.h"

/* Is a check worth its DNS? Then fills q (strings borrowed from o). Else
 * *why_not is a constant, or NULL when the row carries no sender at all. */
bool verdict_query(const struct observation *o, const struct conf *c,
    struct spf_query *q, const char **why_not);
/* Domain of header From; "": there is none, or several mailboxes. */
const char *verdict_header_from(const struct observation *o);
/* Sets o->spf*, dkim, dmarc, verdict and verdict_reason. own_domains: the
 * customer's, separated by spaces. */
void verdict_decide(struct observation *o, const struct conf *c,
    const char *own_domains, const struct auth_outcome *a);
