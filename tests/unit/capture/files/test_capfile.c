/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>

#include "capture/files/capfile.h"
#include "tests/unit/capture/files/made.h"

static size_t le32(uint8_t *b, size_t n, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		b[n++] = (uint8_t)(v >> 8 * i);
	return n;
}

static size_t section(uint8_t *b, size_t n)
{
	n = le32(b, n, 0x0a0d0d0a);
	n = le32(b, n, 28);
	n = le32(b, n, 0x1a2b3c4d);
	n = le32(b, n, 1); /* version 1.0 */
	n = le32(b, n, 0xffffffff);
	n = le32(b, n, 0xffffffff);
	return le32(b, n, 28);
}

static size_t interface(uint8_t *b, size_t n, uint32_t linktype)
{
	n = le32(b, n, 1);
	n = le32(b, n, 20);
	n = le32(b, n, linktype);
	n = le32(b, n, 65535);
	return le32(b, n, 20);
}

static size_t packet(uint8_t *b, size_t n, uint32_t iface, uint32_t ms)
{
	uint64_t us = (uint64_t)MADE_EPOCH_S * 1000000 + ms * 1000;

	n = le32(b, n, 6);
	n = le32(b, n, 36);
	n = le32(b, n, iface);
	n = le32(b, n, (uint32_t)(us >> 32));
	n = le32(b, n, (uint32_t)us);
	n = le32(b, n, 4);
	n = le32(b, n, 4);
	n = le32(b, n, 0x45);
	return le32(b, n, 36);
}

static void pcapng_of_one_kind_is_read(void **state)
{
	uint8_t b[1024];
	struct capfile f;
	struct made m;
	size_t n;

	(void)state;
	made_begin(&m);
	n = section(b, 0);
	n = interface(b, n, 1);
	n = interface(b, n, 1);
	n = packet(b, n, 1, 7);
	made_save(m.path[0], b, n);
	assert_int_equal(capfile_open(&f, m.path[0]), 0);
	assert_true(f.regular);
	assert_int_equal(f.size_bytes, n);
	assert_int_equal(f.linktype, DLT_EN10MB);
	assert_int_equal(capfile_next(&f), 1);
	assert_int_equal(f.head->caplen, 4);
	assert_int_equal(f.ts_us, MADE_EPOCH_S * US_PER_S + 7000);
	assert_int_equal(capfile_next(&f), 0);
	assert_int_equal(capfile_position(&f), n);
	assert_int_equal(f.packets, 1);
	capfile_close(&f);
	capfile_close(&f);
	made_end(&m);
}

static void interfaces_of_two_kinds_are_said(void **state)
{
	uint8_t b[1024];
	struct capfile f;
	struct made m;
	size_t n;

	(void)state;
	made_begin(&m);
	n = section(b, 0);
	n = interface(b, n, 1);
	n = packet(b, n, 0, 7);
	n = interface(b, n, 101);
	n = packet(b, n, 1, 8);
	made_save(m.path[0], b, n);
	assert_int_equal(capfile_open(&f, m.path[0]), 0);
	assert_int_equal(capfile_next(&f), 1);
	assert_int_equal(capfile_next(&f), -1);
	assert_int_equal(f.packets, 1);
	assert_non_null(strstr(f.error, "one file per interface"));
	capfile_close(&f);
	made_end(&m);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct capfile f;
	struct made m;

	(void)state;
	made_begin(&m);
	assert_int_equal(capfile_open(&f, m.path[0]), -1);
	assert_non_null(strstr(f.error, "No such file"));
	assert_int_equal(mkdir(m.path[0], 0700), 0);
	assert_int_equal(capfile_open(&f, m.path[0]), -1);
	assert_non_null(strstr(f.error, "directory"));
	assert_int_equal(rmdir(m.path[0]), 0);
	made_save(m.path[0], "", 0);
	assert_int_equal(capfile_open(&f, m.path[0]), -1);
	assert_non_null(strstr(f.error, "is empty"));
	made_save(m.path[0], "no capture", 10);
	assert_int_equal(capfile_open(&f, m.path[0]), -1);
	assert_non_null(strstr(f.error, "neither pcap nor pcapng"));
	/* gzip that ends within its header */
	made_save(m.path[0], "\x1f\x8b\x08\x00\x00", 5);
	assert_int_equal(capfile_open(&f, m.path[0]), -1);
	assert_non_null(strstr(f.error, "gzip data is cut short"));
	capfile_close(&f);
	made_end(&m);
}

static void files_behind_one_another_end_at_the_second(void **state)
{
	static const int ms[] = {1, 2};
	uint8_t b[1024];
	struct capfile f;
	struct made m;
	size_t n;

	(void)state;
	made_begin(&m);
	made_pcap(m.path[0], DLT_EN10MB, 1, ms, 2);
	n = made_load(m.path[0], b, sizeof(b));
	n += made_load(m.path[0], b + n, sizeof(b) - n);
	made_save(m.path[0], b, n);
	assert_int_equal(capfile_open(&f, m.path[0]), 0);
	assert_int_equal(capfile_next(&f), 1);
	assert_int_equal(capfile_next(&f), 1);
	assert_int_equal(capfile_next(&f), -1);
	assert_int_equal(f.packets, 2);
	assert_non_null(strstr(f.error, "another capture begins"));
	capfile_close(&f);
	made_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pcapng_of_one_kind_is_read),
	    cmocka_unit_test(interfaces_of_two_kinds_are_said),
	    cmocka_unit_test(what_cannot_be_opened_says_why),
	    cmocka_unit_test(files_behind_one_another_end_at_the_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
