/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "capture/summary.h"

#define FIRST_US INT64_C(1700000000000000) /* 2023-11-14T22:13:20Z */
#define LAST_US  (FIRST_US + INT64_C(3725000000))

static const struct conf_ports ports = {{25, 587}, 2};

struct world {
	struct counters c;
	struct summary_frame f;
	char *text;
	size_t size;
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->f.ports = &ports;
	w->f.workers = 1;
	w->c.v[COUNTER_PACKETS] = 1234567;
	w->c.v[COUNTER_PACKETS_WATCHED] = 1000000;
	w->c.v[COUNTER_BYTES] = 987654321;
	w->c.v[COUNTER_FILES_READ] = 2;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	free(w->text);
	free(w);
	return 0;
}

static void print(struct world *w)
{
	FILE *out;

	free(w->text);
	out = open_memstream(&w->text, &w->size);
	assert_non_null(out);
	summary_print(out, &w->c, &w->f);
	fclose(out);
}

static void assert_line(const struct world *w, const char *line)
{
	char whole[256];

	snprintf(whole, sizeof(whole), "\n%s\n", line);
	if (strstr(w->text, whole) == NULL)
		fail_msg("no line '%s' in\n%s", line, w->text);
}

static void assert_no(const struct world *w, const char *text)
{
	if (strstr(w->text, text) != NULL)
		fail_msg("'%s' is in\n%s", text, w->text);
}

static void assert_last(const struct world *w, const char *line)
{
	size_t n = strlen(line);

	if (w->size < n + 2 || w->text[w->size - n - 2] != '\n' ||
	    strncmp(w->text + w->size - n - 1, line, n) != 0)
		fail_msg("'%s' is not the last line of\n%s", line, w->text);
}

static void numbers_are_aligned_and_grouped(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_TRANSACTIONS] = 1;
	w->c.v[COUNTER_FLOWS] = UINT64_MAX;
	print(w);
	assert_int_equal(strncmp(w->text, "Read\n", 5), 0);
	assert_line(w, "       1,234,567  packets");
	assert_line(w, "     987,654,321  bytes");
	assert_line(w, "               2  files");
	assert_line(w, "       1,000,000  packets of ports 25, 587 (81.0 %)");
	assert_line(w, "               1  mail transaction");
	assert_line(w, "18,446,744,073,709,551,615  connections or attempts");
}

static void zeros_are_left_out_and_their_groups(void **state)
{
	struct world *w = *state;

	print(w);
	assert_no(w, "Not seen");
	assert_no(w, "Lost\n");
	assert_no(w, "Written");
	assert_no(w, "session");
	assert_no(w, "  0 ");
	assert_no(w, "MiB");
}

static void times_are_of_the_packets(void **state)
{
	struct world *w = *state;

	w->f.first_us = FIRST_US;
	w->f.last_us = LAST_US;
	w->f.took_s = 2.5;
	w->f.cpu_s = 91;
	w->f.peak_kib = 44 * 1024;
	print(w);
	assert_line(w, "                  from 2023-11-14T22:13:20Z to "
		       "2023-11-14T23:15:25Z");
	assert_line(
	    w, "                  that is 1 h 2 min, 2.1 Mbit/s on average");
	assert_line(w, "                  read in 2.5 s, 493,826 packets/s");
	assert_line(w, "                  1 min 31 s of CPU, 44 MiB of memory");
}

static void an_interface_has_no_files(void **state)
{
	struct world *w = *state;

	w->f.live = true;
	w->f.took_s = 200000;
	w->f.peak_kib = 1024;
	w->f.cpu_s = 0.25;
	w->f.workers = 4;
	print(w);
	assert_no(w, "files");
	assert_line(w, "                  captured in 2 d 7 h, 6 packets/s, "
		       "39.5 kbit/s");
	assert_line(w, "                  0.250 s of CPU, 1 MiB of memory in "
		       "the largest of 4 workers");
}

static void nothing_lost_is_said(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_FLOWS_MIDSTREAM] = 3; /* no reason to do anything */
	print(w);
	assert_last(w, "Nothing was lost.");
	assert_line(w, "               3  connections open before the first "
		       "packet");
}

static void the_largest_cause_has_its_remedy(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_KERNEL_DROPPED] = 1500;
	w->c.v[COUNTER_GAPS] = 9999; /* a consequence */
	print(w);
	assert_last(w, "1,500 packets were dropped by the kernel, whose ring "
		       "was full: raise ring_bytes or --workers.");
	assert_no(w, "named above");
	w->c.v[COUNTER_SMTP_OVER_BUDGET] = 1501;
	w->c.v[COUNTER_FILES_BROKEN] = 1;
	print(w);
	assert_line(w, "1,501 sessions were not read on: raise smtp_bytes.");
	assert_last(w, "2 more causes are named above.");
	assert_line(w, "           1,500  packets dropped by the kernel, "
		       "whose ring was full");
}

static void one_is_not_many(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_FLOWS_EVICTED] = 1;
	w->c.v[COUNTER_RECORDS_DROPPED] = 2;
	print(w);
	assert_line(w, "               1  connection given up, for the table "
		       "was full");
	assert_last(w, "1 more cause is named above.");
	w->c.v[COUNTER_RECORDS_DROPPED] = 0;
	print(w);
	assert_last(w, "1 connection was given up, for the table was full: "
		       "raise max_flows.");
}

static void what_others_lost_is_told_apart(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_GAPS] = 2;
	w->c.v[COUNTER_GAP_BYTES] = 5000;
	print(w);
	assert_no(w, "\nLost\n");
	assert_last(w, "Nothing was lost here, but 2 holes were left in "
		       "connections: whoever made this traffic lost packets; "
		       "look for drops at the mirror port, or where the file "
		       "was written.");
}

static void an_empty_capture_is_no_success(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_PACKETS_WATCHED] = 0;
	print(w);
	assert_last(w, "No packet was mail: does mail pass where this was "
		       "captured, on these ports?");
	w->c.v[COUNTER_PACKETS] = 0;
	print(w);
	assert_last(w, "No packet was read: are these the right files?");
	w->f.live = true;
	w->c.v[COUNTER_INTERFACE_LOST] = 1;
	print(w);
	assert_line(w, "No packet came: is this the interface that gets the "
		       "mirrored traffic?");
	assert_last(w, "1 outage was made by an interface that was gone: see "
		       "the messages above.");
}

static void a_signal_is_no_end(void **state)
{
	struct world *w = *state;

	w->f.stopped = true;
	print(w);
	assert_line(w, "               2  files to their end");
	assert_line(w, "Stopped before the end: the rest of the files was "
		       "not read.");
	assert_last(w, "Nothing was lost.");
}

static void drops_of_the_kernel_have_their_share(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_KERNEL_RECEIVED] = 1000000;
	w->c.v[COUNTER_KERNEL_DROPPED] = 1200;
	print(w);
	assert_line(w, "           1,200  packets dropped by the kernel, "
		       "whose ring was full (0.12 %)");
}

static void records_that_nobody_took_are_lost(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_RECORDS] = 20000;
	w->c.v[COUNTER_RECORDS_ACKED] = 18000;
	print(w); /* a file took them */
	assert_line(w, "          20,000  records");
	assert_no(w, "acknowledged");
	assert_last(w, "Nothing was lost.");
	w->f.to_analyzer = true;
	print(w);
	assert_line(w, "          18,000  acknowledged by the analyzer");
	assert_line(w, "           2,000  not acknowledged: lost");
	assert_last(w, "2,000 records were not acknowledged: see that the "
		       "analyzer runs, and read the files again.");
	w->f.live = true;
	print(w);
	assert_last(w, "2,000 records were not acknowledged: see that the "
		       "analyzer runs, or set spool_dir.");
	w->c.v[COUNTER_SPOOL_BYTES] = 300000;
	print(w);
	assert_line(w, "         300,000  bytes in the spool, for the next "
		       "start");
	assert_last(w, "Nothing was lost.");
}

static void full_adds_every_counter(void **state)
{
	struct world *w = *state;

	w->c.v[COUNTER_LINK_ARP] = 17;
	print(w);
	assert_no(w, "link_arp");
	w->f.full = true;
	print(w);
	assert_line(w, "Nothing was lost.");
	assert_line(w, "Counters");
	assert_line(w, "packets                1234567");
	assert_last(w, "files_read             2");
	assert_line(w, "link_arp               17");
	assert_no(w, "flows_open");
}

static void the_widest_port_list_fits(void **state)
{
	struct conf_ports wide = {.n = 16};
	struct world *w = *state;

	for (size_t i = 0; i < wide.n; i++)
		wide.v[i] = (uint16_t)(65520 + i);
	w->f.ports = &wide;
	print(w);
	assert_non_null(strstr(w->text, "65534, 65535 (81.0 %)\n"));
}

static void usage_is_measured(void **state)
{
	struct world *w = *state;

	summary_measure(&w->f, RUSAGE_SELF);
	assert_true(w->f.peak_kib > 100 && w->f.cpu_s >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		numbers_are_aligned_and_grouped, begin, end),
	    cmocka_unit_test_setup_teardown(
		zeros_are_left_out_and_their_groups, begin, end),
	    cmocka_unit_test_setup_teardown(
		times_are_of_the_packets, begin, end),
	    cmocka_unit_test_setup_teardown(
		an_interface_has_no_files, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_lost_is_said, begin, end),
	    cmocka_unit_test_setup_teardown(
		the_largest_cause_has_its_remedy, begin, end),
	    cmocka_unit_test_setup_teardown(one_is_not_many, begin, end),
	    cmocka_unit_test_setup_teardown(
		what_others_lost_is_told_apart, begin, end),
	    cmocka_unit_test_setup_teardown(
		an_empty_capture_is_no_success, begin, end),
	    cmocka_unit_test_setup_teardown(a_signal_is_no_end, begin, end),
	    cmocka_unit_test_setup_teardown(
		drops_of_the_kernel_have_their_share, begin, end),
	    cmocka_unit_test_setup_teardown(
		records_that_nobody_took_are_lost, begin, end),
	    cmocka_unit_test_setup_teardown(
		full_adds_every_counter, begin, end),
	    cmocka_unit_test_setup_teardown(
		the_widest_port_list_fits, begin, end),
	    cmocka_unit_test_setup_teardown(usage_is_measured, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
