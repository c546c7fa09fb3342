/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte says how the rest is split; the frames must not depend on
 * it. Each body is unpacked as both messages. */
#include <stdint.h>
#include <stdlib.h>

#include "base/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	Sekisho__Batch *b = sekisho__batch__unpack(NULL, len, body);
	Sekisho__Ack *a = sekisho__ack__unpack(NULL, len, body);
	uint64_t *sum = arg;

	*sum = *sum * 31 + len;
	if (b != NULL)
		*sum += b->n_records;
	sekisho__batch__free_unpacked(b, NULL);
	sekisho__ack__free_unpacked(a, NULL);
	return 0;
}

static uint64_t sum_of(const uint8_t *data, size_t len, size_t step, int *rc)
{
	struct frame_reader r;
	uint64_t sum = 0;

	frame_reader_init(&r);
	*rc = 0;
	for (size_t i = 0; i < len && *rc == 0; i += step) {
		size_t n = len - i < step ? len - i : step;

		*rc = frame_feed(&r, data + i, n, on_frame, &sum);
	}
	frame_reader_free(&r);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	int rc_whole, rc_split;
	uint64_t whole, split;

	if (len == 0)
		return 0;
	whole = sum_of(data + 1, len - 1, len, &rc_whole);
	split = sum_of(data + 1, len - 1, (size_t)data[0] + 1, &rc_split);
	if (whole != split || rc_whole != rc_split)
		abort();
	return 0;
}
