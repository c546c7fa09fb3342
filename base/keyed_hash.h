/* SPDX-License-Identifier: Apache-2.0 */
/* Names as keyed hashes: HMAC-SHA-256 (RFC 2104), cut to 16 bytes. Who has no
 * key can neither tell the name nor try one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEYED_HASH_BYTES 16

struct keyed_hash;

/* Copies the key. NULL: no memory, or libcrypto without HMAC or SHA-256. */
struct keyed_hash *keyed_hash_new(const void *key, size_t key_len);
/* The key of a file (base/hashkey.h). NULL with err. */
struct keyed_hash *keyed_hash_load(const char *path, char *err, size_t size);
void keyed_hash_free(struct keyed_hash *h);
/* Of purpose, NUL, a, and where b is not NULL "@" and b: equal names have
 * different hashes for different purposes. False: it failed, out is as it
 * was. */
bool keyed_hash(struct keyed_hash *h, const char *purpose, const char *a,
    const char *b, uint8_t out[static KEYED_HASH_BYTES]);
