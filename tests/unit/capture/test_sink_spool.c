/* SPDX-License-Identifier: Apache-2.0 */
/* The sink with a spool: an analyzer that is away, comes back, and is given
 * what earlier starts left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#include "base/log.h"
#include "capture/sink.h"
#include "tests/unit/capture/analyzer_double.h"

#define TURNS       20000
#define QUEUE_BYTES (160u << 10)
#define MIB         (UINT64_C(1) << 20)

struct world {
	char base[64], path[96], spool[96];
	uv_loop_t loop;
	struct server server;
	struct priv *priv;
	struct sink *sink;
	uint64_t boot, spool_bytes;
};

static void start(struct world *w, uint64_t boot)
{
	struct sink_spool spool = {w->spool, w->spool_bytes};
	char err[256] = "";

	w->boot = boot;
	w->sink = sink_new(&w->loop, SINK_SOCKET, w->path, "tap", boot,
	    QUEUE_BYTES, err, sizeof(err));
	assert_non_null(w->sink);
	sink_use_priv(w->sink, w->priv);
	assert_int_equal(sink_use_spool(w->sink, &spool), 0);
}

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->base, sizeof(w->base), "/tmp/sekisho-sink-XXXXXX");
	assert_non_null(mkdtemp(w->base));
	snprintf(w->path, sizeof(w->path), "%s/s", w->base);
	snprintf(w->spool, sizeof(w->spool), "%s/spool", w->base);
	w->spool_bytes = 64 * MIB;
	w->priv = priv_new_direct(w->path, w->spool);
	assert_non_null(w->priv);
	uv_loop_init(&w->loop);
	start(w, 1);
}

static void stop(struct world *w)
{
	sink_free(w->sink);
	w->sink = NULL;
	for (int i = 0; i < 4; i++)
		uv_run(&w->loop, UV_RUN_NOWAIT);
}

static int count_files(const struct world *w, bool remove)
{
	DIR *d = opendir(w->spool);
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		if (remove)
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d != NULL)
		closedir(d);
	return n;
}

static void done(struct world *w)
{
	if (w->server.loop != NULL)
		server_stop(&w->server);
	stop(w);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	priv_free(w->priv);
	(void)count_files(w, true);
	rmdir(w->spool);
	unlink(w->path);
	assert_int_equal(rmdir(w->base), 0);
}

static void put(struct world *w, int n)
{
	static char name[100];
	Sekisho__Helo h = SEKISHO__HELO__INIT;
	Sekisho__Close c = SEKISHO__CLOSE__INIT;

	memset(name, 'x', sizeof(name) - 1);
	h.name = name;
	c.helo = &h;
	while (n-- > 0) {
		Sekisho__Record r = SEKISHO__RECORD__INIT;

		r.body_case = SEKISHO__RECORD__BODY_CLOSE;
		r.close = &c;
		sink_put(w->sink, &r);
	}
}

static struct sink_stats stats_of(const struct world *w)
{
	struct sink_stats st;

	sink_stats(w->sink, &st);
	return st;
}

/* Does not sleep: whoever waits for an analyzer that is away sleeps long. */
static void turn(struct world *w, int n)
{
	while (n-- > 0)
		uv_run(&w->loop, UV_RUN_NOWAIT);
}

static void drain(struct world *w)
{
	for (int i = 0; i < TURNS && !sink_is_drained(w->sink); i++)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_true(sink_is_drained(w->sink));
}

static void analyzer_comes(struct world *w)
{
	uint64_t hellos = w->server.hellos;

	server_start(&w->server, &w->loop, w->path);
	for (int i = 0; i < TURNS && w->server.hellos == hellos; i++)
		uv_run(&w->loop, UV_RUN_ONCE);
	assert_true(w->server.hellos > hellos);
}

static void analyzer_goes(struct world *w)
{
	server_stop(&w->server);
	w->server.loop = NULL;
	unlink(w->path);
}

static void has_come(struct world *w, uint64_t boot, uint64_t n)
{
	assert_int_equal(*server_next(&w->server, boot), n + 1);
}

static void what_memory_has_no_room_for_is_delivered(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w, 20000);
	assert_true(stats_of(&w).spool_bytes > MIB);
	assert_true(stats_of(&w).queue_bytes <= QUEUE_BYTES);
	assert_int_equal(stats_of(&w).dropped, 0);
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, 20000);
	assert_int_equal(stats_of(&w).acked, 20000);
	put(&w, 5);
	drain(&w);
	has_come(&w, 1, 20005);
	assert_int_equal(stats_of(&w).spool_bytes, 0);
	assert_int_equal(count_files(&w, false), 0);
	assert_int_equal(stats_of(&w).spool_dropped, 0);
	done(&w);
}

/* It loses its temper, and goes for a while, while records come. */
static void an_unsteady_analyzer_gets_all(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.server.drop_every = 3;
	for (int i = 0; i < 40; i++) {
		if (i % 10 == 2)
			analyzer_comes(&w);
		if (i % 10 == 7)
			analyzer_goes(&w);
		put(&w, 500);
		turn(&w, 6);
	}
	w.server.drop_every = 0;
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, 20000);
	assert_true(w.server.drops > 3);
	assert_int_equal(stats_of(&w).dropped + stats_of(&w).spool_dropped, 0);
	done(&w);
}

static void put_one(void *arg)
{
	struct world *w = arg;

	if (stats_of(w).records < 9000)
		put(w, 1);
}

/* The order is that of seq, although memory has room now and then: one
 * acknowledgement sets more free than is taken in from the files at once. */
static void what_comes_meanwhile_waits_behind_the_files(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w, 6000);
	analyzer_comes(&w);
	w.server.ack_every = 3;
	sink_on_progress(w.sink, put_one, &w);
	turn(&w, 2000);
	w.server.ack_every = 1;
	server_drop(&w.server);
	drain(&w);
	assert_true(stats_of(&w).records > 6000);
	has_come(&w, 1, stats_of(&w).records);
	done(&w);
}

static void an_end_leaves_all_for_the_next_start(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w, 3000); /* some in memory, some in files */
	assert_int_equal(sink_save(w.sink), 0);
	stop(&w);
	start(&w, 2);
	put(&w, 10);
	assert_int_equal(sink_save(w.sink), 0);
	stop(&w);
	start(&w, 3);
	put(&w, 700);
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, 3000);
	has_come(&w, 2, 10);
	has_come(&w, 3, 700);
	assert_int_equal(stats_of(&w).acked, 700);
	done(&w);
}

/* Killed: memory is lost, files are not. */
static void a_killed_agent_loses_what_was_in_memory_only(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w, 6000);
	usleep(30000); /* the batch time, after which nothing is held back */
	turn(&w, 3);
	stop(&w); /* nothing was saved but what was behind memory */
	start(&w, 2);
	put(&w, 10);
	w.server.holes = true;
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, 6000);
	has_come(&w, 2, 10);
	assert_true(w.server.records > 4500);
	done(&w);
}

/* In the middle of what an earlier start left. */
static void an_end_during_delivery_loses_nothing(void **state)
{
	struct world w;
	uint64_t boot = 1;

	(void)state;
	begin(&w);
	put(&w, 5000);
	w.server.ack_every = 2;
	for (int i = 0; i < 12; i++) {
		analyzer_comes(&w);
		turn(&w, 4 + i);
		put(&w, 100);
		analyzer_goes(&w);
		(void)sink_save(w.sink);
		stop(&w);
		if (boot + 1 < SERVER_BOOTS)
			boot++;
		else
			break;
		start(&w, boot);
	}
	if (w.sink == NULL)
		start(&w, 100);
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, 5100);
	for (uint64_t b = 2; b < boot; b++)
		has_come(&w, b, 100);
	done(&w);
}

static void a_full_spool_drops_and_counts(void **state)
{
	struct sink_stats st;
	struct world w;

	(void)state;
	begin(&w);
	stop(&w);
	w.spool_bytes = MIB;
	start(&w, 1);
	put(&w, 20000);
	st = stats_of(&w);
	assert_true(st.spool_dropped > 0);
	assert_true(st.spool_bytes <= MIB);
	assert_int_equal(st.records + st.spool_dropped, 20000);
	analyzer_comes(&w);
	drain(&w);
	has_come(&w, 1, st.records);
	put(&w, 10);
	drain(&w);
	has_come(&w, 1, st.records + 10);
	done(&w);
}

/* A live source never waits. */
static void a_sink_with_a_spool_is_never_full(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	put(&w, 3000);
	assert_false(sink_is_full(w.sink));
	assert_false(sink_is_drained(w.sink));
	done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_memory_has_no_room_for_is_delivered),
	    cmocka_unit_test(an_unsteady_analyzer_gets_all),
	    cmocka_unit_test(what_comes_meanwhile_waits_behind_the_files),
	    cmocka_unit_test(an_end_leaves_all_for_the_next_start),
	    cmocka_unit_test(a_killed_agent_loses_what_was_in_memory_only),
	    cmocka_unit_test(an_end_during_delivery_loses_nothing),
	    cmocka_unit_test(a_full_spool_drops_and_counts),
	    cmocka_unit_test(a_sink_with_a_spool_is_never_full),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
