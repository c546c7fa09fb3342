/* SPDX-License-Identifier: Apache-2.0 */
/* A datagram cut at random, in any order, some pieces twice or overlapping
 * with the same bytes: it comes out whole and once, or not at all and
 * counted. Input: version, then u16 offset, u8 length pairs. */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/net/frag.h"

#define DATA_BYTES 2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void compare(
    const uint8_t *whole, size_t n, size_t head, const uint8_t *want)
{
	if (head != 20 || n != 20 + DATA_BYTES ||
	    memcmp(whole + head, want, DATA_BYTES) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t seed[16] = {1};
	static uint8_t bytes[DATA_BYTES], head[20];
	struct counters counters = {{0}};
	struct frag_table *t = frag_table_new(&counters, 64 << 10, seed);
	struct frag_key key;
	struct cursor c;
	int64_t now_us = 0;
	size_t whole = 0;

	if (t == NULL)
		return 0;
	memset(&key, 0, sizeof(key));
	for (size_t i = 0; i < DATA_BYTES; i++)
		bytes[i] = (uint8_t)(i * 31 + i / 251);
	cursor_init(&c, data, len);
	key.v6 = (cursor_u8(&c) & 1) != 0;
	while (cursor_left(&c) >= 3) {
		struct frag f = {.head = head, .head_len = sizeof(head)};
		size_t n, out_len = 0, head_len = 0;
		uint8_t *p;

		f.offset = (uint32_t)(cursor_be16(&c) % DATA_BYTES) & ~7u;
		n = (size_t)(cursor_u8(&c) + 1) * 8;
		if (f.offset + n > DATA_BYTES)
			n = DATA_BYTES - f.offset;
		f.more = f.offset + n < DATA_BYTES;
		f.data = bytes + f.offset;
		f.len = n;
		now_us += 1000;
		p = frag_add(t, &key, &f, now_us, &out_len, &head_len);
		if (p != NULL) {
			compare(p, out_len, head_len, bytes);
			whole++;
		}
	}
	if (counters.v[COUNTER_FRAGMENTS_REASSEMBLED] != whole)
		abort();
	frag_table_free(t);
	return 0;
}
