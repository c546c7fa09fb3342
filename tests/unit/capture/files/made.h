/* SPDX-License-Identifier: Apache-2.0 */
/* Capture files for the tests of this folder. */
#pragma once

#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/clock.h"

#define MADE_EPOCH_S INT64_C(1700000000)
#define MADE_FILES   12

struct made {
	char dir[40], path[MADE_FILES][64];
};

static inline void made_begin(struct made *m)
{
	strcpy(m->dir, "/tmp/sekisho-files-XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	for (int i = 0; i < MADE_FILES; i++)
		snprintf(
		    m->path[i], sizeof(m->path[i]), "%s/%c", m->dir, 'a' + i);
}

static inline void made_end(struct made *m)
{
	for (int i = 0; i < MADE_FILES; i++)
		(void)unlink(m->path[i]);
	assert_int_equal(rmdir(m->dir), 0);
}

/* One packet of 64 bytes for each time, ms after the epoch of the tests;
 * negative: a time stamp that is none. The first byte is the mark. */
static inline void made_pcap(
    const char *path, int linktype, uint8_t mark, const int *ms, size_t n)
{
	pcap_t *p = pcap_open_dead(linktype, 65535);
	pcap_dumper_t *d = pcap_dump_open(p, path);
	uint8_t data[64] = {mark};

	assert_non_null(d);
	for (size_t i = 0; i < n; i++) {
		struct pcap_pkthdr h = {.caplen = 64, .len = 64};

		h.ts.tv_sec = ms[i] < 0 ? 1 : MADE_EPOCH_S + ms[i] / 1000;
		h.ts.tv_usec = ms[i] < 0 ? 2000000 : ms[i] % 1000 * 1000;
		pcap_dump((u_char *)d, &h, data);
	}
	pcap_dump_close(d);
	pcap_close(p);
}

static inline size_t made_load(const char *path, uint8_t *buf, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	assert_non_null(f);
	n = fread(buf, 1, size, f);
	fclose(f);
	return n;
}

static inline void made_save(const char *path, const void *buf, size_t n)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(buf, 1, n, f), n);
	fclose(f);
}

/* What gzip(1) would write. */
static inline size_t made_gzip(
    const uint8_t *in, size_t n, uint8_t *out, size_t size)
{
	z_stream z = {0};

	assert_int_equal(
	    deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)size;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = z.total_out;
	deflateEnd(&z);
	return n;
}

static inline size_t made_zstd(
    const uint8_t *in, size_t n, uint8_t *out, size_t size)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t rc;

	/* zstd(1) writes checksums, the library alone does not. */
	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	rc = ZSTD_compress2(z, out, size, in, n);
	ZSTD_freeCCtx(z);
	assert_false(ZSTD_isError(rc));
	return rc;
}
