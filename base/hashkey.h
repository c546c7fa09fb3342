/* SPDX-License-Identifier: Apache-2.0 */
/* The key of the keyed hashes, from its file. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HASHKEY_MIN_BYTES 16
#define HASHKEY_MAX_BYTES 4096

/* The length; -1 with err. The caller wipes key. */
int hashkey_read(const char *path, uint8_t key[static HASHKEY_MAX_BYTES],
    char *err, size_t size);
