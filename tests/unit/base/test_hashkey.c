/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hashkey.h"

static void a_key_is_read_whole_or_refused(void **state)
{
	char path[] = "/tmp/sekisho-key-XXXXXX", err[256];
	uint8_t key[HASHKEY_MAX_BYTES];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "0123456789abcde", 15), 15);
	assert_int_equal(hashkey_read(path, key, err, sizeof(err)), -1);
	assert_non_null(strstr(err, "16"));
	assert_int_equal(write(fd, "f", 1), 1);
	assert_int_equal(hashkey_read(path, key, err, sizeof(err)), 16);
	assert_memory_equal(key, "0123456789abcdef", 16);
	close(fd);
	unlink(path);
	assert_int_equal(hashkey_read(path, key, err, sizeof(err)), -1);
	assert_non_null(strstr(err, path));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_key_is_read_whole_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
