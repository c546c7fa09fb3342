/* SPDX-License-Identifier: Apache-2.0 */
#include "base/huge.h"

#include <stdint.h>
#include <sys/mman.h>

static size_t whole_pages(size_t bytes)
{
	size_t page = bytes < HUGE_PAGE_BYTES ? 4096 : HUGE_PAGE_BYTES;

	return bytes > SIZE_MAX - page ? 0 : (bytes + page - 1) / page * page;
}

/* A huge page has to begin on its own boundary: more is asked for, and what
 * is not needed given back. */
void *huge_new(size_t bytes)
{
	size_t size = whole_pages(bytes), more = HUGE_PAGE_BYTES, skip;
	uint8_t *p;

	if (size == 0 || size > SIZE_MAX - more)
		return NULL;
	p = mmap(NULL, size + more, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	skip = (HUGE_PAGE_BYTES - (uintptr_t)p % HUGE_PAGE_BYTES) %
	       HUGE_PAGE_BYTES;
	if (skip > 0)
		(void)munmap(p, skip);
	if (more > skip)
		(void)munmap(p + skip + size, more - skip);
	if (size >= HUGE_PAGE_BYTES)
		(void)madvise(p + skip, size, MADV_HUGEPAGE);
	return p + skip;
}

void huge_free(void *p, size_t bytes)
{
	if (p != NULL)
		(void)munmap(p, whole_pages(bytes));
}
