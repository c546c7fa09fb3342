/* SPDX-License-Identifier: Apache-2.0 */
/* Text of RADIUS attributes (RFC 2865 section 5: UTF-8, no NUL at the end)
 * into ids. Nothing is cut: two long names must not become one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/radius_session.h"

/* 1 to 63 bytes of UTF-8 without spaces and control characters. A NUL that a
 * NAS puts at the end is no part. False: no id. */
bool radius_text_id(char out[static RADIUS_ID_LEN], const uint8_t *v, size_t n);
/* The same without the realm, where realms (space separated, "*": every
 * one) has it. */
bool radius_text_customer(char out[static RADIUS_ID_LEN], const uint8_t *v,
    size_t n, const char *realms);
/* As radius_text_id(), of letters, digits, ".", "_" and "-" alone. */
bool radius_text_word(
    char out[static RADIUS_ID_LEN], const uint8_t *v, size_t n);
/* UTF-8 without control characters as it is; other bytes as 0x and hex
 * digits. False: empty, or too long for that. */
bool radius_text_session(
    char out[static RADIUS_SESSION_LEN], const uint8_t *v, size_t n);
