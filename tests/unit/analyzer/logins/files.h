/* SPDX-License-Identifier: Apache-2.0 */
/* A directory with a key, a configuration and files that tests write. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/conf.h"

#define UNUSED __attribute__((unused))

static char dir[64];
static struct conf conf;

UNUSED static const char *in_dir(const char *name)
{
	static char path[8][128];
	static int n;

	n = (n + 1) % 8;
	snprintf(path[n], sizeof(path[n]), "%s/%s", dir, name);
	return path[n];
}

UNUSED static void put(const char *name, const char *mode, const char *text)
{
	FILE *f = fopen(in_dir(name), mode);

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

UNUSED static int files_up(void **state)
{
	char err[CONF_ERROR_BYTES];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-logins-XXXXXX");
	assert_non_null(mkdtemp(dir));
	put("key", "w", "0123456789abcdef");
	assert_int_equal(conf_load(&conf, NULL, err), 0);
	conf.hash_key_file = strdup(in_dir("key"));
	assert_non_null(conf.hash_key_file);
	return 0;
}

UNUSED static int files_down(void **state)
{
	char cmd[128];

	(void)state;
	conf_free(&conf);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

#define FILES_TEST(f) cmocka_unit_test_setup_teardown(f, files_up, files_down)
