/* SPDX-License-Identifier: Apache-2.0 */
/* What a token or an operator may do. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SCOPE_INCIDENTS_READ  1
#define SCOPE_INCIDENTS_WRITE 2
#define SCOPE_DECISIONS_READ  4
#define SCOPE_DECISIONS_WRITE 8
#define SCOPE_EXPORT_READ     16
#define SCOPE_METRICS_READ    32
#define SCOPE_AUDIT_READ      64
#define SCOPE_ADMIN           128 /* all of them, and the configuration */
#define SCOPES_ALL            255
#define SCOPES_N              8
#define SCOPES_LEN            160

/* Of one bit; NULL: there is none. */
const char *scope_name(int64_t bit);
/* Names by spaces or commas; -1 with *bad, which is not one. */
int scope_parse(const char *text, int64_t *scopes, const char **bad);
/* By spaces. Returns buf. */
const char *scope_text(int64_t scopes, char buf[static SCOPES_LEN]);
