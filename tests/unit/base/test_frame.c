/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/frame.h"

struct sizes {
	size_t v[8], n;
	uint8_t first[8];
	int stop_at;
};

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	struct sizes *s = arg;

	assert_true(s->n < 8);
	s->first[s->n] = len > 0 ? body[0] : 0;
	s->v[s->n++] = len;
	return (int)s->n == s->stop_at ? 7 : 0;
}

/* Four frames: of 0, 1, 3 and 5 bytes. */
static const uint8_t stream[] = {0, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 0, 3, 'b',
    'x', 'x', 0, 0, 0, 5, 'c', 'y', 'y', 'y', 'y'};

static void check_sizes(const struct sizes *s)
{
	assert_int_equal(s->n, 4);
	assert_int_equal(s->v[0], 0);
	assert_int_equal(s->v[1], 1);
	assert_int_equal(s->v[2], 3);
	assert_int_equal(s->v[3], 5);
	assert_memory_equal(s->first, "\0abc", 4);
}

static void any_two_splits_give_the_same_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i <= sizeof(stream); i++) {
		for (size_t k = i; k <= sizeof(stream); k++) {
			struct frame_reader r;
			struct sizes s = {.n = 0};

			frame_reader_init(&r);
			assert_int_equal(
			    frame_feed(&r, stream, i, on_frame, &s), 0);
			assert_int_equal(
			    frame_feed(&r, stream + i, k - i, on_frame, &s), 0);
			assert_int_equal(frame_feed(&r, stream + k,
					     sizeof(stream) - k, on_frame, &s),
			    0);
			check_sizes(&s);
			frame_reader_free(&r);
		}
	}
}

static void byte_by_byte_gives_the_same_frames(void **state)
{
	struct frame_reader r;
	struct sizes s = {.n = 0};

	(void)state;
	frame_reader_init(&r);
	for (size_t i = 0; i < sizeof(stream); i++)
		assert_int_equal(
		    frame_feed(&r, stream + i, 1, on_frame, &s), 0);
	check_sizes(&s);
	frame_reader_free(&r);
}

static void the_callback_can_stop(void **state)
{
	struct frame_reader r;
	struct sizes s = {.stop_at = 2};

	(void)state;
	frame_reader_init(&r);
	assert_int_equal(
	    frame_feed(&r, stream, sizeof(stream), on_frame, &s), 7);
	assert_int_equal(s.n, 2);
	frame_reader_free(&r);
}

static void a_length_over_the_maximum_breaks_the_stream(void **state)
{
	static const uint8_t over[] = {0, 0x10, 0, 1}, max[] = {0, 0x10, 0, 0};
	struct frame_reader r;
	struct sizes s = {.n = 0};

	(void)state;
	frame_reader_init(&r);
	assert_int_equal(frame_feed(&r, over, 3, on_frame, &s), 0);
	assert_int_equal(frame_feed(&r, over + 3, 1, on_frame, &s), -1);
	frame_reader_free(&r);
	frame_reader_init(&r);
	assert_int_equal(frame_feed(&r, max, 4, on_frame, &s), 0);
	assert_int_equal(s.n, 0);
	/* A promise of 1 MiB takes no memory yet. */
	assert_true(r.cap < 4096);
	frame_reader_free(&r);
}

static int on_batch(void *arg, const uint8_t *body, size_t len)
{
	*(Sekisho__Batch **)arg = sekisho__batch__unpack(NULL, len, body);
	return 0;
}

static void a_batch_comes_back(void **state)
{
	Sekisho__Batch out = SEKISHO__BATCH__INIT, *in = NULL;
	Sekisho__Record record = SEKISHO__RECORD__INIT, *records = &record;
	Sekisho__Attempt attempt = SEKISHO__ATTEMPT__INIT;
	struct frame_reader r;
	size_t len = 0;
	uint8_t *frame;

	(void)state;
	attempt.syn_count = 3;
	record.seq = 42;
	record.body_case = SEKISHO__RECORD__BODY_ATTEMPT;
	record.attempt = &attempt;
	out.agent = (char *)"tap0";
	out.boot = UINT64_MAX;
	out.records = &records;
	out.n_records = 1;
	frame = frame_pack_batch(&out, &len);
	assert_non_null(frame);
	frame_reader_init(&r);
	assert_int_equal(frame_feed(&r, frame, len, on_batch, &in), 0);
	assert_non_null(in);
	assert_string_equal(in->agent, "tap0");
	assert_true(in->boot == UINT64_MAX);
	assert_int_equal(in->n_records, 1);
	assert_int_equal(in->records[0]->seq, 42);
	assert_int_equal(in->records[0]->attempt->syn_count, 3);
	sekisho__batch__free_unpacked(in, NULL);
	frame_reader_free(&r);
	free(frame);
}

static int on_ack(void *arg, const uint8_t *body, size_t len)
{
	*(Sekisho__Ack **)arg = sekisho__ack__unpack(NULL, len, body);
	return 0;
}

static void an_acknowledgement_comes_back(void **state)
{
	struct frame_reader r;
	Sekisho__Ack *ack = NULL;
	size_t len = 0;
	uint8_t *frame = frame_pack_ack(7, 1234567, &len);

	(void)state;
	assert_non_null(frame);
	frame_reader_init(&r);
	assert_int_equal(frame_feed(&r, frame, len, on_ack, &ack), 0);
	assert_non_null(ack);
	assert_int_equal(ack->boot, 7);
	assert_int_equal(ack->seq, 1234567);
	sekisho__ack__free_unpacked(ack, NULL);
	frame_reader_free(&r);
	free(frame);
}

static void too_large_a_batch_is_not_packed(void **state)
{
	Sekisho__Batch out = SEKISHO__BATCH__INIT;
	char *agent = malloc(FRAME_MAX_BYTES + 1);
	size_t len = 0;

	(void)state;
	assert_non_null(agent);
	memset(agent, 'a', FRAME_MAX_BYTES);
	agent[FRAME_MAX_BYTES] = '\0';
	out.agent = agent;
	assert_null(frame_pack_batch(&out, &len));
	free(agent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_two_splits_give_the_same_frames),
	    cmocka_unit_test(byte_by_byte_gives_the_same_frames),
	    cmocka_unit_test(the_callback_can_stop),
	    cmocka_unit_test(a_length_over_the_maximum_breaks_the_stream),
	    cmocka_unit_test(a_batch_comes_back),
	    cmocka_unit_test(an_acknowledgement_comes_back),
	    cmocka_unit_test(too_large_a_batch_is_not_packed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
