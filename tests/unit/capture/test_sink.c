/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/frame.h"
#include "capture/sink.h"
#include "tests/unit/capture/analyzer_double.h"

#define BOOT  UINT64_C(0x1122334455667788)
#define TURNS 20000

static char dir[] = "/tmp/sekisho-test-sink-XXXXXX";
static char path[200];

static struct sink *new_sink(
    uv_loop_t *loop, enum sink_kind kind, const char *target, uint64_t bytes)
{
	char err[256] = "";
	struct sink *s =
	    sink_new(loop, kind, target, "tap", BOOT, bytes, err, sizeof(err));

	if (s == NULL)
		fail_msg("%s", err);
	return s;
}

static void put(struct sink *s, int64_t ts_us)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Attempt a = SEKISHO__ATTEMPT__INIT;

	r.ts_us = ts_us;
	r.body_case = SEKISHO__RECORD__BODY_ATTEMPT;
	r.attempt = &a;
	a.start_us = ts_us;
	sink_put(s, &r);
}

static void finish(uv_loop_t *loop, struct sink *s)
{
	sink_free(s);
	for (int i = 0; i < 4; i++)
		uv_run(loop, UV_RUN_NOWAIT);
	assert_int_equal(uv_loop_close(loop), 0);
}

/* Until all is acknowledged. A turn sleeps while nothing happens. */
static void drain(uv_loop_t *loop, struct sink *s)
{
	for (int i = 0; i < TURNS && !sink_is_drained(s); i++)
		uv_run(loop, UV_RUN_ONCE);
	assert_true(sink_is_drained(s));
}

static void deliver(uint64_t drop_every, uint64_t ack_every)
{
	struct sink_stats stats;
	struct server v = {0};
	struct sink *s;
	uv_loop_t loop;
	const uint64_t n = 2000;

	uv_loop_init(&loop);
	server_start(&v, &loop, path);
	v.drop_every = drop_every;
	v.ack_every = ack_every;
	s = new_sink(&loop, SINK_SOCKET, path, 1 << 20);
	for (uint64_t i = 0; i < n; i++) {
		put(s, (int64_t)i);
		if (i % 100 == 0)
			uv_run(&loop, UV_RUN_NOWAIT);
	}
	sink_flush(s);
	/* The last frames have nobody after them to be acknowledged with. */
	for (int i = 0; i < TURNS && *server_next(&v, BOOT) <= n; i++)
		uv_run(&loop, UV_RUN_ONCE);
	v.ack_every = 1;
	v.drop_every = 0;
	server_drop(&v);
	drain(&loop, s);
	sink_stats(s, &stats);
	assert_int_equal(*server_next(&v, BOOT), n + 1);
	assert_int_equal(stats.records, n);
	assert_int_equal(stats.acked, n);
	assert_int_equal(stats.dropped, 0);
	assert_int_equal(stats.queue_bytes, 0);
	assert_true(v.hellos >= 1);
	if (drop_every > 0)
		assert_true(v.drops > 0 && v.records > n);
	server_stop(&v);
	finish(&loop, s);
}

static void every_record_arrives(void **state)
{
	(void)state;
	deliver(0, 1);
}

static void late_acknowledgements_are_enough(void **state)
{
	(void)state;
	deliver(0, 5);
}

static void dropped_connections_lose_nothing(void **state)
{
	(void)state;
	deliver(2, 1);
	deliver(3, 2);
}

static void a_server_that_comes_later_gets_all(void **state)
{
	struct server v = {0};
	struct sink *s;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	unlink(path);
	s = new_sink(&loop, SINK_SOCKET, path, 1 << 20);
	for (int i = 0; i < 700; i++)
		put(s, i);
	for (int i = 0; i < 3; i++)
		uv_run(&loop, UV_RUN_ONCE);
	assert_false(sink_is_drained(s));
	server_start(&v, &loop, path);
	drain(&loop, s);
	assert_int_equal(*server_next(&v, BOOT), 701);
	server_stop(&v);
	finish(&loop, s);
}

static void a_full_queue_drops_and_counts(void **state)
{
	struct sink_stats stats;
	struct server v = {0};
	struct sink *s;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	unlink(path);
	s = new_sink(&loop, SINK_SOCKET, path, 2000);
	assert_false(sink_is_full(s));
	for (int i = 0; i < 200; i++)
		put(s, i);
	assert_true(sink_is_full(s));
	sink_stats(s, &stats);
	assert_true(stats.dropped > 0 && stats.records > 0);
	assert_int_equal(stats.dropped + stats.records, 200);
	assert_true(stats.queue_bytes <= 2000);
	/* What was kept has no hole in its numbers. */
	server_start(&v, &loop, path);
	drain(&loop, s);
	assert_int_equal(*server_next(&v, BOOT), stats.records + 1);
	put(s, 500);
	drain(&loop, s);
	assert_int_equal(*server_next(&v, BOOT), stats.records + 2);
	server_stop(&v);
	finish(&loop, s);
}

static int progressed;

static void on_progress(void *arg)
{
	(void)arg;
	progressed++;
}

static void progress_is_told(void **state)
{
	struct server v = {0};
	struct sink *s;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	server_start(&v, &loop, path);
	s = new_sink(&loop, SINK_SOCKET, path, 1 << 20);
	sink_on_progress(s, on_progress, NULL);
	progressed = 0;
	put(s, 1);
	drain(&loop, s);
	assert_true(progressed > 0);
	server_stop(&v);
	finish(&loop, s);
}

struct read_back {
	uint64_t next;
	int64_t last_ts_us;
};

static int on_file_frame(void *arg, const uint8_t *body, size_t len)
{
	struct read_back *b = arg;
	Sekisho__Batch *batch = sekisho__batch__unpack(NULL, len, body);

	assert_non_null(batch);
	for (size_t i = 0; i < batch->n_records; i++) {
		assert_int_equal(batch->records[i]->seq, b->next++);
		assert_true(batch->records[i]->ts_us >= b->last_ts_us);
		b->last_ts_us = batch->records[i]->ts_us;
	}
	sekisho__batch__free_unpacked(batch, NULL);
	return 0;
}

static char *slurp(const char *file, size_t *len)
{
	FILE *f = fopen(file, "rb");
	char *text = NULL;
	size_t n = 0;

	assert_non_null(f);
	*len = 0;
	do {
		text = realloc(text, *len + 4097);
		assert_non_null(text);
		n = fread(text + *len, 1, 4096, f);
		*len += n;
	} while (n > 0);
	text[*len] = '\0';
	fclose(f);
	return text;
}

static void frames_in_a_file_come_back(void **state)
{
	struct read_back b = {.next = 1};
	struct frame_reader reader;
	struct sink *s;
	uv_loop_t loop;
	size_t len;
	char *data;

	(void)state;
	uv_loop_init(&loop);
	s = new_sink(&loop, SINK_FRAMES, path, 0);
	for (int i = 0; i < 1000; i++)
		put(s, i % 7 == 0 ? 3 : i); /* times that step back */
	sink_flush(s);
	assert_true(sink_is_drained(s));
	finish(&loop, s);
	data = slurp(path, &len);
	frame_reader_init(&reader);
	assert_int_equal(frame_feed(&reader, data, len, on_file_frame, &b), 0);
	assert_int_equal(b.next, 1001);
	frame_reader_free(&reader);
	free(data);
}

static void json_is_a_line_a_record(void **state)
{
	struct sink *s;
	uv_loop_t loop;
	size_t len, lines = 0;
	char *data;

	(void)state;
	uv_loop_init(&loop);
	s = new_sink(&loop, SINK_JSON, path, 0);
	for (int i = 0; i < 1000; i++)
		put(s, i);
	assert_false(sink_is_drained(s));
	sink_flush(s);
	assert_true(sink_is_drained(s));
	data = slurp(path, &len);
	for (char *p = data; (p = strchr(p, '\n')) != NULL; p++)
		lines++;
	assert_int_equal(lines, 1000);
	assert_true(
	    strncmp(data, "{\"type\":\"attempt\",\"agent\":\"tap\",", 31) == 0);
	assert_string_equal(data + len - 2, "}\n");
	free(data);
	finish(&loop, s);
}

static void waiting_lines_are_written_without_a_flush(void **state)
{
	struct sink *s;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	s = new_sink(&loop, SINK_JSON, path, 0);
	put(s, 1);
	drain(&loop, s);
	finish(&loop, s);
}

static void a_closed_pipe_is_an_error_and_no_signal(void **state)
{
	struct sink_stats stats;
	struct sink *s;
	uv_loop_t loop;
	int fds[2], out = dup(STDOUT_FILENO);

	(void)state;
	fflush(stdout);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
	uv_loop_init(&loop);
	s = new_sink(&loop, SINK_JSON, "-", 0);
	put(s, 1);
	sink_flush(s);
	put(s, 2);
	dup2(out, STDOUT_FILENO);
	close(out);
	assert_int_equal(sink_error(s), EPIPE);
	sink_stats(s, &stats);
	assert_int_equal(stats.dropped, 1);
	assert_true(sink_is_drained(s));
	finish(&loop, s);
}

static void a_full_disk_is_an_error(void **state)
{
	struct sink *s;
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	s = new_sink(&loop, SINK_FRAMES, "/dev/full", 0);
	put(s, 1);
	sink_flush(s);
	assert_int_equal(sink_error(s), ENOSPC);
	finish(&loop, s);
}

static void a_bad_target_is_said(void **state)
{
	char err[512] = "", name[300];
	uv_loop_t loop;

	(void)state;
	uv_loop_init(&loop);
	snprintf(name, sizeof(name), "%s/no/such", dir);
	assert_null(
	    sink_new(&loop, SINK_JSON, name, "tap", 1, 0, err, sizeof(err)));
	assert_non_null(strstr(err, name));
	memset(name, 'x', 200);
	name[200] = '\0';
	assert_null(
	    sink_new(&loop, SINK_SOCKET, name, "tap", 1, 99, err, sizeof(err)));
	assert_non_null(strstr(err, "shorter"));
	assert_int_equal(uv_loop_close(&loop), 0);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/target", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_record_arrives),
	    cmocka_unit_test(late_acknowledgements_are_enough),
	    cmocka_unit_test(dropped_connections_lose_nothing),
	    cmocka_unit_test(a_server_that_comes_later_gets_all),
	    cmocka_unit_test(a_full_queue_drops_and_counts),
	    cmocka_unit_test(progress_is_told),
	    cmocka_unit_test(frames_in_a_file_come_back),
	    cmocka_unit_test(json_is_a_line_a_record),
	    cmocka_unit_test(waiting_lines_are_written_without_a_flush),
	    cmocka_unit_test(a_closed_pipe_is_an_error_and_no_signal),
	    cmocka_unit_test(a_full_disk_is_an_error),
	    cmocka_unit_test(a_bad_target_is_said),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
