/* SPDX-License-Identifier: Apache-2.0 */
/* The questions of who_had.txt, asked of the book that has heard the history,
 * of a book that was opened after it, and of the store. */
#include <stdio.h>

#include "analyzer/identity/lease_line.h"
#include "store/read.h"
#include "tests/unit/analyzer/identity/book.h"

#define TABLE    "tests/unit/analyzer/identity/who_had.txt"
#define AT_LEAST 200
#define KEPT_US  (24 * 3600 * US_PER_S)

/* --- the history ---------------------------------------------------------- */

static void say(const char *line)
{
	char why[LEASE_WHY_LEN];
	struct lease_event e;

	if (lease_line_parse(&e, line, strlen(line), why) != 1)
		fail_msg("%s: %s", line, why);
	assert_int_equal(lease_book_take(book, &e, INT64_MAX), 0);
}

/* "TIME TARGET SESSION": a Start without a User-Name. */
static void say_nameless(const char *line)
{
	struct lease_event e = {.verb = LEASE_VERB_BEGIN, .n_targets = 1};
	char target[64], why[LEASE_WHY_LEN];
	long long at_s;

	assert_int_equal(
	    sscanf(line, "%lld %63s %60s", &at_s, target, e.session), 3);
	assert_int_equal(lease_target_parse(&e.targets[0], target, why), 0);
	e.at_us = at_s * US_PER_S;
	strcpy(e.source, "radius");
	strcpy(e.nas, "N1");
	assert_int_equal(lease_book_take(book, &e, INT64_MAX), 1);
}

static void say_file(const char *line)
{
	struct lease l = {.line_class = CLASS_STATIC, .until_us = INT64_MAX};
	struct lease_change change;
	char prefix[64];

	assert_int_equal(sscanf(line, "%63s %60s", prefix, l.customer), 2);
	assert_int_equal(prefix_parse(&l.prefix, prefix), 0);
	strcpy(l.source, "static");
	assert_int_equal(
	    lease_book_subscribers(book, &l, 1, NULL, 0, 0, &change), 0);
}

/* --- the questions -------------------------------------------------------- */

typedef const char *(*asked)(const struct addr *a, uint16_t port, int64_t at);

static const char *ask_book(const struct addr *a, uint16_t port, int64_t at)
{
	struct holding h;

	switch (lease_book_find(book, a, port, at, &h)) {
	case DIRECTORY_NOBODY:
		return "nobody";
	case DIRECTORY_SHARED:
		return "shared";
	case DIRECTORY_UNREADABLE:
		return "unreadable";
	case DIRECTORY_FOUND:
		break;
	}
	return h.customer;
}

static const char *ask_store(const struct addr *a, uint16_t port, int64_t at)
{
	static struct lease l;

	switch (read_lease_at(db, a, port, at, &l)) {
	case 0:
		return "nobody";
	case 1:
		return l.customer;
	case 2:
		return "shared";
	}
	return "unreadable";
}

static void ask(const char *line, asked who)
{
	char address[64], time[32], want[64];
	unsigned int port;
	struct addr a;
	int64_t at_us;
	const char *got;

	assert_int_equal(
	    sscanf(line, "%63s %u %31s %63s", address, &port, time, want), 4);
	assert_int_equal(addr_parse(&a, address), 0);
	at_us =
	    strtoll(time, NULL, 10) * US_PER_S - (strchr(time, '-') != NULL);
	got = who(&a, (uint16_t)port, at_us);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s", line, got);
}

/* The whole table: says it, or asks. How many questions there are. */
static int walk(asked who)
{
	FILE *f = fopen(TABLE, "r");
	char line[256];
	int n = 0;

	assert_non_null(f);
	assert_int_equal(db_begin(db), 0);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "ask ", 4) == 0) {
			n++;
			if (who != NULL)
				ask(line + 4, who);
		} else if (who == NULL && strncmp(line, "say ", 4) == 0) {
			say(line + 4);
		} else if (who == NULL && strncmp(line, "nameless ", 9) == 0) {
			say_nameless(line + 9);
		} else if (who == NULL && strncmp(line, "file ", 5) == 0) {
			say_file(line + 5);
		} else if (who == NULL) {
			assert_true(line[0] == '#' || line[0] == '\0');
		}
	}
	assert_int_equal(db_commit(db), 0);
	fclose(f);
	return n;
}

static void every_question_has_its_answer(void **state)
{
	(void)state;
	assert_true(walk(NULL) >= AT_LEAST);
	walk(ask_book);
	walk(ask_store);
	/* A start soon after, and one when all of it is only in the store. */
	close_book();
	open_book(1000 * US_PER_S);
	walk(ask_book);
	close_book();
	open_book(KEPT_US + 10000 * US_PER_S);
	walk(ask_book);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		every_question_has_its_answer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
