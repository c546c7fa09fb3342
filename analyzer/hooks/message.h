/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that a driver gets (docs/HOOKS.md). */
#pragma once

#include "analyzer/hooks/desired.h"
#include "base/jsonw.h"

/* The block or unblock line with its newline; owned by j. NULL: no memory. The
 * first turn, 0, is not told. */
const char *message_write(
    struct jsonw *j, const struct decision *d, const struct item *it);
