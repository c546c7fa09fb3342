/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>

#include "capture/files/unpack.h"
#include "tests/unit/capture/files/made.h"

#define DATA_BYTES 300000
#define ALL_BYTES  (2 * DATA_BYTES)

static uint8_t data[DATA_BYTES], packed[ALL_BYTES], back[ALL_BYTES];

/* Half of it can be packed. */
static void make_data(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < DATA_BYTES; i++) {
		x = x * 1664525 + 1013904223;
		data[i] = i % 2 ? (uint8_t)(x >> 24) : 'a';
	}
}

/* Bytes that came; *failed: the stream reported an error. */
static size_t read_back(const char *path, const char **error)
{
	struct unpack *u = unpack_new(open(path, O_RDONLY));
	size_t n;
	FILE *f;

	assert_non_null(u);
	f = unpack_stream(u);
	assert_non_null(f);
	n = fread(back, 1, sizeof(back), f);
	assert_int_equal(ferror(f) != 0, unpack_error(u) != NULL);
	*error = unpack_error(u);
	fclose(f);
	unpack_free(u);
	return n;
}

static size_t pack(bool zstd, const uint8_t *in, size_t n, size_t at)
{
	return at + (zstd ? made_zstd(in, n, packed + at, ALL_BYTES - at)
			  : made_gzip(in, n, packed + at, ALL_BYTES - at));
}

static void what_is_packed_comes_back(void **state)
{
	const char *error;
	struct made m;

	(void)state;
	made_begin(&m);
	for (int zstd = 0; zstd < 2; zstd++) {
		made_save(m.path[0], packed, pack(zstd, data, DATA_BYTES, 0));
		assert_int_equal(read_back(m.path[0], &error), DATA_BYTES);
		assert_null(error);
		assert_memory_equal(back, data, DATA_BYTES);
	}
	made_save(m.path[0], data, DATA_BYTES);
	assert_int_equal(read_back(m.path[0], &error), DATA_BYTES);
	assert_null(error);
	assert_memory_equal(back, data, DATA_BYTES);
	made_end(&m);
}

static void short_files_are_plain(void **state)
{
	static const char text[] = "\x1f\x8b\x08";
	const char *error;
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t n = 0; n < 4; n++) {
		made_save(m.path[0], text, n);
		assert_int_equal(read_back(m.path[0], &error), n);
		assert_null(error);
	}
	made_end(&m);
}

static void other_packers_are_named(void **state)
{
	static const struct {
		const char *bytes, *name;
	} rows[] = {{"BZh91AY", "bzip2 -dc"},
	    {"\xfd"
	     "7zXZ",
		"xz -dc"},
	    {"\x04\x22\x4d\x18", "lz4 -dc"}, {"PK\x03\x04", "zip archive"}};
	const char *error;
	struct made m;

	(void)state;
	made_begin(&m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		made_save(m.path[0], rows[i].bytes, strlen(rows[i].bytes));
		assert_int_equal(read_back(m.path[0], &error), 0);
		assert_non_null(error);
		assert_non_null(strstr(error, rows[i].name));
	}
	made_end(&m);
}

static void parts_behind_one_another_are_one_file(void **state)
{
	const char *error;
	struct made m;
	size_t n;

	(void)state;
	made_begin(&m);
	for (int zstd = 0; zstd < 2; zstd++) {
		n = pack(zstd, data, 1000, 0);
		n = pack(zstd, data + 1000, 0, n);
		n = pack(zstd, data + 1000, DATA_BYTES - 1000, n);
		made_save(m.path[0], packed, n);
		assert_int_equal(read_back(m.path[0], &error), DATA_BYTES);
		assert_null(error);
		assert_memory_equal(back, data, DATA_BYTES);
	}
	n = pack(false, data, 1000, 0);
	memset(packed + n, 0, 1000);
	made_save(m.path[0], packed, n + 1000);
	assert_int_equal(read_back(m.path[0], &error), 1000);
	assert_null(error);
	made_end(&m);
}

static void what_is_cut_is_read_up_to_there(void **state)
{
	const char *error;
	struct made m;

	(void)state;
	made_begin(&m);
	for (int zstd = 0; zstd < 2; zstd++) {
		size_t n = pack(zstd, data, DATA_BYTES, 0);

		for (size_t cut = 4; cut < n; cut += cut < 40 ? 1 : 9973) {
			size_t got;

			made_save(m.path[0], packed, cut);
			got = read_back(m.path[0], &error);
			assert_non_null(error);
			assert_non_null(strstr(error, "cut short"));
			assert_true(got <= DATA_BYTES);
			assert_memory_equal(back, data, got);
		}
		made_save(m.path[0], packed, n - 1);
		assert_true(read_back(m.path[0], &error) > DATA_BYTES / 2);
	}
	made_end(&m);
}

static void what_is_damaged_is_an_error(void **state)
{
	const char *error;
	struct made m;
	size_t n;

	(void)state;
	made_begin(&m);
	for (int zstd = 0; zstd < 2; zstd++) {
		n = pack(zstd, data, DATA_BYTES, 0);
		memset(packed + n / 2, 0xff, 100);
		made_save(m.path[0], packed, n);
		(void)read_back(m.path[0], &error);
		assert_non_null(error);

		n = pack(zstd, data, 1000, 0);
		memcpy(packed + n, "trailing", 8);
		made_save(m.path[0], packed, n + 8);
		assert_int_equal(read_back(m.path[0], &error), 1000);
		assert_non_null(error);
	}
	made_end(&m);
}

/* One window of zeros and no more, however much comes out. */
static void a_bomb_costs_no_memory(void **state)
{
	static const size_t piece = 1 << 20, pieces = 256;
	uint8_t *zeros = calloc(1, piece);
	struct rusage before, after;
	struct unpack *u;
	struct made m;
	z_stream z = {0};
	size_t n = 0, got;
	FILE *f;

	(void)state;
	made_begin(&m);
	assert_non_null(zeros);
	deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_out = packed;
	z.avail_out = sizeof(packed);
	for (size_t i = 0; i < pieces; i++) {
		z.next_in = zeros;
		z.avail_in = (uInt)piece;
		deflate(&z, i + 1 < pieces ? Z_NO_FLUSH : Z_FINISH);
	}
	made_save(m.path[0], packed, z.total_out);
	assert_true(z.total_out < 300000);
	deflateEnd(&z);
	getrusage(RUSAGE_SELF, &before);
	u = unpack_new(open(m.path[0], O_RDONLY));
	assert_non_null(u);
	f = unpack_stream(u);
	assert_non_null(f);
	while ((got = fread(zeros, 1, piece, f)) > 0)
		n += got;
	assert_int_equal(n, piece * pieces);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 16 * 1024);
	fclose(f);
	unpack_free(u);
	free(zeros);
	made_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_packed_comes_back),
	    cmocka_unit_test(short_files_are_plain),
	    cmocka_unit_test(other_packers_are_named),
	    cmocka_unit_test(parts_behind_one_another_are_one_file),
	    cmocka_unit_test(what_is_cut_is_read_up_to_there),
	    cmocka_unit_test(what_is_damaged_is_an_error),
	    cmocka_unit_test(a_bomb_costs_no_memory),
	};

	make_data();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
