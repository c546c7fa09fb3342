/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/log.h"
#include "capture/files/merge.h"
#include "tests/unit/capture/files/made.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct world {
	struct made made;
	struct counters counters;
	struct merge_status status;
	char marks[512]; /* of the packets, in their order */
	int64_t last_us;
	int linktype;
	size_t most_open; /* descriptors */
};

static size_t descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void read_all(struct world *w, char **paths, size_t n)
{
	struct merge *m = merge_new(paths, n, &w->counters);
	size_t used = 0, base = descriptors();
	struct merge_packet p, again;

	assert_non_null(m);
	while (merge_look(m))
		;
	while (merge_next(m, &p)) {
		size_t open = descriptors() - base;

		assert_true(merge_next(m, &again));
		assert_ptr_equal(p.data, again.data);
		assert_true(used + 1 < sizeof(w->marks));
		w->marks[used++] = (char)p.data[0];
		w->last_us = p.ts_us;
		w->linktype = p.linktype;
		if (open > w->most_open)
			w->most_open = open;
		merge_drop(m);
	}
	w->marks[used] = '\0';
	merge_status(m, &w->status);
	merge_free(m);
	assert_int_equal(descriptors(), base);
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	log_set_level(LOG_LEVEL_ERROR);
	made_begin(&w->made);
}

static void packets_come_in_the_order_of_time(void **state)
{
	static const int a[] = {0, 1000, 5000}, b[] = {500, 5000, 6000},
			 c[] = {7000, 8000}, d[] = {4000};
	static const int orders[][4] = {
	    {0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1}};
	struct world w;

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_EN10MB, 'b', b, COUNT(b));
	made_pcap(w.made.path[2], DLT_EN10MB, 'c', c, COUNT(c));
	made_pcap(w.made.path[3], DLT_EN10MB, 'd', d, COUNT(d));
	for (size_t i = 0; i < COUNT(orders); i++) {
		char *paths[4];

		for (size_t k = 0; k < 4; k++)
			paths[k] = w.made.path[orders[i][k]];
		read_all(&w, paths, 4);
		assert_string_equal(w.marks, "abadabbcc");
	}
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 12);
	assert_int_equal(w.status.files_done, 4);
	assert_int_equal(w.status.bytes_done, 4 * 24 + 9 * 80);
	assert_int_equal(w.status.bytes_total, w.status.bytes_done);
	assert_true(w.status.read_any);
	made_end(&w.made);
}

/* 100 files of one packet each, and one over all of the time. */
static void only_what_overlaps_is_open(void **state)
{
	static const int all[] = {0, 200000};
	char *paths[101], names[100][64];
	struct world w;

	(void)state;
	begin(&w);
	for (int i = 0; i < 100; i++) {
		int ms = 1000 + i * 1000;

		snprintf(names[i], sizeof(names[i]), "%s/n%d", w.made.dir, i);
		paths[99 - i] = names[i];
		made_pcap(
		    names[i], DLT_EN10MB, (uint8_t)('A' + i % 26), &ms, 1);
	}
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', all, COUNT(all));
	paths[100] = w.made.path[0];
	read_all(&w, paths, 101);
	assert_int_equal(strlen(w.marks), 102);
	assert_memory_equal(w.marks, "aABCDEFGHIJKLMNOPQRSTUVWXYZABC", 30);
	assert_int_equal(w.marks[101], 'a');
	/* 16 stay open from the look at them. */
	assert_true(w.most_open <= 18);
	for (int i = 0; i < 100; i++)
		(void)unlink(names[i]);
	made_end(&w.made);
}

static void few_descriptors_cost_order_and_no_packet(void **state)
{
	char *paths[40], names[40][64];
	struct rlimit old, few;
	struct world w;

	(void)state;
	begin(&w);
	for (int i = 0; i < 40; i++) {
		int ms[] = {i, 1000 + i};

		snprintf(names[i], sizeof(names[i]), "%s/n%d", w.made.dir, i);
		paths[i] = names[i];
		made_pcap(names[i], DLT_EN10MB, 'x', ms, 2);
	}
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = 64 + 20;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	read_all(&w, paths, 40);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(strlen(w.marks), 80);
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 40);
	assert_int_equal(w.counters.v[COUNTER_FILES_BROKEN], 0);
	assert_true(w.most_open <= 21);
	for (int i = 0; i < 40; i++)
		(void)unlink(names[i]);
	made_end(&w.made);
}

static void a_file_given_twice_is_read_once(void **state)
{
	static const int a[] = {0, 2000}, b[] = {0, 3000};
	struct world w;
	char *paths[5], other[64];

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_EN10MB, 'b', b, COUNT(b));
	assert_int_equal(symlink(w.made.path[1], w.made.path[2]), 0);
	snprintf(other, sizeof(other), "%s/./a", w.made.dir);
	paths[0] = w.made.path[0];
	paths[1] = w.made.path[2];
	paths[2] = other;
	paths[3] = w.made.path[1];
	paths[4] = w.made.path[0];
	read_all(&w, paths, 5);
	assert_string_equal(w.marks, "abab");
	assert_int_equal(w.status.files_done, 5);
	assert_int_equal(w.status.bytes_done, w.status.bytes_total);
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 2);
	made_end(&w.made);
}

/* The look leaves the latest files open, which come first here. */
static void files_open_for_later_make_room(void **state)
{
	char *paths[40], names[40][64], expected[81];
	struct rlimit old, few;
	struct world w;

	(void)state;
	begin(&w);
	for (int i = 0; i < 40; i++) {
		int ms[] = {i * 1000, i * 1000 + 1500};
		char mark = (char)('A' + i);

		snprintf(names[i], sizeof(names[i]), "%s/n%d", w.made.dir, i);
		paths[39 - i] = names[i];
		made_pcap(names[i], DLT_EN10MB, (uint8_t)mark, ms, 2);
		expected[i == 0 ? 0 : 2 * i - 1] = mark;
		expected[i == 39 ? 79 : 2 * i + 2] = mark;
	}
	expected[80] = '\0';
	getrlimit(RLIMIT_NOFILE, &old);
	few = old;
	few.rlim_cur = 64 + 16;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	read_all(&w, paths, 40);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_string_equal(w.marks, expected);
	assert_true(w.most_open <= 17);
	for (int i = 0; i < 40; i++)
		(void)unlink(names[i]);
	made_end(&w.made);
}

static void disorder_and_no_time_lose_nothing(void **state)
{
	static const int a[] = {1000, 0, 3000}, b[] = {-1, 2000, -1, 2500};
	struct world w;
	char *paths[2];

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_EN10MB, 'b', b, COUNT(b));
	paths[0] = w.made.path[0];
	paths[1] = w.made.path[1];
	read_all(&w, paths, 2);
	assert_string_equal(w.marks, "baabbba");
	made_end(&w.made);
}

static void each_file_has_its_link_type(void **state)
{
	static const int a[] = {0, 2000}, b[] = {1000, 3000};
	struct world w;
	char *paths[2];

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_RAW, 'b', b, COUNT(b));
	paths[0] = w.made.path[0];
	paths[1] = w.made.path[1];
	read_all(&w, paths, 2);
	assert_string_equal(w.marks, "abab");
	assert_int_equal(w.linktype, DLT_RAW);
	made_end(&w.made);
}

static void packed_files_are_merged_too(void **state)
{
	static const int a[] = {0, 2000}, b[] = {1000, 3000}, c[] = {1500};
	static uint8_t raw[4096], out[4096];
	struct world w;
	char *paths[3];
	size_t n;

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_EN10MB, 'b', b, COUNT(b));
	made_pcap(w.made.path[2], DLT_EN10MB, 'c', c, COUNT(c));
	n = made_load(w.made.path[0], raw, sizeof(raw));
	made_save(w.made.path[0], out, made_gzip(raw, n, out, sizeof(out)));
	n = made_load(w.made.path[1], raw, sizeof(raw));
	made_save(w.made.path[1], out, made_zstd(raw, n, out, sizeof(out)));
	for (int i = 0; i < 3; i++)
		paths[i] = w.made.path[i];
	read_all(&w, paths, 3);
	assert_string_equal(w.marks, "abcab");
	made_end(&w.made);
}

static void what_cannot_be_read_is_counted(void **state)
{
	static const int a[] = {0, 1, 2, 3};
	static uint8_t raw[4096], out[4096];
	struct world w;
	char *paths[6];
	size_t n;

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	assert_int_equal(truncate(w.made.path[0], 24 + 3 * 80 + 20), 0);
	made_save(w.made.path[1], "no capture, whatever it says", 28);
	assert_int_equal(mkdir(w.made.path[2], 0700), 0);
	made_pcap(w.made.path[4], DLT_EN10MB, 'e', NULL, 0);
	made_pcap(w.made.path[5], DLT_EN10MB, 'f', a, COUNT(a));
	n = made_load(w.made.path[5], raw, sizeof(raw));
	n = made_gzip(raw, n, out, sizeof(out));
	made_save(w.made.path[5], out, n - 9); /* the trailer and a byte */
	for (int i = 0; i < 6; i++)
		paths[i] = w.made.path[i];
	read_all(&w, paths, 6);
	assert_int_equal(w.counters.v[COUNTER_FILES_READ], 3);
	assert_int_equal(w.counters.v[COUNTER_FILES_BROKEN], 5);
	assert_true(w.status.read_any);
	assert_int_equal(w.status.files_done, 6);
	assert_memory_equal(w.marks, "af", 2);
	assert_true(strlen(w.marks) >= 6);
	assert_int_equal(rmdir(w.made.path[2]), 0);
	made_end(&w.made);
}

static void a_fifo_is_read_as_it_comes(void **state)
{
	static const int a[] = {0, 2000}, b[] = {1000, 3000};
	static uint8_t raw[4096];
	struct world w;
	char *paths[2];
	size_t n;
	pid_t child;

	(void)state;
	begin(&w);
	made_pcap(w.made.path[0], DLT_EN10MB, 'a', a, COUNT(a));
	made_pcap(w.made.path[1], DLT_EN10MB, 'b', b, COUNT(b));
	n = made_load(w.made.path[1], raw, sizeof(raw));
	(void)unlink(w.made.path[1]);
	assert_int_equal(mkfifo(w.made.path[1], 0600), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		made_save(w.made.path[1], raw, n);
		_exit(0);
	}
	paths[0] = w.made.path[0];
	paths[1] = w.made.path[1];
	read_all(&w, paths, 2);
	assert_string_equal(w.marks, "abab");
	assert_int_equal(w.status.bytes_total, 0);
	made_end(&w.made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_come_in_the_order_of_time),
	    cmocka_unit_test(only_what_overlaps_is_open),
	    cmocka_unit_test(few_descriptors_cost_order_and_no_packet),
	    cmocka_unit_test(a_file_given_twice_is_read_once),
	    cmocka_unit_test(files_open_for_later_make_room),
	    cmocka_unit_test(disorder_and_no_time_lose_nothing),
	    cmocka_unit_test(each_file_has_its_link_type),
	    cmocka_unit_test(packed_files_are_merged_too),
	    cmocka_unit_test(what_cannot_be_read_is_counted),
	    cmocka_unit_test(a_fifo_is_read_as_it_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
