/* SPDX-License-Identifier: Apache-2.0 */
/* Counts of foreign rows, kept in 32 bits: two of them can be added. */
#pragma once

#include <stdint.h>

static inline int32_t capped(int64_t n)
{
	return (int32_t)(n < INT32_MAX / 2 ? n : INT32_MAX / 2);
}
