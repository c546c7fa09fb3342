/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648) as AUTH and DKIM-Signature carry it. */
#pragma once

#include <stddef.h>

#define BASE64_LEN(n) (((n) + 2) / 3 * 4 + 1) /* with the NUL */

void base64_encode(const void *data, size_t len, char *out);
