/* SPDX-License-Identifier: Apache-2.0 */
/* What a field of a lease file holds, as a customer's id. Nothing is cut: two
 * long names must not become one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rows.h"

/* Printable ASCII without blanks as it is, other bytes as aa:bb:cc. False:
 * empty, or too long. */
bool name_of_bytes(char out[static ROW_ID_LEN], const uint8_t *v, size_t n);
/* Always aa:bb:cc. */
bool name_of_hardware(char out[static ROW_ID_LEN], const uint8_t *v, size_t n);
/* One that is text already: 1 to 63 bytes without blanks and control
 * characters; small: letters made small. */
bool name_of_text(
    char out[static ROW_ID_LEN], const char *text, size_t n, bool small);
/* "0x0a0b", "0a:b", "0a0b" into bytes. -1: it is none, or too long. */
int name_hex(uint8_t *out, size_t size, const char *text, size_t n);
