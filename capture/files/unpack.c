/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/files/unpack.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#define IN_BYTES     (64 * 1024)
#define OUT_BYTES    (128 * 1024)
#define MAGIC_BYTES  4
#define GZIP_ANY     (15 + 16) /* any window, gzip header and trailer */
#define ZSTD_LOG_MAX 27        /* 128 MiB: what zstd -d takes as well */

enum kind { KIND_PLAIN, KIND_GZIP, KIND_ZSTD };

struct unpack {
	int fd;
	enum kind kind;
	bool input_ended;
	bool between; /* of gzip members or zstd frames */
	const char *error;
	uint64_t position;
	size_t at, have; /* of in */
	z_stream gzip;
	ZSTD_DStream *zstd;
	char out[OUT_BYTES]; /* of the stream */
	uint8_t in[IN_BYTES];
};

/* More input behind what is left. 1; 0: the file has ended; -1: errno. */
static int fill(struct unpack *u)
{
	ssize_t n;

	if (u->at > 0)
		memmove(u->in, u->in + u->at, u->have - u->at);
	u->have -= u->at;
	u->at = 0;
	do
		n = read(u->fd, u->in + u->have, sizeof(u->in) - u->have);
	while (n < 0 && errno == EINTR);
	if (n <= 0) {
		u->input_ended = n == 0;
		return n < 0 ? -1 : 0;
	}
	u->have += (size_t)n;
	u->position += (uint64_t)n;
	return 1;
}

static bool is_gzip(const uint8_t *b)
{
	return b[0] == 0x1f && b[1] == 0x8b && b[2] == 8;
}

/* A frame, or a frame to skip, with which some writers begin. */
static bool is_zstd(const uint8_t *b)
{
	bool tail = b[2] == 0x4d && b[3] == 0x18 && b[1] == 0x2a;

	return (b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd) ||
	       (tail && (b[0] & 0xf0) == 0x50);
}

/* What people may have packed a capture with, and we do not unpack. */
static const char *foreign(const uint8_t *b)
{
	static const struct {
		uint8_t magic[MAGIC_BYTES];
		size_t n;
		const char *error;
	} kinds[] = {
	    {{'B', 'Z', 'h'}, 3,
		"is packed with bzip2; give it with bzip2 -dc FILE | "
		"sekisho-capture -r -"},
	    {{0xfd, '7', 'z', 'X'}, 4,
		"is packed with xz; give it with xz -dc FILE | "
		"sekisho-capture -r -"},
	    {{0x04, 0x22, 0x4d, 0x18}, 4,
		"is packed with lz4; give it with lz4 -dc FILE | "
		"sekisho-capture -r -"},
	    {{'P', 'K', 3, 4}, 4, "is a zip archive; unpack it first"},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(b, kinds[i].magic, kinds[i].n) == 0)
			return kinds[i].error;
	return NULL;
}

static int begin(struct unpack *u)
{
	int rc = 1;

	while (u->have < MAGIC_BYTES && rc > 0)
		rc = fill(u);
	if (rc < 0)
		return -1;
	if (u->have < MAGIC_BYTES)
		return 0;
	if (is_gzip(u->in)) {
		u->kind = KIND_GZIP;
		rc = inflateInit2(&u->gzip, GZIP_ANY) == Z_OK ? 0 : -1;
	} else if (is_zstd(u->in)) {
		u->zstd = ZSTD_createDStream();
		if (u->zstd != NULL)
			u->kind = KIND_ZSTD;
		rc = u->zstd != NULL &&
			     !ZSTD_isError(ZSTD_DCtx_setParameter(
				 u->zstd, ZSTD_d_windowLogMax, ZSTD_LOG_MAX))
			 ? 0
			 : -1;
	} else {
		u->error = foreign(u->in);
		rc = 0;
	}
	if (rc < 0)
		errno = ENOMEM;
	return rc;
}

struct unpack *unpack_new(int fd)
{
	struct unpack *u = malloc(sizeof(*u));

	if (u == NULL) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	memset(u, 0, offsetof(struct unpack, out));
	u->fd = fd;
	if (begin(u) != 0) {
		int why = errno;

		unpack_free(u);
		errno = why;
		return NULL;
	}
	return u;
}

void unpack_free(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->kind == KIND_GZIP)
		inflateEnd(&u->gzip);
	ZSTD_freeDStream(u->zstd);
	close(u->fd);
	free(u);
}

static int fail(struct unpack *u, const char *why)
{
	u->error = why;
	return -1;
}

/* gzip(1) takes zeros after the last member for padding of a tape. */
static int gzip_next_member(struct unpack *u)
{
	int rc = 1;

	while (u->at < u->have && u->in[u->at] == 0)
		u->at++;
	while (u->have - u->at < MAGIC_BYTES && rc > 0)
		rc = fill(u);
	if (rc < 0)
		return -1;
	if (u->at == u->have)
		return 0;
	if (u->have - u->at < MAGIC_BYTES || !is_gzip(u->in + u->at))
		return fail(u, "what follows the gzip data is not gzip");
	if (inflateReset(&u->gzip) != Z_OK)
		return fail(u, "the gzip data cannot be read");
	u->between = false;
	return 0;
}

/* Some progress. What was made; -1: error. */
static ssize_t gzip_step(struct unpack *u, char *buf, size_t size)
{
	int rc;

	if (u->between && gzip_next_member(u) != 0)
		return -1;
	if (u->at == u->have)
		return 0;
	u->gzip.next_in = u->in + u->at;
	u->gzip.avail_in = (uInt)(u->have - u->at);
	u->gzip.next_out = (Bytef *)buf;
	u->gzip.avail_out = (uInt)size;
	rc = inflate(&u->gzip, Z_NO_FLUSH);
	u->at = u->have - u->gzip.avail_in;
	if (rc == Z_STREAM_END)
		u->between = true;
	else if (rc == Z_MEM_ERROR)
		return fail(u, "out of memory for gzip data");
	else if (rc != Z_OK && rc != Z_BUF_ERROR)
		u->error = "the gzip data is damaged";
	return (ssize_t)(size - u->gzip.avail_out);
}

static ssize_t zstd_step(struct unpack *u, char *buf, size_t size)
{
	ZSTD_inBuffer in = {u->in + u->at, u->have - u->at, 0};
	ZSTD_outBuffer out = {buf, size, 0};
	size_t rc;

	/* Also without input: it may hold back output. */
	if (u->between && in.size == 0)
		return 0;
	rc = ZSTD_decompressStream(u->zstd, &out, &in);
	u->at += in.pos;
	if (ZSTD_isError(rc))
		u->error = ZSTD_getErrorCode(rc) ==
				   ZSTD_error_frameParameter_windowTooLarge
			       ? "the zstd data asks for more than 128 MiB of "
				 "memory; unpack it with zstd -d --long=31"
			       : "the zstd data is damaged";
	else
		u->between = rc == 0;
	return (ssize_t)out.pos;
}

static ssize_t plain_step(struct unpack *u, char *buf, size_t size)
{
	size_t n = u->have - u->at;

	if (n > size)
		n = size;
	memcpy(buf, u->in + u->at, n);
	u->at += n;
	u->between = true;
	return (ssize_t)n;
}

static ssize_t step(struct unpack *u, char *buf, size_t size)
{
	switch (u->kind) {
	case KIND_PLAIN:
		return plain_step(u, buf, size);
	case KIND_GZIP:
		return gzip_step(u, buf, size);
	case KIND_ZSTD:
		return zstd_step(u, buf, size);
	}
	return -1;
}

static ssize_t on_read(void *cookie, char *buf, size_t size)
{
	struct unpack *u = cookie;

	for (;;) {
		ssize_t n;

		if (u->error != NULL)
			break;
		n = step(u, buf, size);
		if (n > 0)
			return n;
		if (n < 0 || u->error != NULL)
			break;
		if (u->at < u->have)
			continue;
		if (u->input_ended) {
			if (u->between || u->kind == KIND_PLAIN)
				return 0;
			u->error = u->kind == KIND_GZIP
				       ? "the gzip data is cut short"
				       : "the zstd data is cut short";
			break;
		}
		if (fill(u) < 0)
			return -1;
	}
	errno = EIO;
	return -1;
}

FILE *unpack_stream(struct unpack *u)
{
	cookie_io_functions_t io = {.read = on_read};
	FILE *f = fopencookie(u, "r", io);

	if (f == NULL)
		return NULL;
	setvbuf(f, u->out, _IOFBF, sizeof(u->out));
	/* One thread reads it. */
	__fsetlocking(f, FSETLOCKING_BYCALLER);
	return f;
}

const char *unpack_error(const struct unpack *u)
{
	return u->error;
}

uint64_t unpack_position(const struct unpack *u)
{
	return u->position;
}
