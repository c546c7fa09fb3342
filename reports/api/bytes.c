/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/bytes.h"

#include <stdlib.h>
#include <string.h>

int bytes_add(struct bytes *b, const char *data, size_t n, size_t max)
{
	char *v = n > max - b->n ? NULL : realloc(b->v, b->n + n + 1);

	if (!v)
		return -1;
	memcpy(v + b->n, data, n);
	b->v = v;
	b->n += n;
	v[b->n] = '\0';
	return 0;
}

size_t bytes_take(struct bytes *b, char *buf, size_t max)
{
	size_t n = b->n < max ? b->n : max;

	if (n == 0)
		return 0;
	memcpy(buf, b->v, n);
	b->n -= n;
	memmove(b->v, b->v + n, b->n + 1);
	return n;
}

void bytes_clear(struct bytes *b)
{
	free(b->v);
	b->v = NULL;
	b->n = 0;
}
