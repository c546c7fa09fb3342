/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/delays.h"
#include "tests/unit/analyzer/hooks/world.h"

static bool is_delivered(struct world *w)
{
	int64_t n = 0;

	return read_delivery_count(w->db, "done", &n) == 0 && n == 2;
}

static int append(void *arg, int day, const char *name, int64_t value)
{
	struct world *w = arg;

	(void)day;
	if (strncmp(name, "latency.", 8) == 0)
		sprintf(w->text + strlen(w->text), "%s %lld\n", name,
		    (long long)value);
	return 0;
}

static void each_step_is_a_counter(void **state)
{
	struct world *w = *state;
	struct delays d = {0};

	delays_note(&d, 0, 20000);
	delays_note(&d, 0, 25000);
	delays_note(&d, 0, -3);
	delays_note(&d, 0, 61 * US_PER_S);
	assert_int_equal(db_begin(w->db), 0);
	assert_int_equal(delays_write(&d, w->db, &w->conf, clock_now_us()), 0);
	assert_int_equal(db_commit(w->db), 0);
	w->text[0] = '\0';
	assert_int_equal(read_counters(w->db, 0, 99999999, append, w), 0);
	assert_string_equal(w->text,
	    "latency.d1.10ms 1\nlatency.d1.25ms 2\n"
	    "latency.d1.more 1\nlatency.d1.us 61045000\n");
}

static int sum(void *arg, int day, const char *name, int64_t value)
{
	int64_t *n = arg;

	(void)day;
	if (strncmp(name, "latency.", 8) == 0 && !strstr(name, ".us"))
		*n += value;
	return 0;
}

/* Once for each decision, whatever it took. */
static void what_is_delivered_is_timed_once(void **state)
{
	struct world *w = *state;
	int64_t n = 0;

	put(w, "fail", "1\n");
	begin(w);
	block(w, "C1");
	block(w, "C2");
	run_until(w, is_delivered);
	end(w);
	assert_int_equal(read_counters(w->db, 0, 99999999, sum, &n), 0);
	assert_int_equal(n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(each_step_is_a_counter),
	    WORLD(what_is_delivered_is_timed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
