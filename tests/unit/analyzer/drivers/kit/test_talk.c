/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/talk.h"
#include "base/log.h"

/* What apply() was given: "B41 B42 | U43 | ". */
static char seen[4096];
static const char *list_fails;

static void apply(void *arg, struct order **v, size_t n)
{
	(void)arg;
	for (size_t i = 0; i < n; i++) {
		size_t at = strlen(seen);

		snprintf(seen + at, sizeof(seen) - at, "%c%d ",
		    v[i]->op == ORDER_BLOCK ? 'B' : 'U', (int)v[i]->seq);
		if (v[i]->seq == 13)
			order_refuse(v[i], "not %d", 13);
	}
	strcat(seen, "| ");
}

static int list(void *arg, struct jsonw *j, char *why, size_t n)
{
	struct target t[4] = {{.last_port = 0}};

	(void)arg;
	if (list_fails != NULL) {
		snprintf(why, n, "%s", list_fails);
		return -1;
	}
	assert_int_equal(prefix_parse(&t[0].prefix, "192.0.2.7"), 0);
	for (int i = 1; i < 4; i++)
		t[i] = t[0];
	t[1].first_port = 5;
	t[1].last_port = 9;
	t[2].first_port = 10;
	t[2].last_port = 10;
	t[3] = t[1];
	assert_int_equal(prefix_parse(&t[3].prefix, "192.0.2.8"), 0);
	talk_write_held(j, "A", 4, t, 4, 9);
	talk_write_held(j, NULL, 0, t, 1, 0);
	return 0;
}

static const char *talk(struct talk *t, const char *lines)
{
	static char answers[8192];
	int fd[2];
	FILE *out = fmemopen(answers, sizeof(answers), "w");

	memset(answers, 0, sizeof(answers));
	seen[0] = '\0';
	assert_int_equal(pipe(fd), 0);
	assert_true(fcntl(fd[1], F_SETPIPE_SZ, 1 << 18) > 0);
	assert_int_equal(
	    write(fd[1], lines, strlen(lines)), (ssize_t)strlen(lines));
	close(fd[1]);
	t->mod = "test";
	t->apply = apply;
	t->list = list;
	talk_run(t, fd[0], out);
	close(fd[0]);
	fclose(out);
	return answers;
}

#define B(n)  "{\"op\":\"block\",\"seq\":" #n ",\"subscriber\":\"A\"}\n"
#define U(n)  "{\"op\":\"unblock\",\"seq\":" #n ",\"subscriber\":\"A\"}\n"
#define OK(n) "{\"seq\":" #n ",\"ok\":true}\n"

static void hello_says_what_the_driver_is(void **state)
{
	struct talk t = {.batch_max = 4, .ports = true, .max_entries = 7};

	(void)state;
	assert_string_equal(talk(&t, "{\"op\":\"hello\"}\n"),
	    "{\"ports\":true,\"port_sets\":false,\"sees_refused\":false,"
	    "\"max_entries\":7,\"window\":4}\n");
}

static void lines_that_wait_are_one_batch(void **state)
{
	struct talk t = {.batch_max = 100};

	(void)state;
	assert_string_equal(talk(&t, B(1) B(2) U(3)), OK(1) OK(2) OK(3));
	assert_string_equal(seen, "B1 B2 U3 | ");
}

static void a_batch_is_bounded(void **state)
{
	struct talk t = {.batch_max = 2};

	(void)state;
	assert_string_equal(talk(&t, B(1) B(2) U(3)), OK(1) OK(2) OK(3));
	assert_string_equal(seen, "B1 B2 | U3 | ");
}

static void a_list_comes_after_what_was_before_it(void **state)
{
	struct talk t = {.batch_max = 100};

	(void)state;
	assert_string_equal(talk(&t, B(1) "{\"op\":\"list\"}\n" B(2)),
	    OK(1) "{\"ok\":true,\"held\":["
		  "{\"subscriber\":\"A\",\"seq\":4,"
		  "\"targets\":[\"192.0.2.7/32\"],\"port_sets\":["
		  "{\"target\":\"192.0.2.7/32\",\"source_ports\":"
		  "[[5,9],[10,10]]},{\"target\":\"192.0.2.8/32\","
		  "\"source_ports\":[[5,9]]}],\"until_us\":9},"
		  "{\"subscriber\":null,\"seq\":0,"
		  "\"targets\":[\"192.0.2.7/32\"],\"until_us\":0}]}\n" OK(2));
	assert_string_equal(seen, "B1 | B2 | ");
}

static int long_list(void *arg, struct jsonw *j, char *why, size_t n)
{
	char name[ROW_ID_LEN];

	(void)arg;
	(void)why;
	(void)n;
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "line\n%d", i);
		talk_write_held(j, name, i, NULL, 0, 0);
	}
	return 0;
}

/* Each line within 64 KiB, all entries once and in order, the id in each. */
static void a_long_list_comes_in_parts(void **state)
{
	struct talk t = {.batch_max = 1, .list = long_list, .arg = &t};
	FILE *out = tmpfile();
	char *line = NULL;
	size_t cap = 0, parts = 0, n = 0;
	int fd[2];
	ssize_t len;
	bool more = true;

	(void)state;
	assert_non_null(out);
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], "{\"op\":\"list\",\"id\":9}\n", 21), 21);
	close(fd[1]);
	talk_run(&t, fd[0], out);
	close(fd[0]);
	rewind(out);
	while ((len = getline(&line, &cap, out)) > 0) {
		json_t *o = json_loads(line, 0, NULL), *held, *e;
		size_t i;

		assert_non_null(o);
		assert_in_range(len, 1, 65536);
		assert_true(more);
		more = json_is_true(json_object_get(o, "more"));
		assert_int_equal(
		    json_integer_value(json_object_get(o, "id")), 9);
		held = json_object_get(o, "held");
		json_array_foreach(held, i, e) assert_int_equal(
		    json_integer_value(json_object_get(e, "seq")),
		    (json_int_t)n++);
		json_decref(o);
		parts++;
	}
	assert_false(more);
	assert_int_equal(n, 3000);
	assert_in_range(parts, 3, 6);
	free(line);
	fclose(out);
}

static void a_list_that_fails_says_why(void **state)
{
	struct talk t = {.batch_max = 100};

	(void)state;
	list_fails = "no \"router\"";
	assert_string_equal(talk(&t, "{\"op\":\"list\"}\n"),
	    "{\"ok\":false,\"error\":\"no \\\"router\\\"\"}\n");
	list_fails = NULL;
	assert_string_equal(talk(&t, "{\"op\":\"counters\"}\n"),
	    "{\"ok\":false,\"error\":\"this driver does not know the op\"}\n");
}

static void only_good_orders_reach_the_driver(void **state)
{
	struct talk t = {.batch_max = 100};

	(void)state;
	assert_string_equal(
	    talk(&t, B(1) "{\"op\":\"dance\",\"seq\":2}\njunk\n\n"
			  "{\"op\":\"block\",\"seq\":3}\n" B(13) U(5)),
	    OK(1) "{\"seq\":2,\"ok\":false,\"error\":\"this driver does not "
		  "know the op\"}\n"
		  "{\"seq\":3,\"ok\":false,\"error\":\"the line has no seq or "
		  "no subscriber\",\"permanent\":true}\n"
		  "{\"seq\":13,\"ok\":false,\"error\":\"not 13\"}\n" OK(5));
	assert_string_equal(seen, "B1 B13 U5 | ");
}

static void port_sets_are_refused_where_they_are_not_known(void **state)
{
	struct talk t = {.batch_max = 100};
	static const char shared[] =
	    "{\"op\":\"block\",\"seq\":1,\"subscriber\":\"A\",\"port_sets\":[{"
	    "\"target\":\"192.0.2.7\",\"source_ports\":[[1,2]]}]}\n";

	(void)state;
	assert_non_null(strstr(talk(&t, shared), "\"ok\":false"));
	assert_string_equal(seen, "");
	t.port_sets = true;
	assert_string_equal(talk(&t, shared), OK(1));
	assert_string_equal(seen, "B1 | ");
}

static void a_line_that_is_too_long_is_skipped(void **state)
{
	struct talk t = {.batch_max = 100};
	size_t n = 65537;
	char *lines = malloc(n + 200);

	(void)state;
	assert_non_null(lines);
	memset(lines, 'x', n);
	strcpy(lines + n, "\n" B(2));
	assert_string_equal(talk(&t, lines), OK(2));
	free(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hello_says_what_the_driver_is),
	    cmocka_unit_test(lines_that_wait_are_one_batch),
	    cmocka_unit_test(a_batch_is_bounded),
	    cmocka_unit_test(a_list_comes_after_what_was_before_it),
	    cmocka_unit_test(a_long_list_comes_in_parts),
	    cmocka_unit_test(a_list_that_fails_says_why),
	    cmocka_unit_test(only_good_orders_reach_the_driver),
	    cmocka_unit_test(port_sets_are_refused_where_they_are_not_known),
	    cmocka_unit_test(a_line_that_is_too_long_is_skipped),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
