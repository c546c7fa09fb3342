/* SPDX-License-Identifier: Apache-2.0 */
/* Segments as u8 operation, u16 distance, u8 length: budgets hold, and what
 * comes out plus what is lost is where the stream stands. */
#include <stdlib.h>

#include "base/cursor.h"
#include "capture/net/reasm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t passed;

static void on_data(void *arg, const uint8_t *data, size_t len)
{
	volatile uint8_t sum = 0;

	(void)arg;
	if (len == 0)
		abort();
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + data[i]);
	passed += len;
}

static void on_gap(void *arg, uint64_t len)
{
	(void)arg;
	if (len == 0)
		abort();
	passed += len;
}

static void one(struct reasm *r, struct reasm_budget *b, struct cursor *c,
    const struct reasm_out *out)
{
	uint8_t op = cursor_u8(c);
	uint32_t at = r->next + (uint32_t)(int16_t)cursor_be16(c);
	uint32_t size = cursor_u8(c);
	uint8_t *copy = calloc(1, size + 1);

	if (copy == NULL)
		return;
	if (op % 16 == 0)
		at += REASM_WINDOW;
	if (op % 8 < 5)
		reasm_segment(r, b, at, copy, size, size, out);
	else if (op % 8 == 5)
		reasm_segment(r, b, at, copy, size / 2, size, out);
	else if (op % 8 == 6)
		reasm_acked(r, b, at, out);
	else
		reasm_fin(r, at);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct counters n = {{0}};
	struct reasm_budget b = {2000, 3000, 0, &n};
	struct reasm_out out = {on_data, on_gap, NULL};
	struct reasm r = {0};
	struct cursor c;
	uint32_t isn = 0xffffff00;

	passed = 0;
	cursor_init(&c, data, len);
	reasm_start(&r, isn);
	while (cursor_left(&c) >= 4) {
		one(&r, &b, &c, &out);
		/* A segment of many parts costs a head for each. */
		if (b.used != r.buffered || b.used > 2 * 3000)
			abort();
		if ((uint32_t)passed != r.next - isn)
			abort();
	}
	reasm_flush(&r, &b, &out);
	if (b.used != 0 || r.head != NULL)
		abort();
	return 0;
}
