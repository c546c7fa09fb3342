/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of the fixture's store, made and read. */
#pragma once

#include "tests/unit/reports/fixture.h"

UNUSED static char *read_whole(const char *path)
{
	char *s = calloc(1, 1 << 18);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(s);
	assert_true(fread(s, 1, (1 << 18) - 1, f) > 0);
	fclose(f);
	return s;
}

UNUSED static char *report_with(
    const char *day, const char *name, const char *suffix, const char *more)
{
	char line[512], path[256];

	snprintf(line, sizeof(line), "report nightly --date %s --out %s/r/n%s",
	    day, fx->dir, more);
	assert_code(sekisho(line), CLI_OK);
	snprintf(path, sizeof(path), "%s/r/n/%s-%s/%s-%s.%s", fx->dir, name,
	    day, name, day, suffix);
	assert_has(fx->out, path);
	return read_whole(path);
}

UNUSED static char *report(const char *day, const char *suffix)
{
	return report_with(day, "nightly", suffix, "");
}
