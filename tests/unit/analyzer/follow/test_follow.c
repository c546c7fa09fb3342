/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/follow.h"

#include "tests/unit/analyzer/logins/files.h"

/* Long enough for the beginning of a file to tell it from others. */
#define LINE(n)                                                                \
	"this is line " n " of a log that somebody writes to, with "           \
	"more than enough in it\n"

struct world {
	uv_loop_t loop;
	struct keyed_hash *hash;
	struct follow *follow;
	char text[4096]; /* the words "line N" of all lines */
	int counts[FOLLOW_FILE_LOST + 1];
	int lines, stop_at;
};
static struct world w;

static int on_line(void *arg, const char *line, size_t len)
{
	struct world *world = arg;
	char number[8] = "";

	if (len > 20 && sscanf(line, "this is line %7s", number) == 1)
		strcat(world->text, number);
	else
		strcat(world->text, "?");
	strcat(world->text, " ");
	return ++world->lines == world->stop_at ? -1 : 0;
}

static void on_lost(void *arg, enum follow_loss l)
{
	((struct world *)arg)->counts[l]++;
}

static void start(const struct file_position *from)
{
	w.follow = follow_new(&w.loop, in_dir("log"), from, w.hash,
	    (struct follow_owner){on_line, on_lost, &w});
	assert_non_null(w.follow);
}

static void stop(void)
{
	follow_free(w.follow);
	w.follow = NULL;
	uv_run(&w.loop, UV_RUN_DEFAULT);
}

/* Runs the loop until so many lines were read: a test that hangs fails by
 * the time limit of whoever runs it. Then once more for what should not
 * come. */
static void run_until(int lines)
{
	while (w.lines < lines)
		uv_run(&w.loop, UV_RUN_ONCE);
}

static void run_ms(uint64_t ms)
{
	uint64_t end = uv_now(&w.loop) + ms;

	while (uv_now(&w.loop) < end)
		uv_run(&w.loop, UV_RUN_ONCE);
}

static int up(void **state)
{
	char err[512];

	files_up(state);
	memset(&w, 0, sizeof(w));
	w.hash = keyed_hash_load(conf.hash_key_file, err, sizeof(err));
	return w.hash == NULL || uv_loop_init(&w.loop) != 0;
}

static int down(void **state)
{
	if (w.follow != NULL)
		stop();
	assert_int_equal(uv_loop_close(&w.loop), 0);
	keyed_hash_free(w.hash);
	return files_down(state);
}

/* --- one file ------------------------------------------------------------- */

static void lines_come_when_they_are_whole(void **state)
{
	(void)state;
	put("log", "w", LINE("1") LINE("2") "this is li");
	start(NULL);
	run_until(2);
	assert_string_equal(w.text, "1 2 ");
	put("log", "a", "ne 3 of it, the rest of what was begun before\n");
	run_until(3);
	assert_string_equal(w.text, "1 2 3 ");
}

static void a_file_may_come_later(void **state)
{
	struct file_position p;

	(void)state;
	start(NULL);
	run_ms(100);
	assert_false(follow_position(w.follow, &p));
	put("log", "w", LINE("1"));
	run_until(1);
	assert_string_equal(w.text, "1 ");
}

static void it_goes_on_where_it_was(void **state)
{
	struct file_position p;

	(void)state;
	put("log", "w", LINE("1") LINE("2") "this is line 3, not");
	start(NULL);
	run_until(2);
	assert_true(follow_position(w.follow, &p));
	assert_int_equal(p.offset, 2 * strlen(LINE("1")));
	stop();
	put("log", "a", " ended until now\n" LINE("4"));
	start(&p);
	run_until(4);
	assert_string_equal(w.text, "1 2 3, 4 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 0);
}

static void a_line_that_stops_it_is_the_last(void **state)
{
	struct file_position p;

	(void)state;
	put("log", "w", LINE("1") LINE("2") LINE("3"));
	w.stop_at = 2;
	start(NULL);
	run_until(2);
	run_ms(100);
	assert_string_equal(w.text, "1 2 ");
	assert_true(follow_position(w.follow, &p));
	assert_int_equal(p.offset, 2 * strlen(LINE("1")));
}

static void long_lines_are_counted(void **state)
{
	FILE *f;

	(void)state;
	put("log", "w", LINE("1"));
	f = fopen(in_dir("log"), "a");
	assert_non_null(f);
	for (int i = 0; i < 300000; i++)
		fputc('x', f);
	fputs("\n" LINE("2"), f);
	fclose(f);
	start(NULL);
	run_until(2);
	assert_string_equal(w.text, "1 2 ");
	assert_int_equal(w.counts[FOLLOW_LINE_TOO_LONG], 1);
}

/* --- rotation ------------------------------------------------------------- */

static void a_renamed_file_is_read_to_its_end(void **state)
{
	(void)state;
	put("log", "w", LINE("1"));
	start(NULL);
	run_until(1);
	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	/* whoever writes has not noticed */
	put("log.1", "a", LINE("2"));
	run_until(2);
	put("log.1", "a", LINE("3"));
	put("log", "w", LINE("4"));
	run_until(4);
	put("log", "a", LINE("5"));
	run_until(5);
	assert_string_equal(w.text, "1 2 3 4 5 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 0);
}

static void a_copied_and_cut_file_is_read_to_its_end(void **state)
{
	(void)state;
	put("log", "w", LINE("1"));
	start(NULL);
	run_until(1);
	/* between two looks: a line more, the copy, the cut, a new line */
	put("log.1", "w", LINE("1") LINE("2"));
	put("log", "w", LINE("3"));
	run_until(3);
	put("log", "a", LINE("4"));
	run_until(4);
	assert_string_equal(w.text, "1 2 3 4 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 0);
}

static void a_file_written_anew_is_told_by_its_beginning(void **state)
{
	(void)state;
	put("log", "w", LINE("1"));
	start(NULL);
	run_until(1);
	/* longer than before: its size does not show it; no copy is there */
	put("log", "w", LINE("2") LINE("3") LINE("4"));
	run_until(4);
	assert_string_equal(w.text, "1 2 3 4 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 1);
}

static void the_cut_end_of_a_file_is_counted(void **state)
{
	(void)state;
	put("log", "w", LINE("1") "this is the beginning of a line");
	start(NULL);
	run_until(1);
	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	put("log", "w", LINE("2"));
	run_until(2);
	assert_string_equal(w.text, "1 2 ");
	assert_int_equal(w.counts[FOLLOW_LINE_CUT], 1);
}

/* --- rotation while nobody looks ------------------------------------------ */

static struct file_position read_one(void)
{
	struct file_position p;

	put("log", "w", LINE("1") LINE("2"));
	w.stop_at = 1;
	start(NULL);
	run_until(1);
	assert_true(follow_position(w.follow, &p));
	stop();
	w.stop_at = 0;
	return p;
}

static void after_a_restart_the_renamed_file_goes_first(void **state)
{
	struct file_position p = read_one();

	(void)state;
	assert_int_equal(rename(in_dir("log"), in_dir("log-20261125")), 0);
	put("log", "w", LINE("3"));
	start(&p);
	run_until(3);
	assert_string_equal(w.text, "1 2 3 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 0);
}

static void after_a_restart_the_copy_goes_first(void **state)
{
	struct file_position p = read_one();

	(void)state;
	put("log.1", "w", LINE("1") LINE("2"));
	put("log", "w", LINE("3"));
	start(&p);
	run_until(3);
	assert_string_equal(w.text, "1 2 3 ");
}

static void after_a_restart_a_lost_file_is_told(void **state)
{
	struct file_position p = read_one();

	(void)state;
	unlink(in_dir("log"));
	put("log", "w", LINE("3"));
	start(&p);
	run_until(2);
	assert_string_equal(w.text, "1 3 ");
	assert_int_equal(w.counts[FOLLOW_FILE_LOST], 1);
}

static void the_position_in_a_renamed_file_is_kept(void **state)
{
	struct file_position p = read_one();

	(void)state;
	assert_int_equal(rename(in_dir("log"), in_dir("log.1")), 0);
	start(&p); /* there is no new one yet */
	run_until(2);
	assert_true(follow_position(w.follow, &p));
	stop();
	put("log", "w", LINE("3"));
	start(&p);
	run_until(3);
	assert_string_equal(w.text, "1 2 3 ");
}

static void nothing_is_read_that_is_no_file(void **state)
{
	struct file_position p;

	(void)state;
	assert_int_equal(symlink("/dev/zero", in_dir("log")), 0);
	start(NULL);
	run_ms(100);
	assert_false(follow_position(w.follow, &p));
	assert_int_equal(w.lines, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(lines_come_when_they_are_whole),
	    TEST(a_file_may_come_later),
	    TEST(it_goes_on_where_it_was),
	    TEST(a_line_that_stops_it_is_the_last),
	    TEST(long_lines_are_counted),
	    TEST(a_renamed_file_is_read_to_its_end),
	    TEST(a_copied_and_cut_file_is_read_to_its_end),
	    TEST(a_file_written_anew_is_told_by_its_beginning),
	    TEST(the_cut_end_of_a_file_is_counted),
	    TEST(after_a_restart_the_renamed_file_goes_first),
	    TEST(after_a_restart_the_copy_goes_first),
	    TEST(after_a_restart_a_lost_file_is_told),
	    TEST(the_position_in_a_renamed_file_is_kept),
	    TEST(nothing_is_read_that_is_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
