/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a file; of one that is gzip (RFC 1952) or zstd (RFC 8878), by
 * its first bytes, the bytes within. Memory does not depend on the file. */
#pragma once

#include <stdint.h>
#include <stdio.h>

struct unpack;

/* Owns fd from then on, even when it fails: NULL with errno. */
struct unpack *unpack_new(int fd);
/* To be read to its end and closed by the caller, before unpack_free(). NULL:
 * no memory. */
FILE *unpack_stream(struct unpack *u);
/* NULL is legal. */
void unpack_free(struct unpack *u);
/* Why the stream reports a read error; NULL: it does not, or errno told. */
const char *unpack_error(const struct unpack *u);
/* Bytes of the file that were read so far. */
uint64_t unpack_position(const struct unpack *u);
