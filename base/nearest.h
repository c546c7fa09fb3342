/* SPDX-License-Identifier: Apache-2.0 */
/* How far a mistyped word is from a known one. */
#pragma once

#include <stddef.h>

/* Levenshtein distance; only the first 63 bytes count. */
size_t nearest_distance(const char *a, const char *b);
