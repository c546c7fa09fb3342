/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for large tables that are looked into at random: in huge pages
 * where the kernel has them (madvise(2), MADV_HUGEPAGE), so that the page
 * tables are not looked into at random as well. */
#pragma once

#include <stddef.h>

#define HUGE_PAGE_BYTES (2u << 20)

/* Zeroed, from a page boundary; the caller's, for huge_free() with the same
 * number of bytes. NULL: no memory. */
void *huge_new(size_t bytes);
/* NULL is legal. */
void huge_free(void *p, size_t bytes);
