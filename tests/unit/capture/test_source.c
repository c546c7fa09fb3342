/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/pcap.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/source.h"
#include "tests/unit/capture/pkt.h"

struct world {
	uv_loop_t loop;
	struct counters counters;
	struct source *source;
	char dir[32], path[3][64];
	size_t packets, bytes, refuse, refused, pauses;
	int64_t last_us;
	int linktype;
	bool ended, read_any;
};

static bool on_packet(
    void *arg, int linktype, const uint8_t *data, size_t len, int64_t ts_us)
{
	struct world *w = arg;

	(void)data;
	if (w->refuse > 0) {
		w->refuse--;
		w->refused++;
		return false;
	}
	w->packets++;
	w->bytes += len;
	w->linktype = linktype;
	w->last_us = ts_us;
	return true;
}

static void on_pause(void *arg)
{
	struct world *w = arg;

	w->pauses++;
}

static void on_end(void *arg, bool read_any)
{
	struct world *w = arg;

	assert_false(w->ended);
	w->ended = true;
	w->read_any = read_any;
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(uv_loop_init(&w->loop), 0);
	strcpy(w->dir, "/tmp/sekisho-source-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	for (int i = 0; i < 3; i++)
		snprintf(w->path[i], sizeof(w->path[i]), "%s/%d", w->dir, i);
}

static void done(struct world *w)
{
	source_free(w->source);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	for (int i = 0; i < 3; i++)
		(void)unlink(w->path[i]);
	assert_int_equal(rmdir(w->dir), 0);
}

/* n packets of 60 bytes, step_us apart. */
static void write_pcap(const char *path, int n, int64_t step_us)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	pcap_dumper_t *d = pcap_dump_open(p, path);
	static const uint8_t data[60];

	assert_non_null(d);
	for (int i = 0; i < n; i++) {
		int64_t ts = 1700000000 * US_PER_S + i * step_us;
		struct pcap_pkthdr h = {.caplen = 60, .len = 60};

		h.ts.tv_sec = ts / US_PER_S;
		h.ts.tv_usec = ts % US_PER_S;
		pcap_dump((u_char *)d, &h, data);
	}
	pcap_dump_close(d);
	pcap_close(p);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void run(struct world *w, size_t n, double speed)
{
	struct source_events ev = {on_packet, on_pause, on_end, w};
	static char *paths[3];
	struct source_files files = {paths, n, speed, false};

	for (size_t i = 0; i < n; i++)
		paths[i] = w->path[i];
	w->source = source_new_files(&w->loop, &files, &w->counters, &ev);
	assert_non_null(w->source);
	source_start(w->source);
	uv_run(&w->loop, UV_RUN_DEFAULT);
}

static void all_files_are_read_to_the_end(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	write_pcap(w.path[0], 600, 1000);
	write_pcap(w.path[1], 3, 1000);
	run(&w, 2, 0);
	assert_true(w.ended && w.read_any);
	assert_int_equal(w.packets, 603);
	assert_int_equal(w.bytes, 603 * 60);
	assert_int_equal(w.linktype, DLT_EN10MB);
	assert_int_equal(w.last_us, 1700000000 * US_PER_S + 599 * 1000);
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 2);
	done(&w);
}

static void a_bad_file_does_not_end_the_others(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	write_text(w.path[0], "this is no capture, whatever it says");
	write_pcap(w.path[1], 5, 1);
	assert_int_equal(truncate(w.path[1], 24 + 4 * 76 + 20), 0);
	run(&w, 3, 0); /* the third is missing */
	assert_true(w.ended && w.read_any);
	assert_int_equal(w.packets, 4);
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 1);
	assert_int_equal(w.counters.v[COUNTER_FILES_BROKEN], 3);
	done(&w);
}

static void nothing_readable_is_said(void **state)
{
	struct world w;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	begin(&w);
	write_text(w.path[0], "");
	write_text(w.path[1], "garbage garbage garbage garbage");
	run(&w, 3, 0);
	assert_true(w.ended);
	assert_false(w.read_any);
	assert_int_equal(w.counters.v[COUNTER_FILES_BROKEN], 3);
	done(&w);
}

static void a_capture_without_packets_is_readable(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	write_pcap(w.path[0], 0, 0);
	run(&w, 1, 0);
	assert_true(w.ended && w.read_any);
	assert_int_equal(w.packets, 0);
	done(&w);
}

static void a_packet_that_is_not_taken_comes_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	write_pcap(w.path[0], 5, 1000);
	w.refuse = 3;
	run(&w, 1, 0);
	while (!w.ended) {
		assert_true(w.refused <= 3);
		source_resume(w.source);
		uv_run(&w.loop, UV_RUN_DEFAULT);
	}
	assert_int_equal(w.refused, 3);
	assert_int_equal(w.packets, 5);
	done(&w);
}

static void paced_files_lose_nothing_and_skip_long_pauses(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	write_pcap(w.path[0], 50, 1000);
	write_pcap(w.path[1], 4, 7200 * US_PER_S);
	run(&w, 2, 10);
	assert_true(w.ended);
	assert_int_equal(w.packets, 54);
	assert_true(w.pauses > 0);
	done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_files_are_read_to_the_end),
	    cmocka_unit_test(a_bad_file_does_not_end_the_others),
	    cmocka_unit_test(nothing_readable_is_said),
	    cmocka_unit_test(a_capture_without_packets_is_readable),
	    cmocka_unit_test(a_packet_that_is_not_taken_comes_again),
	    cmocka_unit_test(paced_files_lose_nothing_and_skip_long_pauses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
