/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

static char *slurp(const char *name)
{
	FILE *f = fopen(name, "r");
	char *text = calloc(1, 1 << 17);

	assert_non_null(text);
	if (f == NULL) {
		free(text);
		return NULL;
	}
	assert_true(fread(text, 1, (1 << 17) - 1, f) > 0);
	fclose(f);
	return text;
}

static void the_man_page_has_the_schema(void **state)
{
	char *page = slurp("docs/sekisho.conf.5"), *list = NULL;
	size_t n;
	FILE *f = open_memstream(&list, &n);

	(void)state;
	assert_non_null(f);
	conf_show_mdoc(f);
	assert_int_equal(fclose(f), 0);
	if (page == NULL) {
		print_message("not run from the source tree: skipped\n");
		free(list);
		skip();
	}
	if (strstr(page, list) == NULL)
		fail_msg("docs/sekisho.conf.5 lacks this list; put it "
			 "there:\n%s",
		    list);
	free(list);
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_man_page_has_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
