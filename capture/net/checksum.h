/* SPDX-License-Identifier: Apache-2.0 */
/* The Internet checksum (RFC 1071). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Adds len bytes, the first of which is the upper half of a word. */
uint64_t checksum_add(uint64_t sum, const uint8_t *p, size_t len);
/* 0xffff when a checksum is among what was added, and right. */
uint16_t checksum_fold(uint64_t sum);
/* With the pseudo header (RFC 9293 section 3.1, RFC 8200 section 8.1);
 * addresses of addr_len bytes. */
bool checksum_tcp(const uint8_t *src, const uint8_t *dst, size_t addr_len,
    const uint8_t *tcp, size_t len);
