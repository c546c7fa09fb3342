/* SPDX-License-Identifier: Apache-2.0 */
#include "store/anonymise.h"
#include "base/keyed_hash.h"
#include "tests/unit/store/fixture.h"

static const char *other_path(const struct fixture *f)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/other.db", f->dir);
	return path;
}

static void fill(struct db *db)
{
	struct observation o = observation_full();
	struct incident i = incident_full(1);
	struct decision d = decision_at(1, "C7");
	struct delivery v = {.decision_seq = 1,
	    .driver = "a",
	    .state = "done",
	    .error = "secret words"};

	assert_int_equal(write_observation(db, &o), 0);
	assert_int_equal(write_incident(db, &i), 0);
	assert_int_equal(prefix_parse(&d.targets[0].prefix, "192.0.2.7/32"), 0);
	d.n_targets = 1;
	snprintf(d.reason, sizeof(d.reason), "secret words");
	assert_int_equal(write_decision(db, &d), 0);
	assert_int_equal(write_delivery(db, &v), 0);
	must_run(db, "INSERT INTO customer (id, line_class, contact) VALUES "
		     "('C7', 'dynamic', 'taro@isp.example')");
	must_run(db, "INSERT INTO operator VALUES ('aiko', zeroblob(16), "
		     "zeroblob(32), 1, 1)");
}

static struct db *masked(struct fixture *f, uint8_t byte)
{
	uint8_t key[32];
	struct keyed_hash *h;
	struct db *copy;

	memset(key, byte, sizeof(key));
	h = keyed_hash_new(key, sizeof(key));
	assert_non_null(h);
	unlink(other_path(f));
	assert_int_equal(db_anonymise(f->db, h, other_path(f)), 0);
	keyed_hash_free(h);
	copy = must_open(other_path(f), DB_WRITE);
	return copy;
}

/* The bytes of the file, not what a query shows: no old page is left. */
static bool holds(const char *path, const char *word)
{
	FILE *f = fopen(path, "r");
	size_t len = strlen(word), n;
	char *data = calloc(1, 8 << 20);
	bool found = false;

	assert_non_null(f);
	assert_non_null(data);
	n = fread(data, 1, 8 << 20, f);
	for (size_t i = 0; i + len <= n && !found; i++)
		found = memcmp(data + i, word, len) == 0;
	fclose(f);
	free(data);
	return found;
}

static void nobody_and_no_word_of_anybody_is_left(void **state)
{
	static const char *const words[] = {"secret words", "taro@isp.example",
	    "aiko", "sender.example", "header.example", "spf.example",
	    "[0.0.0.0]", "not one of its addresses"};
	struct fixture *f = *state;

	fill(f->db);
	must_run(f->db, "PRAGMA wal_checkpoint(TRUNCATE)");
	for (size_t i = 0; i < COUNT(words); i++)
		assert_true(holds(f->path, words[i]));
	db_close(masked(f, 1));
	for (size_t i = 0; i < COUNT(words); i++)
		if (holds(other_path(f), words[i]))
			fail_msg("\"%s\" is left", words[i]);
}

static void pseudonyms_agree_between_tables(void **state)
{
	struct fixture *f = *state;
	struct db *copy;

	fill(f->db);
	copy = masked(f, 1);
	assert_string_equal(
	    shell(copy, "SELECT count(DISTINCT customer) FROM (SELECT "
			"customer FROM observation_20261124 UNION ALL SELECT "
			"customer FROM incident UNION ALL SELECT customer FROM "
			"decision UNION ALL SELECT id FROM customer)"),
	    "1");
	assert_string_equal(
	    shell(copy, "SELECT customer = 'C7' FROM decision"), "0");
	assert_string_equal(shell(copy, "SELECT count(*) FROM operator"), "0");
	assert_string_equal(
	    shell(copy, "SELECT value FROM meta WHERE key = 'anonymised'"),
	    "yes");
	db_close(copy);
}

static void another_key_gives_other_names(void **state)
{
	struct fixture *f = *state, twin;
	char first[64];
	struct db *copy;

	fill(f->db);
	copy = masked(f, 1);
	snprintf(first, sizeof(first), "%s",
	    shell(copy, "SELECT customer FROM decision"));
	db_close(copy);
	/* The original was rewritten: that is what the caller hands over. */
	db_close(f->db);
	unlink(f->path);
	f->db = must_open(f->path, DB_CREATE);
	twin = *f;
	fill(f->db);
	copy = masked(&twin, 1);
	assert_string_equal(
	    shell(copy, "SELECT customer FROM decision"), first);
	db_close(copy);
	db_close(f->db);
	unlink(f->path);
	f->db = must_open(f->path, DB_CREATE);
	fill(f->db);
	copy = masked(f, 2);
	assert_string_not_equal(
	    shell(copy, "SELECT customer FROM decision"), first);
	db_close(copy);
}

/* Whoever adds one has to say what it is. */
static void an_unknown_column_is_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t key[32] = {1};
	struct keyed_hash *h = keyed_hash_new(key, sizeof(key));

	must_run(f->db, "ALTER TABLE lease ADD COLUMN nickname TEXT");
	assert_int_equal(db_anonymise(f->db, h, other_path(f)), -1);
	assert_non_null(strstr(db_error(f->db), "nickname"));
	keyed_hash_free(h);
	assert_int_not_equal(access(other_path(f), F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(nobody_and_no_word_of_anybody_is_left),
	    STORE_TEST(pseudonyms_agree_between_tables),
	    STORE_TEST(another_key_gives_other_names),
	    STORE_TEST(an_unknown_column_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
