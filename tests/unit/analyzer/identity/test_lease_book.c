/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "store/read.h"
#include "tests/unit/analyzer/identity/book.h"

#define NEVER INT64_MAX

static char told[512];
static int64_t clock_us;

static void on_change(void *arg, const char *customer, int64_t at_us)
{
	size_t n = strlen(told);

	(void)arg;
	(void)at_us;
	snprintf(told + n, sizeof(told) - n, "%s ", customer);
}

static int heard(void **state)
{
	owner.changed = on_change;
	conf.lease_timeout_s = 0;
	clock_us = 0;
	told[0] = '\0';
	return setup(state);
}

/* "begin S1 C1 198.51.100.7 ..." at that second, from NAS N1 */
static int say(int64_t at_s, const char *text)
{
	char copy[256], *word, *save, *hash;
	struct lease_event e;
	int rc;

	memset(&e, 0, sizeof(e));
	strcpy(e.source, "radius");
	strcpy(e.nas, "N1");
	e.at_us = at_s * US_PER_S;
	snprintf(copy, sizeof(copy), "%s", text);
	word = strtok_r(copy, " ", &save);
	e.verb = strcmp(word, "begin") == 0     ? LEASE_VERB_BEGIN
		 : strcmp(word, "refresh") == 0 ? LEASE_VERB_REFRESH
		 : strcmp(word, "end") == 0     ? LEASE_VERB_END
						: LEASE_VERB_RESET;
	word = strtok_r(NULL, " ", &save);
	snprintf(e.session, sizeof(e.session), "%s", word ? word : "");
	word = strtok_r(NULL, " ", &save);
	snprintf(e.customer, sizeof(e.customer), "%s", word ? word : "");
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		struct target *t = &e.targets[e.n_targets++];

		hash = strchr(word, '#');
		if (hash) {
			unsigned int a, b;

			*hash = '\0';
			assert_int_equal(sscanf(hash + 1, "%u-%u", &a, &b), 2);
			t->first_port = (uint16_t)a;
			t->last_port = (uint16_t)b;
		}
		assert_int_equal(prefix_parse(&t->prefix, word), 0);
	}
	told[0] = '\0';
	assert_int_equal(db_begin(db), 0);
	rc = lease_book_take(book, &e, NEVER);
	assert_int_equal(db_commit(db), 0);
	return rc;
}

static const char *answer(enum directory_answer got, const struct holding *h)
{
	return got == DIRECTORY_FOUND    ? h->customer
	       : got == DIRECTORY_SHARED ? "?"
					 : "-";
}

/* By the directory; and the store says the same. */
static const char *who(const char *address, uint16_t port, int64_t at_s)
{
	static char name[ROW_ID_LEN];
	struct holding h;
	struct lease l;
	struct addr a;
	int rc;

	assert_int_equal(addr_parse(&a, address), 0);
	snprintf(name, sizeof(name), "%s",
	    answer(
		directory_find(directory, &a, port, at_s * US_PER_S, &h), &h));
	rc = read_lease_at(db, &a, port, at_s * US_PER_S, &l);
	assert_string_equal(rc == 1 ? l.customer : rc == 2 ? "?" : "-", name);
	return name;
}

static int64_t count(enum lease_count c)
{
	return lease_book_count(book, c);
}

#define A             "198.51.100.7"
#define WHO(at, want) assert_string_equal(who(A, 0, at), want)

static void a_session_from_start_to_stop(void **state)
{
	(void)state;
	assert_int_equal(say(10, "begin S1 C1 " A " 2001:db8:1::/56"), 0);
	assert_string_equal(told, "C1 ");
	WHO(9, "-");
	WHO(10, "C1");
	assert_string_equal(who("2001:db8:1:12::9", 0, 10), "C1");
	assert_int_equal(say(10, "begin S1 C1 " A " 2001:db8:1::/56"), 0);
	assert_string_equal(told, "");
	assert_int_equal(count(LEASES_AGAIN), 1);
	assert_int_equal(say(50, "refresh S1 C1 " A " 2001:db8:1::/56"), 0);
	assert_int_equal(say(60, "refresh S1"), 0); /* says no address */
	assert_string_equal(told, "");
	WHO(1000, "C1");
	assert_int_equal(say(100, "end S1 C1"), 0);
	assert_string_equal(told, "C1 ");
	WHO(99, "C1");
	WHO(100, "-");
	assert_string_equal(who("2001:db8:1:12::9", 0, 100), "-");
	assert_int_equal(say(100, "end S1 C1"), 0);
	/* late, after the Stop: it does not open again */
	assert_int_equal(say(90, "refresh S1 C1 " A), 0);
	assert_int_equal(say(10, "begin S1 C1 " A), 0);
	WHO(100, "-");
	assert_int_equal(count(LEASES_AGAIN), 4);
}

static void an_address_given_on_without_a_stop(void **state)
{
	(void)state;
	say(0, "begin S1 C1 " A);
	say(100, "begin S2 C2 " A);
	assert_string_equal(told, "C2 C1 ");
	WHO(99, "C1");
	WHO(100, "C2");
	assert_int_equal(count(LEASES_TAKEN_OVER), 1);
	/* the Stop comes after all, and was earlier */
	say(80, "end S1");
	WHO(79, "C1");
	WHO(80, "-");
	WHO(100, "C2");
	/* one that comes for a later time changes nothing */
	say(0, "begin S3 C3 198.51.100.8");
	say(10, "begin S4 C4 198.51.100.8");
	say(50, "end S3");
	assert_string_equal(who("198.51.100.8", 0, 10), "C4");
	assert_string_equal(who("198.51.100.8", 0, 60), "C4");
}

static void a_start_that_was_lost(void **state)
{
	(void)state;
	assert_int_equal(say(5, "refresh S1"), 1);
	assert_int_equal(say(50, "refresh S1 C1 " A), 0);
	WHO(49, "-");
	WHO(50, "C1");
	/* or was only late */
	say(20, "begin S1 C1 " A);
	WHO(19, "-");
	WHO(20, "C1");
	WHO(50, "C1");
	say(90, "end S1");
	WHO(89, "C1");
	WHO(90, "-");
}

static void a_stop_before_its_start(void **state)
{
	(void)state;
	say(100, "end S1 C1");
	say(10, "begin S1 C1 " A);
	WHO(10, "C1");
	WHO(99, "C1");
	WHO(100, "-");
	/* the name is used again later */
	say(200, "begin S1 C2 " A);
	WHO(150, "-");
	WHO(200, "C2");
}

static void a_start_in_somebody_elses_past(void **state)
{
	(void)state;
	say(100, "begin S2 C2 " A);
	say(10, "begin S1 C1 " A);
	WHO(99, "C1");
	WHO(100, "C2");
	say(150, "end S2");
	WHO(150, "-");
	say(40, "end S1");
	WHO(39, "C1");
	WHO(40, "-");
	WHO(120, "C2");
}

static void addresses_come_and_go_within_a_session(void **state)
{
	(void)state;
	say(0, "begin S1 C1 " A);
	say(10, "refresh S1 C1 " A " 2001:db8:1::/56");
	assert_string_equal(told, "C1 ");
	assert_string_equal(who("2001:db8:1::1", 0, 9), "-");
	assert_string_equal(who("2001:db8:1::1", 0, 10), "C1");
	say(20, "refresh S1 C1 2001:db8:1::/56");
	WHO(19, "C1");
	WHO(20, "-");
	say(30, "end S1");
	assert_string_equal(who("2001:db8:1::1", 0, 30), "-");
}

static void a_name_that_the_nas_uses_again(void **state)
{
	(void)state;
	say(0, "begin S1 C1 " A);
	say(50, "begin S1 C2 198.51.100.8");
	assert_string_equal(told, "C1 C2 ");
	WHO(49, "C1");
	WHO(50, "-");
	assert_string_equal(who("198.51.100.8", 0, 50), "C2");
}

static void a_reboot_ends_what_began_before(void **state)
{
	(void)state;
	say(0, "begin S1 C1 " A);
	say(100, "begin S2 C2 198.51.100.8");
	say(50, "reset");
	assert_string_equal(told, "C1 ");
	WHO(49, "C1");
	WHO(50, "-");
	assert_string_equal(who("198.51.100.8", 0, 100), "C2");
	/* a Start from before, told after the reboot */
	say(20, "begin S3 C3 198.51.100.9");
	assert_string_equal(who("198.51.100.9", 0, 49), "C3");
	assert_string_equal(who("198.51.100.9", 0, 50), "-");
	assert_int_equal(count(LEASES_RESET), 1);
}

static void households_that_share_an_address(void **state)
{
	(void)state;
	say(0, "begin P1 C1 203.0.113.7#1024-2047");
	say(0, "begin P2 C2 203.0.113.7#2048-3071");
	assert_string_equal(who("203.0.113.7", 1024, 1), "C1");
	assert_string_equal(who("203.0.113.7", 2048, 1), "C2");
	assert_string_equal(who("203.0.113.7", 0, 1), "?");
	/* another size of block takes what it overlaps */
	say(50, "begin P3 C3 203.0.113.7#1536-2559");
	assert_string_equal(who("203.0.113.7", 1024, 49), "C1");
	assert_string_equal(who("203.0.113.7", 1024, 50), "?");
	assert_string_equal(who("203.0.113.7", 1536, 50), "C3");
	assert_string_equal(who("203.0.113.7", 2559, 50), "C3");
	/* and the whole address takes them all */
	say(60, "begin W C9 203.0.113.7#0-65535");
	assert_string_equal(who("203.0.113.7", 1536, 60), "C9");
	assert_string_equal(who("203.0.113.7", 0, 60), "C9");
}

static void what_makes_no_lease(void **state)
{
	struct lease_event e;

	(void)state;
	assert_int_equal(say(1, "begin S1"), 1);
	assert_int_equal(say(1, "begin S1 C1"), 1);
	memset(&e, 0, sizeof(e));
	strcpy(e.source, "radius");
	strcpy(e.session, "S");
	strcpy(e.customer, "C1");
	e.n_targets = 1;
	prefix_parse(&e.targets[0].prefix, A);
	e.at_us = 301 * US_PER_S;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	e.at_us = -1;
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	e.at_us = INT64_MAX;
	assert_int_equal(lease_book_take(book, &e, NEVER), 1);
	e.at_us = 1;
	strcpy(e.customer, "C 1");
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	strcpy(e.customer, "C1");
	e.targets[0].prefix.len = 129;
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	e.targets[0].prefix.len = 128;
	e.targets[0].first_port = 5;
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	e.targets[0].first_port = 0;
	strcpy(e.source, "static");
	assert_int_equal(lease_book_take(book, &e, 0), 1);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(LEASES_REFUSED), 9);
	assert_int_equal(directory_count(directory), 0);
}

static void tick(int64_t at_s)
{
	told[0] = '\0';
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(lease_book_tick(book, at_s * US_PER_S), 0);
	assert_int_equal(db_commit(db), 0);
}

static void what_is_not_heard_of_ends(void **state)
{
	(void)state;
	conf.lease_timeout_s = 100;
	say(0, "begin S1 C1 " A);
	say(10, "begin S2 C2 198.51.100.8");
	say(60, "refresh S1");
	tick(109);
	assert_string_equal(told, "");
	tick(110);
	assert_string_equal(told, "C2 ");
	assert_string_equal(who("198.51.100.8", 0, 50), "-");
	WHO(110, "C1");
	tick(160);
	WHO(59, "C1");
	WHO(60, "-");
	assert_int_equal(count(LEASES_TIMED_OUT), 2);
}

/* The longest prefix goes first, whoever says it; of equal ones the session's,
 * which is of this day. */
static void a_file_and_sessions(void **state)
{
	struct customer_row c = {.id = "C5", .line_class = CLASS_STATIC};
	struct lease l[2];
	struct lease_change change;
	struct holding h;
	struct addr a;

	(void)state;
	memset(l, 0, sizeof(l));
	prefix_parse(&l[0].prefix, "198.51.100.0/24");
	strcpy(l[0].customer, "POOL");
	l[0].line_class = CLASS_DYNAMIC;
	prefix_parse(&l[1].prefix, "192.0.2.0/29");
	strcpy(l[1].customer, "OFFICE");
	l[1].line_class = CLASS_STATIC;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_subscribers(book, l, 2, &c, 1, 5, &change), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(change.begun, 2);
	assert_string_equal(told, "OFFICE POOL ");
	WHO(1, "POOL");
	say(10, "begin S1 C5 " A);
	WHO(9, "POOL");
	WHO(10, "C5");
	addr_parse(&a, A);
	assert_int_equal(
	    lease_book_find(book, &a, 0, 10 * US_PER_S, &h), DIRECTORY_FOUND);
	assert_int_equal(h.line_class, CLASS_STATIC);
	say(20, "end S1");
	WHO(20, "POOL");
	/* the file names the session's address later: the session goes first */
	say(21, "begin S2 C6 192.0.2.16");
	prefix_parse(&l[1].prefix, "192.0.2.16");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_subscribers(book, l, 2, &c, 1, 25 * US_PER_S, &change),
	    0);
	assert_int_equal(db_commit(db), 0);
	assert_string_equal(who("192.0.2.16", 0, 26), "C6");
	say(27, "end S2");
	assert_string_equal(who("192.0.2.16", 0, 28), "OFFICE");
	prefix_parse(&l[1].prefix, "192.0.2.0/29");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_subscribers(book, l, 2, &c, 1, 28 * US_PER_S, &change),
	    0);
	assert_int_equal(db_commit(db), 0);
	/* read again: the office has moved */
	prefix_parse(&l[1].prefix, "192.0.2.8/29");
	told[0] = '\0';
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_subscribers(book, l, 2, &c, 1, 30 * US_PER_S, &change),
	    0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(change.begun, 1);
	assert_int_equal(change.ended, 1);
	assert_string_equal(told, "OFFICE ");
	assert_string_equal(who("192.0.2.1", 0, 29), "OFFICE");
	assert_string_equal(who("192.0.2.1", 0, 30), "-");
	assert_string_equal(who("192.0.2.9", 0, 30), "OFFICE");
	assert_string_equal(who("192.0.2.9", 0, 29), "-");
}

static void a_restart_loses_nothing(void **state)
{
	(void)state;
	say(0, "begin S1 C1 " A);
	say(0, "begin S2 C2 203.0.113.7#1024-2047");
	close_book();
	open_book(clock_us);
	WHO(1, "C1");
	assert_string_equal(who("203.0.113.7", 1024, 1), "C2");
	/* it is the same session */
	assert_int_equal(say(50, "end S1"), 0);
	WHO(50, "-");
	say(60, "begin S3 C3 203.0.113.7#1024-2047");
	assert_string_equal(told, "C3 C2 ");
	assert_string_equal(who("203.0.113.7", 1024, 60), "C3");
}

/* What memory has forgotten, the store still knows. */
static void ask_old(const char *at_50)
{
	struct holding h;
	struct addr a;

	addr_parse(&a, A);
	assert_int_equal(
	    lease_book_find(book, &a, 0, 50 * US_PER_S, &h), DIRECTORY_FOUND);
	assert_string_equal(h.customer, at_50);
	assert_int_equal(
	    lease_book_find(book, &a, 0, 150 * US_PER_S, &h), DIRECTORY_FOUND);
	assert_string_equal(h.customer, "POOL");
}

static void old_questions_go_to_the_store(void **state)
{
	struct lease_change change;
	struct lease pool;

	(void)state;
	memset(&pool, 0, sizeof(pool));
	prefix_parse(&pool.prefix, "198.51.100.0/24");
	strcpy(pool.customer, "POOL");
	pool.line_class = CLASS_DYNAMIC;
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_subscribers(book, &pool, 1, NULL, 0, 5, &change), 0);
	assert_int_equal(db_commit(db), 0);
	say(0, "begin S1 C1 " A);
	say(100, "end S1");
	ask_old("C1");
	tick(3 * 86400);
	assert_int_equal(directory_count(directory), 1);
	ask_old("C1");
	/* and so after a start days later */
	close_book();
	clock_us = 3 * 86400 * US_PER_S;
	open_book(clock_us);
	assert_int_equal(directory_count(directory), 1);
	ask_old("C1");
}

/* --- any order ------------------------------------------------------------ */

#define ADDRESSES 6
#define TIMES     400
#define EVENTS    4000

static struct {
	int64_t at_s;
	char text[96];
} script[EVENTS];
static char truth[ADDRESSES][TIMES][16];

/* Sessions one after the other on each address, with and without gaps; what
 * was told of each, and who truly had it. */
static size_t write_script(unsigned int *seed)
{
	size_t n = 0;
	int session = 0;

	for (int i = 0; i < ADDRESSES; i++)
		for (int t = 0; t < TIMES; t++)
			strcpy(truth[i][t], "-");
	for (int i = 0; i < ADDRESSES; i++) {
		for (int t = 1 + rand_r(seed) % 5; t < TIMES - 1;) {
			int end = t + 2 + rand_r(seed) % 30;
			char what[64];

			if (end >= TIMES)
				end = TIMES - 1;
			session++;
			snprintf(what, sizeof(what), "S%d C%d 198.51.100.%d",
			    session, session % 40, i);
			snprintf(script[n].text, sizeof(script[n].text),
			    "begin %s", what);
			script[n++].at_s = t;
			for (int k = t + 1; k < end;
			     k += 1 + rand_r(seed) % 9) {
				snprintf(script[n].text, sizeof(script[n].text),
				    "refresh %s", what);
				script[n++].at_s = k;
			}
			snprintf(script[n].text, sizeof(script[n].text),
			    "end S%d", session);
			script[n++].at_s = end;
			for (int k = t; k < end; k++)
				snprintf(truth[i][k], sizeof(truth[i][k]),
				    "C%d", session % 40);
			t = end + rand_r(seed) % 3;
		}
	}
	return n;
}

static void any_order_gives_the_same_history(void **state)
{
	(void)state;
	for (unsigned int round = 1; round <= 12; round++) {
		unsigned int seed = round;
		size_t n = write_script(&seed);

		teardown(NULL);
		heard(NULL);
		for (size_t i = n - 1; i > 0; i--) {
			size_t k = (size_t)rand_r(&seed) % (i + 1);

			memcpy(
			    &script[EVENTS - 1], &script[i], sizeof(script[i]));
			memcpy(&script[i], &script[k], sizeof(script[i]));
			memcpy(
			    &script[k], &script[EVENTS - 1], sizeof(script[i]));
		}
		for (size_t i = 0; i < n; i++) {
			say(script[i].at_s, script[i].text);
			/* some are told twice */
			if (rand_r(&seed) % 4 == 0)
				say(script[i].at_s, script[i].text);
		}
		for (int i = 0; i < ADDRESSES; i++)
			for (int t = 0; t < TIMES; t++) {
				char address[32];
				struct holding h;
				struct addr a;

				snprintf(address, sizeof(address),
				    "198.51.100.%d", i);
				addr_parse(&a, address);
				if (strcmp(answer(lease_book_find(book, &a, 0,
						      t * US_PER_S, &h),
					       &h),
					truth[i][t]) != 0)
					fail_msg("round %u: %s at %d is not %s",
					    round, address, t, truth[i][t]);
			}
	}
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, heard, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(a_session_from_start_to_stop),
	    CASE(an_address_given_on_without_a_stop),
	    CASE(a_start_that_was_lost),
	    CASE(a_stop_before_its_start),
	    CASE(a_start_in_somebody_elses_past),
	    CASE(addresses_come_and_go_within_a_session),
	    CASE(a_name_that_the_nas_uses_again),
	    CASE(a_reboot_ends_what_began_before),
	    CASE(households_that_share_an_address),
	    CASE(what_makes_no_lease),
	    CASE(what_is_not_heard_of_ends),
	    CASE(a_file_and_sessions),
	    CASE(a_restart_loses_nothing),
	    CASE(old_questions_go_to_the_store),
	    CASE(any_order_gives_the_same_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
