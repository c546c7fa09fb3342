/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/spool/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#include "base/log.h"
#include "capture/spool/file.h"

#define MIB (UINT64_C(1) << 20)

/* A spool in a directory of its own, and starts of an agent one after the
 * other. */
struct world {
	char base[64], dir[96];
	struct priv *priv;
	struct spool *spool;
	uint64_t boot, limit_bytes;
};

static void start(struct world *w, uint64_t boot)
{
	struct spool_setup setup = {.priv = w->priv,
	    .dir = w->dir,
	    .agent = "tap",
	    .boot = boot,
	    .limit_bytes = w->limit_bytes,
	    .memory_bytes = 0};

	w->boot = boot;
	w->spool = spool_new(&setup);
	assert_non_null(w->spool);
}

static void begin(struct world *w, uint64_t limit_bytes)
{
	memset(w, 0, sizeof(*w));
	snprintf(w->base, sizeof(w->base), "/tmp/sekisho-spool-XXXXXX");
	assert_non_null(mkdtemp(w->base));
	snprintf(w->dir, sizeof(w->dir), "%s/spool", w->base);
	w->priv = priv_new_direct("/nowhere", w->dir);
	assert_non_null(w->priv);
	w->limit_bytes = limit_bytes;
	start(w, 1);
}

static void stop(struct world *w)
{
	spool_free(w->spool);
	w->spool = NULL;
}

static void restart(struct world *w, uint64_t boot)
{
	stop(w);
	start(w, boot);
}

/* Names of the spool's files; how many. */
static int files_of(const struct world *w, char names[][160], int max)
{
	DIR *d = opendir(w->dir);
	struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.' && n < max)
			snprintf(
			    names[n++], 160, "%s/%.40s", w->dir, e->d_name);
	if (d != NULL)
		closedir(d);
	return n;
}

static int count_files(const struct world *w)
{
	char names[64][160];

	return files_of(w, names, 64);
}

static void remove_files(const struct world *w)
{
	char names[64][160];
	int n = files_of(w, names, 64);

	while (n > 0)
		unlink(names[--n]);
}

static void done(struct world *w)
{
	stop(w);
	priv_free(w->priv);
	remove_files(w);
	rmdir(w->dir);
	assert_int_equal(rmdir(w->base), 0);
}

static int put_sized(struct world *w, uint64_t seq, size_t text)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Helo h = SEKISHO__HELO__INIT;
	char name[4096];

	assert_true(text < sizeof(name));
	memset(name, 'x', text);
	name[text] = '\0';
	h.name = name;
	r.seq = seq;
	r.ts_us = (int64_t)seq;
	r.body_case = SEKISHO__RECORD__BODY_CLOSE;
	r.close = &(Sekisho__Close)SEKISHO__CLOSE__INIT;
	r.close->helo = &h;
	return spool_put(w->spool, &r);
}

static void put(struct world *w, uint64_t first, uint64_t last)
{
	for (uint64_t seq = first; seq <= last; seq++)
		assert_int_equal(put_sized(w, seq, 10), 0);
}

/* The next record is this one. */
static void take(struct world *w, uint64_t boot, uint64_t seq)
{
	struct spool_record r;

	assert_true(spool_is_waiting(w->spool));
	assert_true(spool_peek(w->spool, &r));
	assert_string_equal(r.agent, "tap");
	if (r.boot != boot || r.seq != seq)
		fail_msg("%llu of boot %llu came, not %llu of %llu",
		    (unsigned long long)r.seq, (unsigned long long)r.boot,
		    (unsigned long long)seq, (unsigned long long)boot);
	spool_take(w->spool);
}

static void take_all(
    struct world *w, uint64_t boot, uint64_t first, uint64_t last)
{
	for (uint64_t seq = first; seq <= last; seq++)
		take(w, boot, seq);
}

static void nothing_left(struct world *w)
{
	struct spool_record r;

	assert_false(spool_peek(w->spool, &r));
	assert_false(spool_is_waiting(w->spool));
}

static struct spool_stats stats_of(const struct world *w)
{
	struct spool_stats st;

	spool_stats(w->spool, &st);
	return st;
}

static void first_in_first_out(void **state)
{
	struct world w;

	(void)state;
	begin(&w, MIB);
	nothing_left(&w);
	put(&w, 1, 20);
	take_all(&w, 1, 1, 10);
	assert_int_equal(spool_flush(w.spool), 0);
	put(&w, 21, 40);
	take_all(&w, 1, 11, 30);
	assert_int_equal(spool_flush(w.spool), 0);
	take_all(&w, 1, 31, 40);
	nothing_left(&w);
	assert_int_equal(stats_of(&w).dropped, 0);
	done(&w);
}

static void an_earlier_start_comes_first(void **state)
{
	struct world w;

	(void)state;
	begin(&w, MIB);
	put(&w, 1, 5);
	restart(&w, 2);
	put(&w, 1, 3);
	restart(&w, 3);
	put(&w, 1, 2);
	take_all(&w, 1, 1, 5);
	take_all(&w, 2, 1, 3);
	take_all(&w, 3, 1, 2);
	nothing_left(&w);
	spool_forget(w.spool, UINT64_MAX);
	assert_int_equal(count_files(&w), 0);
	done(&w);
}

static void what_is_not_committed_comes_again(void **state)
{
	struct world w;

	(void)state;
	begin(&w, MIB);
	put(&w, 1, 9);
	restart(&w, 2);
	take_all(&w, 1, 1, 9);
	nothing_left(&w);
	spool_forget(w.spool, 5); /* one file: all of it or nothing */
	restart(&w, 3);
	take_all(&w, 1, 1, 9);
	nothing_left(&w);
	spool_forget(w.spool, 10);
	assert_int_equal(count_files(&w), 0);
	restart(&w, 4);
	nothing_left(&w);
	done(&w);
}

/* At the end of an agent older records come after newer ones: what it had
 * in memory was ahead in the queue. */
static void the_order_of_seq_is_the_order_of_delivery(void **state)
{
	uint8_t packed[64];
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	struct world w;
	size_t len;

	(void)state;
	begin(&w, MIB);
	put(&w, 6, 9);
	for (uint64_t seq = 1; seq <= 5; seq++) {
		r.seq = seq;
		len = sekisho__record__pack(&r, packed);
		assert_int_equal(
		    spool_put_packed(w.spool, seq, packed, len), 0);
	}
	restart(&w, 2);
	take_all(&w, 1, 1, 9);
	nothing_left(&w);
	done(&w);
}

static void taken_from_memory_leaves_no_hole_behind(void **state)
{
	struct world w;

	(void)state;
	begin(&w, MIB);
	put(&w, 1, 3);
	assert_int_equal(spool_flush(w.spool), 0);
	put(&w, 4, 8);
	take_all(&w, 1, 1, 5); /* 4 and 5 never reach a file */
	put(&w, 9, 10);
	restart(&w, 2);
	/* Those of the first file may come again, in order. */
	take_all(&w, 1, 1, 3);
	take_all(&w, 1, 6, 10);
	nothing_left(&w);
	done(&w);
}

static void files_are_removed_as_they_are_committed(void **state)
{
	struct world w;
	uint64_t seq = 0;
	int n;

	(void)state;
	begin(&w, MIB);
	while (stats_of(&w).bytes < 3 * MIB / 4)
		assert_int_equal(put_sized(&w, ++seq, 1000), 0);
	assert_int_equal(spool_flush(w.spool), 0);
	n = count_files(&w);
	assert_true(n >= 5);
	take_all(&w, 1, 1, seq);
	nothing_left(&w);
	assert_int_equal(count_files(&w), n);
	spool_forget(w.spool, seq / 2);
	assert_true(count_files(&w) < n);
	spool_forget(w.spool, UINT64_MAX);
	assert_int_equal(count_files(&w), 0);
	assert_int_equal(stats_of(&w).bytes, 0);
	done(&w);
}

static void the_budget_holds_and_room_comes_back(void **state)
{
	uint64_t seq = 0, dropped;
	struct world w;

	(void)state;
	begin(&w, MIB);
	while (put_sized(&w, seq + 1, 3000) == 0)
		seq++;
	for (int i = 0; i < 9; i++)
		assert_int_equal(put_sized(&w, seq + 1, 3000), -1);
	assert_true(stats_of(&w).bytes + stats_of(&w).buffered <= MIB);
	assert_true(stats_of(&w).bytes > MIB * 9 / 10);
	dropped = stats_of(&w).dropped;
	assert_int_equal(dropped, 10);
	take_all(&w, 1, 1, seq / 2);
	spool_forget(w.spool, seq / 2 + 1);
	put(&w, seq + 1, seq + 100);
	take_all(&w, 1, seq / 2 + 1, seq + 100);
	nothing_left(&w);
	assert_int_equal(stats_of(&w).dropped, dropped);
	done(&w);
}

/* The directory cannot be made: its parent is not there. */
static void a_directory_that_comes_later_is_used(void **state)
{
	struct world w;
	uint64_t seq = 0;
	int fd;

	(void)state;
	begin(&w, MIB);
	stop(&w);
	rmdir(w.dir);
	priv_free(w.priv);
	snprintf(w.dir, sizeof(w.dir), "%s/late/spool", w.base);
	w.priv = priv_new_direct("/nowhere", w.dir);
	start(&w, 1);
	/* Memory takes some, then they are dropped, and it is counted. */
	while (put_sized(&w, seq + 1, 1000) == 0)
		seq++;
	assert_true(seq > 20);
	assert_int_equal(stats_of(&w).dropped, 1);
	assert_int_equal(stats_of(&w).bytes, 0);
	w.dir[strlen(w.dir) - strlen("/spool")] = '\0';
	assert_int_equal(mkdir(w.dir, 0700), 0);
	fd = open(w.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 400 && spool_flush(w.spool) != 0; i++)
		usleep(10000);
	assert_true(stats_of(&w).bytes > 0);
	put(&w, seq + 1, seq + 5);
	take_all(&w, 1, 1, seq + 5);
	stop(&w);
	strcat(w.dir, "/spool");
	remove_files(&w);
	assert_int_equal(unlinkat(fd, "spool", AT_REMOVEDIR), 0);
	close(fd);
	w.dir[strlen(w.dir) - strlen("/spool")] = '\0';
	done(&w);
}

static void a_record_that_is_too_large_is_dropped(void **state)
{
	static uint8_t big[64 << 10];
	struct world w;

	(void)state;
	begin(&w, MIB);
	assert_int_equal(spool_put_packed(w.spool, 1, big, sizeof(big)), -1);
	assert_int_equal(spool_put_packed(w.spool, 1, big, 0), -1);
	assert_int_equal(stats_of(&w).dropped, 2);
	put(&w, 1, 2);
	take_all(&w, 1, 1, 2);
	done(&w);
}

static void files_of_others_are_left_alone(void **state)
{
	struct world w;
	char path[160];
	FILE *f;

	(void)state;
	begin(&w, MIB);
	put(&w, 1, 2);
	stop(&w);
	snprintf(path, sizeof(path), "%s/0000000000000099.spool", w.dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is nothing that an agent wrote", f);
	fclose(f);
	start(&w, 2);
	assert_int_equal(stats_of(&w).damaged, 1);
	take_all(&w, 1, 1, 2);
	put(&w, 1, 1);
	take_all(&w, 2, 1, 1);
	spool_forget(w.spool, UINT64_MAX);
	assert_int_equal(access(path, F_OK), 0);
	done(&w);
}

/* --- a file that was hurt ------------------------------------------------- */

#define HURT 6

static uint8_t *slurp(const char *path, size_t *len)
{
	uint8_t *data = malloc(4096);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, data, 4096);

	assert_true(n > 0 && n < 4096);
	close(fd);
	*len = (size_t)n;
	return data;
}

static void spill(const char *path, const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

/* How many records of boot 1 come, each once and in order, and all of boot
 * 2 behind them; *first: how many without a hole. */
static int taken_from(struct world *w, uint64_t *first)
{
	struct spool_record r;
	uint64_t last = 0;
	int n = 0;

	*first = 0;
	put(w, 1, 2);
	while (spool_peek(w->spool, &r) && r.boot == 1) {
		assert_true(r.seq > last && r.seq <= HURT);
		last = r.seq;
		n++;
		if (r.seq == *first + 1)
			*first = r.seq;
		spool_take(w->spool);
	}
	take_all(w, 2, 1, 2);
	nothing_left(w);
	return n;
}

/* One file of HURT records, as bytes. */
static uint8_t *hurt_begin(struct world *w, char path[160], size_t *len)
{
	char names[2][160];

	begin(w, MIB);
	put(w, 1, HURT);
	stop(w);
	assert_int_equal(files_of(w, names, 2), 1);
	memcpy(path, names[0], 160);
	return slurp(path, len);
}

static void a_file_cut_anywhere_gives_what_is_whole(void **state)
{
	char path[160];
	struct world w;
	size_t len, head = SPOOL_HEAD_BYTES - SPOOL_AGENT_BYTES + strlen("tap");
	uint64_t first;
	uint8_t *data;
	int n;

	(void)state;
	data = hurt_begin(&w, path, &len);
	for (size_t cut = 0; cut <= len; cut++) {
		spill(path, data, cut);
		start(&w, 2);
		n = taken_from(&w, &first);
		assert_int_equal(n, first);
		/* All frames are of one size. */
		assert_int_equal(
		    n, cut < head ? 0 : (cut - head) / ((len - head) / HURT));
		assert_true(n == HURT || cut == 0 || stats_of(&w).damaged <= 1);
		stop(&w);
		remove_files(&w);
	}
	assert_int_equal(n, HURT);
	free(data);
	start(&w, 3);
	done(&w);
}

static void a_wrong_bit_costs_one_record_or_the_rest(void **state)
{
	char path[160];
	struct world w;
	size_t len;
	uint64_t first;
	uint8_t *data;
	int n;

	(void)state;
	data = hurt_begin(&w, path, &len);
	for (size_t i = 0; i < len * 8; i++) {
		data[i / 8] ^= (uint8_t)(1 << i % 8);
		spill(path, data, len);
		start(&w, 2);
		n = taken_from(&w, &first);
		assert_true(n < HURT);
		assert_true(stats_of(&w).damaged >= 1);
		/* The last byte is the last record's. */
		if (i / 8 == len - 1)
			assert_int_equal(n, HURT - 1);
		stop(&w);
		remove_files(&w);
		data[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	free(data);
	start(&w, 3);
	done(&w);
}

/* --- any order of calls --------------------------------------------------- */

static uint32_t rng;

static uint32_t draw(uint32_t n)
{
	rng = rng * 1664525u + 1013904223u;
	return (rng >> 8) % n;
}

/* Against a model: an agent that may stop at any moment. What was taken and
 * not forgotten may come again after that, and nothing may be missing. */
static void any_order_of_calls_loses_nothing(void **state)
{
	struct spool_record r;
	struct world w;
	uint64_t boot = 1, put_seq = 0, taken = 0;
	uint64_t last_of[64] = {0}, seen_of[64] = {0};

	(void)state;
	rng = 20;
	begin(&w, 8 * MIB);
	for (int i = 0; i < 30000; i++) {
		switch (draw(100)) {
		case 0:
			spool_forget(w.spool, taken + 1);
			break;
		case 1:
			assert_int_equal(spool_flush(w.spool), 0);
			break;
		case 2:
			if (boot < 60 && draw(8) == 0) {
				last_of[boot] = put_seq;
				restart(&w, ++boot);
				put_seq = taken = 0;
			}
			break;
		default:
			if (draw(2) == 0) {
				put_seq++;
				assert_int_equal(
				    put_sized(&w, put_seq, draw(900)), 0);
			} else if (spool_peek(w.spool, &r)) {
				assert_true(r.seq <= seen_of[r.boot] + 1);
				if (r.seq > seen_of[r.boot])
					seen_of[r.boot] = r.seq;
				taken = r.seq;
				spool_take(w.spool);
			}
		}
	}
	last_of[boot] = put_seq;
	while (spool_peek(w.spool, &r)) {
		assert_true(r.seq <= seen_of[r.boot] + 1);
		if (r.seq > seen_of[r.boot])
			seen_of[r.boot] = r.seq;
		spool_take(w.spool);
	}
	for (uint64_t b = 1; b <= boot; b++)
		assert_int_equal(seen_of[b], last_of[b]);
	assert_true(boot > 10);
	assert_int_equal(stats_of(&w).dropped + stats_of(&w).damaged, 0);
	done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_in_first_out),
	    cmocka_unit_test(an_earlier_start_comes_first),
	    cmocka_unit_test(what_is_not_committed_comes_again),
	    cmocka_unit_test(the_order_of_seq_is_the_order_of_delivery),
	    cmocka_unit_test(taken_from_memory_leaves_no_hole_behind),
	    cmocka_unit_test(files_are_removed_as_they_are_committed),
	    cmocka_unit_test(the_budget_holds_and_room_comes_back),
	    cmocka_unit_test(a_directory_that_comes_later_is_used),
	    cmocka_unit_test(a_record_that_is_too_large_is_dropped),
	    cmocka_unit_test(files_of_others_are_left_alone),
	    cmocka_unit_test(a_file_cut_anywhere_gives_what_is_whole),
	    cmocka_unit_test(a_wrong_bit_costs_one_record_or_the_rest),
	    cmocka_unit_test(any_order_of_calls_loses_nothing),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
