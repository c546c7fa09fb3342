/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/digest.h"

static void apply_one(struct db *db)
{
	struct observation o = observation_full();

	memset(o.digest, 0, sizeof(o.digest));
	assert_int_equal(write_observation(db, &o), 0);
	o.applied_no = 1;
	assert_int_equal(write_applied(db, &o), 0);
}

static int keep(void *arg, const struct observation *o)
{
	*(struct observation *)arg = *o;
	return 0;
}

static struct observation stored(struct db *db)
{
	struct observation o;

	memset(&o, 0xff, sizeof(o));
	assert_int_equal(read_applied(db, 0, keep, &o), 0);
	return o;
}

static void a_stored_row_fits_its_digest(void **state)
{
	struct fixture *f = *state;
	struct observation o;

	apply_one(f->db);
	o = stored(f->db);
	assert_int_equal(observation_digest_fits(&o), 1);
	memset(o.digest, 0, sizeof(o.digest));
	assert_int_equal(observation_digest_fits(&o), -1);
}

/* Each column in turn, but those that the log gives again. */
static void every_input_counts(void **state)
{
	static const char *const outcome[] = {"applied_no", "label",
	    "weight_milli", "score_milli", "novelty", "digest"};
	struct fixture *f = *state;
	struct observation o;
	int n = 0;

	apply_one(f->db);
	o = stored(f->db);
	for (size_t i = 0; i < map_observation.n; i++) {
		const struct column *c = &map_observation.columns[i];
		struct observation changed = o;
		bool counts = true;

		for (size_t k = 0; k < COUNT(outcome); k++)
			counts &= strcmp(c->name, outcome[k]) != 0;
		if (strcmp(c->name, "digest") == 0)
			continue;
		((uint8_t *)&changed)[c->offset] ^= 1;
		if (observation_digest_fits(&changed) == counts)
			print_error("%s\n", c->name);
		assert_int_equal(observation_digest_fits(&changed), !counts);
		n += counts;
	}
	assert_int_equal(n, map_observation.n - COUNT(outcome));
}

/* What one value loses, the next one does not gain. */
static void borders_between_values_count(void **state)
{
	struct observation a = {.obs_no = 1}, b = a;
	uint8_t x[ROW_HASH_BYTES], y[ROW_HASH_BYTES];

	(void)state;
	strcpy(a.spf_term, "-all");
	strcpy(b.spf_record, "-all");
	observation_digest(&a, x);
	observation_digest(&b, y);
	assert_memory_not_equal(x, y, sizeof(x));
	memset(a.spf_term + 5, 'x', 20); /* behind the end */
	observation_digest(&a, y);
	assert_memory_equal(x, y, sizeof(x));
}

/* Files must be readable by another build: the number is fixed. */
static void the_digest_is_the_same_everywhere(void **state)
{
	struct observation o = {.obs_no = 7, .kind = OBS_CLOSE};
	uint8_t d[ROW_HASH_BYTES];
	char text[2 * ROW_HASH_BYTES + 1];

	(void)state;
	o.client = address("192.0.2.5");
	o.server_port = 25;
	strcpy(o.customer, "C7");
	observation_digest(&o, d);
	for (size_t i = 0; i < sizeof(d); i++)
		snprintf(text + 2 * i, 3, "%02x", d[i]);
	assert_string_equal(text, "3c35e310e44e5ed4a476b10ee2fcff9b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_stored_row_fits_its_digest),
	    STORE_TEST(every_input_counts),
	    cmocka_unit_test(borders_between_values_count),
	    cmocka_unit_test(the_digest_is_the_same_everywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
