/* SPDX-License-Identifier: Apache-2.0 */
/* Checked reads over foreign bytes. A read past the end sets a sticky error
 * and returns 0, so that a header is read whole and tested once. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cursor {
	const uint8_t *p, *end;
	bool error;
};

void cursor_init(struct cursor *c, const void *data, size_t len);
size_t cursor_left(const struct cursor *c);
uint8_t cursor_u8(struct cursor *c);
uint16_t cursor_be16(struct cursor *c);
uint32_t cursor_be32(struct cursor *c);
/* Little endian, for BSD null/loop and pcap structures. */
uint32_t cursor_le32(struct cursor *c);
/* Borrowed pointer to n bytes, or NULL with the error set. */
const uint8_t *cursor_bytes(struct cursor *c, size_t n);
void cursor_skip(struct cursor *c, size_t n);
