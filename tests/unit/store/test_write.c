/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/digest.h"

static int take_one(void *arg, const struct observation *o)
{
	*(struct observation *)arg = *o;
	return 7;
}

static void assert_reads_back(struct db *db, const struct observation *want)
{
	struct observation got;
	const struct read_range all = {.state = -1, .kind = -1};

	memset(&got, 0xff, sizeof(got));
	assert_int_equal(read_observations_range(db, &all, take_one, &got), 7);
	assert_memory_equal(&got, want, sizeof(got));
}

static void an_observation_comes_back_whole(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_full();

	assert_int_equal(write_observation(f->db, &o), 0);
	assert_int_equal(o.obs_no, 1);
	assert_reads_back(f->db, &o);
}

static void an_empty_observation_comes_back_empty(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_at(0, "");

	assert_int_equal(write_observation(f->db, &o), 0);
	assert_reads_back(f->db, &o);
	assert_string_equal(
	    shell(f->db, "SELECT applied_no, customer, agent, client, server, "
			 "helo, mail_from, mail_from_hash, header_from, "
			 "rcpt_domains, spf_domain, spf_address, op_id, "
			 "dkim_evidence FROM observation_19700101"),
	    "NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL NULL "
	    "NULL NULL");
}

static void the_shell_reads_words(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_full();

	assert_int_equal(write_observation(f->db, &o), 0);
	assert_string_equal(
	    shell(f->db, "SELECT kind, line_class, tier, auth_state, spf, "
			 "verdict, op, mode, label, hex(client) "
			 "FROM observation_20261124"),
	    "transaction static domains done softfail spoofed release enforce "
	    "blocklisted 00000000000000000000FFFFC0000205");
}

static void a_value_outside_its_vocabulary_is_refused(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_full();

	o.label = LABEL_COUNT;
	assert_int_equal(write_observation(f->db, &o), -1);
	assert_non_null(strstr(db_error(f->db), "column label"));
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM observation_day"), "0");
}

static void authentication_is_added_to_a_row(void **state)
{
	struct fixture *f = *state;
	struct observation full = observation_full(), o = full;

	o.auth_state = AUTH_STATE_PENDING;
	o.spf = SPF_UNCHECKED;
	o.spf_helo = false;
	o.spf_domain[0] = o.spf_term[0] = o.spf_record[0] = '\0';
	o.verdict_reason[0] = '\0';
	memset(o.spf_domain, 0, sizeof(o.spf_domain));
	memset(o.spf_term, 0, sizeof(o.spf_term));
	memset(o.spf_record, 0, sizeof(o.spf_record));
	memset(o.verdict_reason, 0, sizeof(o.verdict_reason));
	memset(o.dkim, 0, sizeof(o.dkim));
	memset(o.dmarc, 0, sizeof(o.dmarc));
	memset(o.spf_trail, 0, sizeof(o.spf_trail));
	memset(&o.spf_address, 0, sizeof(o.spf_address));
	o.spf_lookups = 0;
	o.verdict = VERDICT_CANNOT_TELL;
	assert_int_equal(write_observation(f->db, &o), 0);
	assert_reads_back(f->db, &o);
	full.obs_no = o.obs_no;
	assert_int_equal(write_authentication(f->db, &full), 0);
	assert_reads_back(f->db, &full);
	/* and taken away again: absent stays absent */
	assert_int_equal(write_authentication(f->db, &o), 0);
	assert_reads_back(f->db, &o);
	assert_string_equal(
	    shell(f->db, "SELECT spf_domain, spf_address, spf_term, "
			 "spf_record, verdict_reason, dkim, dmarc, spf_trail "
			 "FROM observation_20261124"),
	    "NULL NULL NULL NULL NULL NULL NULL NULL");
}

static void the_outcome_is_added_to_a_row(void **state)
{
	struct fixture *f = *state;
	struct observation full = observation_full(), o = full;

	o.label = LABEL_NONE;
	o.weight_milli = o.score_milli = 0;
	assert_int_equal(write_observation(f->db, &o), 0);
	full.obs_no = o.obs_no;
	full.applied_no = 99;
	assert_int_equal(write_applied(f->db, &full), 0);
	observation_digest(&full, full.digest);
	assert_reads_back(f->db, &full);
}

static void a_row_that_is_not_there_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_at(DAY_US, "C1"), other;

	assert_int_equal(write_observation(f->db, &o), 0);
	other = o;
	other.obs_no = 2;
	other.applied_no = 1;
	assert_int_equal(write_applied(f->db, &other), -1);
	assert_non_null(strstr(db_error(f->db), "row 2 is not in table"));
	assert_int_equal(write_authentication(f->db, &other), -1);
	other.ts_us += US_PER_DAY;
	assert_int_equal(write_applied(f->db, &other), -1);
	assert_non_null(
	    strstr(db_error(f->db), "there is no table observation_20261125"));
	o.applied_no = 0;
	assert_int_equal(write_applied(f->db, &o), -1);
	assert_false(
	    db_is_busy(f->db) || db_is_full(f->db) || db_is_broken(f->db));
}

static void an_applied_number_is_given_once(void **state)
{
	struct fixture *f = *state;
	struct observation a = observation_at(DAY_US, "C1"), b = a;

	assert_int_equal(write_observation(f->db, &a), 0);
	assert_int_equal(write_observation(f->db, &b), 0);
	a.applied_no = b.applied_no = 5;
	assert_int_equal(write_applied(f->db, &a), 0);
	assert_int_equal(write_applied(f->db, &b), -1);
}

static void a_cursor_belongs_to_agent_and_boot(void **state)
{
	struct fixture *f = *state;
	uint64_t seq = 1, big = UINT64_MAX;

	assert_int_equal(write_agent_cursor(f->db, "a", big, 10), 0);
	assert_int_equal(write_agent_cursor(f->db, "a", big, 11), 0);
	assert_int_equal(write_agent_cursor(f->db, "a", 2, big - 1), 0);
	assert_int_equal(write_agent_cursor(f->db, "b", 2, 13), 0);
	assert_int_equal(read_agent_cursor(f->db, "a", big, &seq), 1);
	assert_int_equal(seq, 11);
	assert_int_equal(read_agent_cursor(f->db, "a", 2, &seq), 1);
	assert_true(seq == big - 1);
	assert_int_equal(read_agent_cursor(f->db, "b", 2, &seq), 1);
	assert_int_equal(seq, 13);
	assert_int_equal(read_agent_cursor(f->db, "b", big, &seq), 0);
}

struct counters {
	char text[256];
};

static int add_counter(void *arg, int day, const char *name, int64_t value)
{
	struct counters *c = arg;
	size_t len = strlen(c->text);

	snprintf(c->text + len, sizeof(c->text) - len, "%d %s %lld;", day, name,
	    (long long)value);
	return 0;
}

static int stop(void *arg, int day, const char *name, int64_t value)
{
	add_counter(arg, day, name, value);
	return 3;
}

static void counters_add_up_by_day(void **state)
{
	struct fixture *f = *state;
	struct counters c = {""};

	assert_int_equal(write_counter(f->db, DAY_US, "b", 1), 0);
	assert_int_equal(write_counter(f->db, DAY_US, "a", 40), 0);
	assert_int_equal(
	    write_counter(f->db, DAY_US + US_PER_DAY - 1, "a", 2), 0);
	assert_int_equal(write_counter(f->db, DAY_US + US_PER_DAY, "a", 5), 0);
	assert_int_equal(write_counter(f->db, DAY_US - 1, "a", 6), 0);
	assert_int_equal(
	    read_counters(f->db, 20261124, 20261125, add_counter, &c), 0);
	assert_string_equal(c.text, "20261124 a 42;20261124 b 1;20261125 a 5;");
	c.text[0] = '\0';
	assert_int_equal(read_counters(f->db, 0, 99991231, stop, &c), 3);
	assert_string_equal(c.text, "20261123 a 6;");
}

static void meta_holds_the_last_value(void **state)
{
	struct fixture *f = *state;
	char v[8];

	assert_int_equal(read_meta(f->db, "mode", v, sizeof(v)), 0);
	assert_string_equal(v, "");
	assert_int_equal(write_meta(f->db, "mode", "monitor"), 0);
	assert_int_equal(write_meta(f->db, "mode", "enforce"), 0);
	assert_int_equal(read_meta(f->db, "mode", v, sizeof(v)), 0);
	assert_string_equal(v, "enforce");
	assert_int_equal(write_meta(f->db, "mode", "longer than v"), 0);
	assert_int_equal(read_meta(f->db, "mode", v, sizeof(v)), 0);
	assert_string_equal(v, "longer ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(an_observation_comes_back_whole),
	    STORE_TEST(an_empty_observation_comes_back_empty),
	    STORE_TEST(the_shell_reads_words),
	    STORE_TEST(a_value_outside_its_vocabulary_is_refused),
	    STORE_TEST(authentication_is_added_to_a_row),
	    STORE_TEST(the_outcome_is_added_to_a_row),
	    STORE_TEST(a_row_that_is_not_there_is_an_error),
	    STORE_TEST(an_applied_number_is_given_once),
	    STORE_TEST(a_cursor_belongs_to_agent_and_boot),
	    STORE_TEST(counters_add_up_by_day),
	    STORE_TEST(meta_holds_the_last_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
