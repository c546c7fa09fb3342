/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that will be needed soon is asked for now. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PREFETCH_LINE_BYTES 64

/* len bytes from p, which is never read: it may be any address. */
static inline void prefetch(const void *p, size_t len)
{
	for (size_t at = 0; at < len; at += PREFETCH_LINE_BYTES)
		__builtin_prefetch((const void *)((uintptr_t)p + at), 1);
}
