/* SPDX-License-Identifier: Apache-2.0 */
/* XARF reports: version 4, and 3 with its types told in the words of 4. */
#pragma once

#include <stddef.h>

#include "reports/complaint/read.h"

/* One object, several one after the other, or an array of them. As
 * complaint_read(). */
int xarf_read(const char *text, size_t len, complaint_cb cb, void *arg,
    char why[static COMPLAINT_WHY_LEN]);
