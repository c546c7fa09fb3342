/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/spool/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/record.pb-c.h"

/* A file that is nowhere. */
static int file_of(const uint8_t *data, size_t len)
{
	int fd = memfd_create("spool", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	return fd;
}

static int read_head(const uint8_t *data, size_t len, struct spool_head *h)
{
	int fd = file_of(data, len), rc = spool_head_read(fd, h);

	close(fd);
	return rc;
}

static int64_t read_frame(
    const uint8_t *data, size_t len, uint64_t end, struct spool_frame *f)
{
	int fd = file_of(data, len);
	int64_t rc = spool_frame_read(fd, 0, end, f);

	close(fd);
	return rc;
}

static size_t a_head(uint8_t out[SPOOL_HEAD_BYTES])
{
	struct spool_head h = {
	    .boot = UINT64_C(0xfedcba9876543210), .first_seq = 77, .agent = ""};

	strcpy(h.agent, "tap-1");
	return spool_head_pack(&h, out);
}

/* A record of sequence number seq in a frame of number frame_seq. */
static size_t a_frame(uint8_t *out, uint64_t seq, uint64_t frame_seq)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Attempt a = SEKISHO__ATTEMPT__INIT;
	size_t len;

	r.seq = seq;
	r.ts_us = 5;
	r.body_case = SEKISHO__RECORD__BODY_ATTEMPT;
	r.attempt = &a;
	a.start_us = 4;
	len = sekisho__record__pack(&r, out + SPOOL_FRAME_BYTES);
	spool_frame_pack(out, frame_seq, len);
	return SPOOL_FRAME_BYTES + len;
}

static void a_head_comes_back(void **state)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	size_t len = a_head(raw);
	struct spool_head h;

	(void)state;
	assert_int_equal(read_head(raw, len, &h), len);
	assert_int_equal(h.boot, UINT64_C(0xfedcba9876543210));
	assert_int_equal(h.first_seq, 77);
	assert_string_equal(h.agent, "tap-1");
}

static void the_longest_agent_fits(void **state)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	struct spool_head h = {.boot = 1}, back;
	size_t len;

	(void)state;
	memset(h.agent, 'a', sizeof(h.agent) - 1);
	len = spool_head_pack(&h, raw);
	assert_true(len <= SPOOL_HEAD_BYTES);
	assert_int_equal(read_head(raw, len, &back), len);
	assert_string_equal(back.agent, h.agent);
}

static void a_head_cut_anywhere_was_never_written(void **state)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	size_t len = a_head(raw);
	struct spool_head h;

	(void)state;
	for (size_t n = 0; n < len; n++)
		assert_int_equal(read_head(raw, n, &h), -ENODATA);
}

/* A longer name may only say that the head is not all there. */
static void a_head_with_a_wrong_bit_is_none(void **state)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	size_t len = a_head(raw);
	struct spool_head h;
	int rc;

	(void)state;
	for (size_t i = 0; i < len * 8; i++) {
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
		rc = read_head(raw, len, &h);
		assert_true(rc == -EBADMSG || rc == -ENODATA);
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	memcpy(raw, "no spool", 8);
	assert_int_equal(read_head(raw, len, &h), -EBADMSG);
	assert_int_equal(read_head(raw, 3, &h), -EBADMSG);
}

static void a_frame_comes_back(void **state)
{
	uint8_t raw[200];
	size_t len = a_frame(raw, 9, 9);
	struct spool_frame f = {0};

	(void)state;
	assert_int_equal(read_frame(raw, len, len, &f), len);
	assert_int_equal(f.seq, 9);
	assert_int_equal(f.len, len - SPOOL_FRAME_BYTES);
	assert_memory_equal(f.data, raw + SPOOL_FRAME_BYTES, f.len);
	free(f.data);
}

static void a_frame_cut_anywhere_is_none(void **state)
{
	uint8_t raw[200];
	size_t len = a_frame(raw, 9, 9);
	struct spool_frame f = {0};

	(void)state;
	for (size_t n = 0; n < len; n++) {
		assert_int_equal(read_frame(raw, n, n, &f), -EBADMSG);
		/* The file became shorter after it was looked at. */
		assert_int_equal(read_frame(raw, n, len, &f), -EBADMSG);
	}
	free(f.data);
}

static void a_frame_with_a_wrong_bit_is_none(void **state)
{
	uint8_t raw[200];
	size_t len = a_frame(raw, 9, 9);
	struct spool_frame f = {0};

	(void)state;
	for (size_t i = 0; i < len * 8; i++) {
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(read_frame(raw, len, len, &f), -EBADMSG);
		raw[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	free(f.data);
}

/* The checksum is right, and the analyzer would still refuse it. */
static void what_is_no_record_is_not_read(void **state)
{
	uint8_t raw[200];
	size_t len = a_frame(raw, 9, 10);
	struct spool_frame f = {0};

	(void)state;
	assert_int_equal(read_frame(raw, len, len, &f), -EBADMSG);
	len = a_frame(raw, 0, 0);
	assert_int_equal(read_frame(raw, len, len, &f), -EBADMSG);
	memset(raw + SPOOL_FRAME_BYTES, 0xff, 20);
	spool_frame_pack(raw, 9, 20);
	len = SPOOL_FRAME_BYTES + 20;
	assert_int_equal(read_frame(raw, len, len, &f), -EBADMSG);
	free(f.data);
}

static void lengths_out_of_bounds_have_no_span(void **state)
{
	uint8_t raw[200];
	size_t len = a_frame(raw, 9, 9);
	int fd = file_of(raw, len);

	(void)state;
	assert_int_equal(spool_frame_span(fd, 0, len), len);
	assert_int_equal(spool_frame_span(fd, 1, len), 0);
	assert_int_equal(spool_frame_span(fd, len, len), 0);
	assert_int_equal(spool_frame_span(fd, len + 1, len), 0);
	assert_int_equal(spool_frame_span(fd, 0, len - 1), 0);
	close(fd);
	memset(raw, 0xff, 4);
	fd = file_of(raw, len);
	assert_int_equal(spool_frame_span(fd, 0, UINT64_MAX), 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_head_comes_back),
	    cmocka_unit_test(the_longest_agent_fits),
	    cmocka_unit_test(a_head_cut_anywhere_was_never_written),
	    cmocka_unit_test(a_head_with_a_wrong_bit_is_none),
	    cmocka_unit_test(a_frame_comes_back),
	    cmocka_unit_test(a_frame_cut_anywhere_is_none),
	    cmocka_unit_test(a_frame_with_a_wrong_bit_is_none),
	    cmocka_unit_test(what_is_no_record_is_not_read),
	    cmocka_unit_test(lengths_out_of_bounds_have_no_span),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
