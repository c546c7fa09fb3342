/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/frame.h"
#include "capture/backlog.h"

static int add(struct backlog *b, uint64_t seq)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	r.seq = seq;
	return backlog_add(b, &r);
}

static uint64_t first, count;

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	Sekisho__Batch *b = sekisho__batch__unpack(NULL, len, body);

	(void)arg;
	assert_non_null(b);
	assert_string_equal(b->agent, "tap");
	assert_int_equal(b->boot, 9);
	count = b->n_records;
	first = count > 0 ? b->records[0]->seq : 0;
	sekisho__batch__free_unpacked(b, NULL);
	return 0;
}

static void expect_frame(
    struct backlog *b, size_t max, uint64_t want_first, uint64_t want_count)
{
	struct frame_reader reader;
	size_t len;
	uint8_t *frame = backlog_frame(b, "tap", 9, max, &len);

	assert_non_null(frame);
	frame_reader_init(&reader);
	count = UINT64_MAX;
	assert_int_equal(frame_feed(&reader, frame, len, on_frame, NULL), 0);
	assert_int_equal(first, want_first);
	assert_int_equal(count, want_count);
	frame_reader_free(&reader);
	free(frame);
}

static void frames_follow_one_another(void **state)
{
	struct backlog b;

	(void)state;
	backlog_init(&b, 1 << 20);
	expect_frame(&b, 0, 0, 0); /* a hello */
	for (uint64_t i = 1; i <= 300; i++)
		assert_int_equal(add(&b, i), 0);
	expect_frame(&b, 0, 0, 0);
	expect_frame(&b, 1000, 1, BACKLOG_BATCH_RECORDS);
	expect_frame(&b, 1000, 257, 44);
	assert_int_equal(b.n_unsent, 0);
	assert_int_equal(backlog_ack(&b, 100), 100);
	backlog_rewind(&b);
	expect_frame(&b, 10, 101, 10);
	backlog_clear(&b);
	assert_int_equal(b.bytes, 0);
}

static void what_was_never_sent_is_not_acknowledged(void **state)
{
	struct backlog b;

	(void)state;
	backlog_init(&b, 1 << 20);
	for (uint64_t i = 1; i <= 3; i++)
		add(&b, i);
	assert_int_equal(backlog_ack(&b, 99), 0);
	expect_frame(&b, 2, 1, 2);
	assert_int_equal(backlog_ack(&b, 99), 2);
	expect_frame(&b, 2, 3, 1);
	assert_int_equal(backlog_ack(&b, 3), 1);
	assert_null(b.head);
	assert_int_equal(add(&b, 4), 0);
	expect_frame(&b, 2, 4, 1);
	backlog_clear(&b);
}

static void the_budget_holds(void **state)
{
	struct backlog b;
	uint64_t n = 0;

	(void)state;
	backlog_init(&b, 500);
	while (add(&b, n + 1) == 0)
		n++;
	assert_true(n > 0 && b.bytes <= 500);
	expect_frame(&b, 1, 1, 1);
	assert_int_equal(backlog_ack(&b, 1), 1);
	assert_int_equal(add(&b, n + 1), 0);
	backlog_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames_follow_one_another),
	    cmocka_unit_test(what_was_never_sent_is_not_acknowledged),
	    cmocka_unit_test(the_budget_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
