/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/vocab.h"
#include "capture/options.h"

static int parse(struct options *o, const char *line)
{
	static char text[512], *argv[32];
	int argc = 0;

	snprintf(text, sizeof(text), "sekisho-capture %s", line);
	for (char *w = strtok(text, " "); w != NULL; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	optind = 0; /* glibc: from the start again */
	return options_parse(o, argc, argv);
}

static void files_come_from_r_and_from_the_rest(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "a -r b c -rd --format json -o - e"), -1);
	assert_int_equal(o.n_files, 5);
	assert_string_equal(o.files[0], "b");
	assert_string_equal(o.files[1], "d");
	assert_string_equal(o.files[4], "e");
	assert_true(o.json);
	assert_string_equal(o.target, "-");
	options_free(&o);
}

static void values_are_taken(void **state)
{
	struct options o;

	(void)state;
	assert_int_equal(parse(&o, "-i eth0 -c x.conf --tier envelope "
				   "--agent tap.1 --no-dpi --summary "
				   "--user tap"),
	    -1);
	assert_string_equal(o.interface, "eth0");
	assert_string_equal(o.config, "x.conf");
	assert_string_equal(o.agent, "tap.1");
	assert_string_equal(o.user, "tap");
	assert_int_equal(o.tier, PRIVACY_ENVELOPE);
	assert_true(o.no_dpi && o.summary && !o.summary_full && !o.json);
	options_free(&o);
	assert_int_equal(parse(&o, "-r f --speed 2.5"), -1);
	assert_true(o.speed > 2.4 && o.speed < 2.6);
	assert_false(o.summary);
	assert_int_equal(o.tier, -1);
	options_free(&o);
	assert_int_equal(parse(&o, "-r f --summary=full -q g"), -1);
	assert_true(o.summary && o.summary_full && o.quiet);
	options_free(&o);
}

static void what_is_wrong_ends_with_2(void **state)
{
	static const char *const wrong[] = {"-r a -i eth0", "a.pcap",
	    "-r a --format xml", "-r a --format json", "-r a --tier all",
	    "-r a --agent a/b", "-r a --speed -1", "-r a --speed x",
	    "-r a --summary=all", "-r - a -", "-i eth0 --speed 2",
	    "-r a --speed nan", "--nonsense", "-r"};
	struct options o;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (parse(&o, wrong[i]) != 2)
			fail_msg("%s", wrong[i]);
		options_free(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_come_from_r_and_from_the_rest),
	    cmocka_unit_test(values_are_taken),
	    cmocka_unit_test(what_is_wrong_ends_with_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
