/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analyzer/hooks/world.h"

#include "store/enforcement.h"

#define HELLO "{\"ports\":true,\"sees_refused\":true,\"max_entries\":10}\n"

static struct refusal taken;

static int rename_in(struct world *w, const char *from, const char *to)
{
	char old[128];

	snprintf(old, sizeof(old), "%s", in_dir(w, from));
	return rename(old, in_dir(w, to));
}

static bool is_taken(struct world *w)
{
	int rc = take_refusal(w->db, &taken);

	assert_int_not_equal(rc, -1);
	return rc == 1;
}

/* So many packets of C1 were refused, in all. */
static void refused(struct world *w, const char *who, int packets)
{
	char text[512];

	/* In two parts, of whom the first names somebody unknown. */
	snprintf(text, sizeof(text),
	    "{\"ok\":true,\"counters\":[{\"subscriber\":\"C77\",\"seq\":9,"
	    "\"refused_packets\":5},{\"subscriber\":7}],\"more\":true}\n"
	    "{\"ok\":true,\"counters\":[{\"subscriber\":\"%s\",\"seq\":1,"
	    "\"refused_packets\":%d,\"refused_bytes\":60}]}\n",
	    who, packets);
	put(w, "counters.new", text);
	assert_int_equal(rename_in(w, "counters.new", "counters"), 0);
}

static int asked_from;

static bool is_asked_again(struct world *w)
{
	return count_lines(w, "\"counters\"") >= asked_from + 2;
}

/* At least one question and its answer later. */
static void ask_again(struct world *w)
{
	asked_from = count_lines(w, "\"counters\"");
	run_until(w, is_asked_again);
}

static void begin_with(struct world *w, const char *hello, int packets)
{
	conf_free(&w->conf);
	write_conf(w, "");
	w->conf.drivers[0].reconcile_s = 1;
	put(w, "hello", hello);
	put(w, "list", "{\"ok\":true,\"held\":[]}\n");
	refused(w, "C1", packets);
	block(w, "C1");
	begin(w);
	run_until(w, is_finished);
}

static void what_is_new_is_written_down(void **state)
{
	struct world *w = *state;

	begin_with(w, HELLO, 40);
	/* Nobody knows when the first forty were. */
	ask_again(w);
	assert_false(is_taken(w));
	refused(w, "C1", 47);
	run_until(w, is_taken);
	assert_string_equal(taken.customer, "C1");
	assert_string_equal(taken.driver, "d1");
	assert_int_equal(taken.packets, 7);
	assert_true(taken.first_us > 0 && taken.first_us < taken.last_us);
	ask_again(w);
	assert_false(is_taken(w));
	/* It began at 0 again. */
	refused(w, "C1", 3);
	run_until(w, is_taken);
	assert_int_equal(taken.packets, 3);
}

static void what_waits_is_added_up(void **state)
{
	struct world *w = *state;

	begin_with(w, HELLO, 1);
	ask_again(w);
	refused(w, "C1", 2);
	ask_again(w);
	refused(w, "C1", 12);
	ask_again(w);
	assert_true(is_taken(w));
	assert_int_equal(taken.packets, 11);
	assert_false(is_taken(w));
}

static void who_is_not_blocked_has_nothing_refused(void **state)
{
	struct world *w = *state;

	begin_with(w, HELLO, 1);
	ask_again(w);
	refused(w, "C8", 10);
	ask_again(w);
	assert_false(is_taken(w));
	allow(w, "C1", CAUSE_EXPIRED);
	run_until(w, is_finished);
	refused(w, "C1", 10);
	ask_again(w);
	assert_false(is_taken(w));
}

static bool is_listed_twice(struct world *w)
{
	char line[4096];
	FILE *f = fopen(in_dir(w, "log"), "r");
	int n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "\"list\"") != NULL;
	if (f != NULL)
		fclose(f);
	return n >= 2;
}

static void a_driver_that_sees_nothing_is_not_asked(void **state)
{
	struct world *w = *state;

	begin_with(w, "{\"ports\":true,\"max_entries\":10}\n", 1);
	run_until(w, is_listed_twice);
	assert_int_equal(count_lines(w, "\"counters\""), 0);
}

static void a_failure_to_count_is_no_loss(void **state)
{
	struct world *w = *state;

	begin_with(w, HELLO, 10);
	ask_again(w);
	put(w, "counters", "{\"ok\":false,\"error\":\"no kernel\"}\n");
	ask_again(w);
	refused(w, "C1", 15);
	run_until(w, is_taken);
	assert_int_equal(taken.packets, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(what_is_new_is_written_down),
	    WORLD(what_waits_is_added_up),
	    WORLD(who_is_not_blocked_has_nothing_refused),
	    WORLD(a_driver_that_sees_nothing_is_not_asked),
	    WORLD(a_failure_to_count_is_no_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
