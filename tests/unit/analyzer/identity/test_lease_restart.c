/* SPDX-License-Identifier: Apache-2.0 */
/* What has ended is known after a restart. */
#include <sqlite3.h>

#include "analyzer/identity/lease_line.h"
#include "tests/unit/analyzer/identity/book.h"

#define HOUR_S 3600

static void restart(int64_t now_s)
{
	close_book();
	open_book(now_s * US_PER_S);
}

/* Of NAS N1 by RADIUS. */
static void say(const char *words)
{
	char line[256], why[LEASE_WHY_LEN];
	struct lease_event e;

	snprintf(line, sizeof(line), "%s source=radius%s", words,
	    strstr(words, "reset") ? "" : " nas=N1");
	if (lease_line_parse(&e, line, strlen(line), why) != 1)
		fail_msg("%s: %s", line, why);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(lease_book_take(book, &e, INT64_MAX), 0);
	assert_int_equal(db_commit(db), 0);
}

static const char *who(const char *address, int64_t at_s)
{
	struct holding h;
	struct addr a;

	assert_int_equal(addr_parse(&a, address), 0);
	switch (lease_book_find(book, &a, 0, at_s * US_PER_S, &h)) {
	case DIRECTORY_FOUND:
		return h.customer;
	case DIRECTORY_UNREADABLE:
		return "cannot tell";
	case DIRECTORY_NOBODY:
	case DIRECTORY_SHARED:
		break;
	}
	return "";
}

static void a_late_interim_does_not_reopen_it(void **state)
{
	(void)state;
	say("begin @100 C1 192.0.2.1 session=S1");
	say("end @200 session=S1");
	restart(300);
	say("refresh @150 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 199), "C1");
	assert_string_equal(who("192.0.2.1", 200), "");
	say("refresh @201 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 201), "C1");
}

static void a_stop_that_came_first_is_kept(void **state)
{
	(void)state;
	say("end @200 session=S1");
	restart(300);
	say("begin @100 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 199), "C1");
	assert_string_equal(who("192.0.2.1", 200), "");
}

static void nor_one_that_lost_its_address_before_its_stop(void **state)
{
	(void)state;
	say("begin @100 C1 192.0.2.1 session=S1");
	say("begin @120 C2 192.0.2.1 session=S2");
	say("end @200 session=S1");
	restart(300);
	say("refresh @150 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 160), "C2");
}

static void nor_one_whose_lease_was_cut_after_its_stop(void **state)
{
	(void)state;
	say("begin @100 C1 192.0.2.1 session=S1");
	say("end @200 session=S1");
	say("begin @120 C2 192.0.2.1 session=S2");
	restart(300);
	say("refresh @150 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 119), "C1");
	assert_string_equal(who("192.0.2.1", 160), "C2");
}

static void a_session_that_goes_on_is_no_grave(void **state)
{
	(void)state;
	say("begin @100 C1 192.0.2.1,192.0.2.9 session=S1");
	say("begin @120 C2 192.0.2.1 session=S2");
	restart(300);
	say("refresh @310 C1 192.0.2.9 session=S1");
	say("end @400 session=S1");
	assert_string_equal(who("192.0.2.9", 399), "C1");
	assert_string_equal(who("192.0.2.9", 400), "");
}

static void a_reboot_of_the_nas_is_kept(void **state)
{
	(void)state;
	say("reset @200 N1");
	restart(300);
	say("begin @100 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 199), "C1");
	assert_string_equal(who("192.0.2.1", 200), "");
	/* An older one, told late, takes nothing back. */
	say("reset @150 N1");
	restart(300);
	say("begin @180 C1 192.0.2.3 session=S3");
	assert_string_equal(who("192.0.2.3", 200), "");
}

static void what_is_old_is_forgotten(void **state)
{
	(void)state;
	say("end @200 session=S1");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(
	    lease_book_tick(book, (200 + 25 * HOUR_S) * US_PER_S), 0);
	assert_int_equal(db_commit(db), 0);
	restart(200 + 25 * HOUR_S);
	say("begin @100 C1 192.0.2.1 session=S1");
	assert_string_equal(who("192.0.2.1", 300), "C1");
}

/* Only RADIUS tells of its sessions again and again. */
static void what_nobody_refreshes_does_not_time_out(void **state)
{
	struct lease_event e = {.verb = LEASE_VERB_BEGIN,
	    .n_targets = 1,
	    .source = "desk",
	    .session = "D1",
	    .customer = "C1"};
	char why[LEASE_WHY_LEN];

	(void)state;
	conf.lease_timeout_s = HOUR_S;
	assert_int_equal(
	    lease_target_parse(&e.targets[0], "192.0.2.1", why), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(lease_book_take(book, &e, INT64_MAX), 0);
	assert_int_equal(db_commit(db), 0);
	say("begin @0 C2 192.0.2.2 session=S2");
	say("refresh @10 C2 192.0.2.2 session=S2");
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(lease_book_tick(book, 2 * HOUR_S * US_PER_S), 0);
	assert_int_equal(db_commit(db), 0);
	conf.lease_timeout_s = 0;
	assert_string_equal(who("192.0.2.1", 2 * HOUR_S), "C1");
	assert_string_equal(who("192.0.2.2", 2 * HOUR_S), "");
}

static void a_store_that_cannot_be_read_cannot_tell(void **state)
{
	sqlite3 *other;

	(void)state;
	say("begin @100 C1 192.0.2.1 session=S1");
	say("end @200 session=S1");
	restart(200 + 48 * HOUR_S);
	assert_string_equal(who("192.0.2.1", 150), "C1");
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(other, "DROP TABLE lease", NULL, NULL, NULL),
	    SQLITE_OK);
	sqlite3_close(other);
	assert_string_equal(who("192.0.2.1", 150), "cannot tell");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(a_late_interim_does_not_reopen_it),
	    TEST(a_stop_that_came_first_is_kept),
	    TEST(nor_one_that_lost_its_address_before_its_stop),
	    TEST(nor_one_whose_lease_was_cut_after_its_stop),
	    TEST(a_session_that_goes_on_is_no_grave),
	    TEST(a_reboot_of_the_nas_is_kept),
	    TEST(what_is_old_is_forgotten),
	    TEST(what_nobody_refreshes_does_not_time_out),
	    TEST(a_store_that_cannot_be_read_cannot_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
