/* SPDX-License-Identifier: Apache-2.0 */
/* The message/feedback-report part of an ARF mail. */
#pragma once

#include <stddef.h>

#include "reports/complaint/read.h"

/* fields: the part, decoded. The mail's own header gives Message-ID and From.
 * 0; -1: why. */
int arf_read(const char *mail, size_t mail_len, const char *fields, size_t len,
    struct complaint *c, char why[static COMPLAINT_WHY_LEN]);
