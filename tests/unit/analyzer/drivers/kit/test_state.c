/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/drivers/kit/state.h"

static char dir[] = "/tmp/sekisho-state-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/state", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static struct replace_conf conf(void)
{
	return (struct replace_conf){
	    .path = path, .mode = 0640, .uid = (uid_t)-1, .gid = (gid_t)-1};
}

static struct target target(const char *text, int first, int last)
{
	struct target t = {
	    .first_port = (uint16_t)first, .last_port = (uint16_t)last};

	assert_int_equal(prefix_parse(&t.prefix, text), 0);
	return t;
}

static void what_was_saved_is_loaded(void **state)
{
	struct ledger *l = ledger_new(), *m = ledger_new();
	struct target v[3] = {target("192.0.2.7", 0, 0),
	    target("192.0.2.8", 5, 9), target("2001:db8::/56", 0, 0)};
	struct replace_conf c = conf();
	const struct ledger_entry *e;
	char why[200];
	struct stat st;
	int64_t generation;

	(void)state;
	for (int i = 0; i < 3; i++)
		(void)ledger_adopt(l, "A \"b\"", 7, 99, &v[i]);
	assert_int_equal(state_save(&c, l, 3, false, why, sizeof(why)), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(state_load(path, m, &generation, why, sizeof(why)), 0);
	assert_int_equal(generation, 3);
	e = ledger_entry(m, "A \"b\"");
	assert_non_null(e);
	assert_int_equal(e->seq, 7);
	assert_int_equal(e->until_us, 99);
	assert_int_equal(e->n, 3);
	for (int i = 0; i < 3; i++)
		assert_non_null(ledger_find(m, &v[i]));
	ledger_free(l);
	ledger_free(m);
}

static void what_is_leaving_is_touched(void **state)
{
	struct ledger *l = ledger_new(), *m = ledger_new();
	struct target t = target("192.0.2.7", 0, 0);
	struct replace_conf c = conf();
	char why[200];
	int64_t generation;
	size_t n;

	(void)state;
	ledger_touch(l, ledger_claim(l, &t));
	assert_int_equal(state_save(&c, l, 0, true, why, sizeof(why)), 0);
	assert_int_equal(state_load(path, m, &generation, why, sizeof(why)), 0);
	assert_null(ledger_entries(m));
	assert_non_null(ledger_find(m, &t));
	(void)ledger_touched(m, &n);
	assert_int_equal(n, 1);
	ledger_free(l);
	ledger_free(m);
}

static void no_file_is_an_empty_state(void **state)
{
	struct ledger *l = ledger_new();
	char why[200];
	int64_t generation = 9;

	(void)state;
	(void)unlink(path);
	assert_int_equal(state_load(path, l, &generation, why, sizeof(why)), 0);
	assert_int_equal(generation, 0);
	ledger_free(l);
}

static void a_damaged_file_is_told(void **state)
{
	static const char no_target[] = "{\"held\":[{\"seq\":1,\"subscriber\":"
					"\"A\",\"targets\":[\"x\"]}]}";
	static const char *const texts[] = {"", "{", "[]", "{}", "{\"held\":7}",
	    "{\"held\":[7]}", "{\"held\":[{}]}", no_target};
	struct replace_conf c = conf();
	char why[200];
	int64_t generation;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ledger *l = ledger_new();

		assert_int_equal(replace_file(&c, texts[i], strlen(texts[i]),
				     why, sizeof(why)),
		    0);
		assert_int_equal(
		    state_load(path, l, &generation, why, sizeof(why)), -1);
		assert_non_null(strstr(why, "is damaged"));
		ledger_free(l);
	}
}

static void a_file_that_cannot_be_written_is_told(void **state)
{
	struct replace_conf c = conf();
	char why[200];

	(void)state;
	c.path = "/no/such/folder/x";
	assert_int_equal(replace_file(&c, "x", 1, why, sizeof(why)), -1);
	assert_string_equal(why, "/no/such/folder/x cannot be written: No such "
				 "file or directory");
	c.path = dir; /* a folder is not replaced */
	assert_int_equal(replace_file(&c, "x", 1, why, sizeof(why)), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_was_saved_is_loaded),
	    cmocka_unit_test(what_is_leaving_is_touched),
	    cmocka_unit_test(no_file_is_an_empty_state),
	    cmocka_unit_test(a_damaged_file_is_told),
	    cmocka_unit_test(a_file_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
