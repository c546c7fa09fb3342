/* SPDX-License-Identifier: Apache-2.0 */
/* What the store finds by a filter is what the filter matches: both ways over
 * the same rows, for filters that are made up. */
#include "tests/unit/reports/fixture.h"

#include "reports/filter.h"

#define ROWS    48
#define FILTERS 400
#define NOW_US  (DAY_US + 12 * HOUR_US)

static struct filter filter;
static uint64_t seed;

static unsigned int draw(unsigned int n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (unsigned int)(seed >> 33) % n;
}

/* --- rows ------------------------------------------------------------------
 */

static const char *const texts[] = {"", "Probe of port 25", "probe", "PROBE",
    "\xc3\x84rger mit \xc3\xa4", "120 refused mails to 7 servers", "C1",
    "a_b%c", "x\"y\\z", "bad \xff byte"};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static void draw_text(char *to, size_t size)
{
	snprintf(to, size, "%s", texts[draw(TEXTS)]);
}

static int64_t draw_time(void)
{
	return draw(4) == 0 ? 0 : DAY_US + draw(12) * HOUR_US;
}

static void add_incidents(struct db *db)
{
	for (int n = 1; n <= ROWS; n++) {
		struct incident i = fixed_incident(n, "C1");

		i.kind = (enum incident_kind)draw(INCIDENT_KIND_COUNT);
		i.line_class = (enum line_class)draw(3);
		i.state = (enum incident_state)draw(INCIDENT_STATE_COUNT);
		/* One that is open for each customer and kind. */
		snprintf(i.customer, sizeof(i.customer), "C%d",
		    i.state == INCIDENT_CLOSED ? (int)draw(5) : 100 + n);
		i.closed_as = (enum closed_as)draw(CLOSED_AS_COUNT);
		i.opened_us = DAY_US + draw(12) * HOUR_US;
		i.last_us = i.opened_us + draw(3) * HOUR_US;
		i.closed_us = draw_time();
		i.servers = draw(4);
		i.unknown_users = draw(4);
		i.score_milli = (int32_t)draw(5) * 500 - 500;
		i.peak_milli = (int32_t)draw(5) * 500;
		draw_text(i.summary, sizeof(i.summary));
		must_write(db, write_incident(db, &i));
	}
}

static void add_decisions(struct db *db)
{
	for (int n = 1; n <= ROWS; n++) {
		struct decision d =
		    fixed_decision(n, "C1", DAY_US, draw_time());

		snprintf(d.customer, sizeof(d.customer), "C%d", (int)draw(5));
		d.line_class = (enum line_class)draw(3);
		d.action = (enum action)draw(ACTION_COUNT);
		d.cause = (enum cause)draw(CAUSE_COUNT);
		d.mode = (enum mode)draw(MODE_COUNT);
		d.since_us = DAY_US + draw(12) * HOUR_US;
		d.incident_id = draw(3);
		d.step = (int)draw(3);
		draw_text(d.reason, sizeof(d.reason));
		must_write(db, write_decision(db, &d));
	}
}

static void add_observations(struct db *db)
{
	static const char *const addresses[] = {
	    "192.0.2.7", "192.0.2.200", "2001:db8::7", "198.51.100.1"};

	for (int n = 0; n < ROWS; n++) {
		struct observation o = {
		    .kind = (enum obs_kind)draw(OBS_KIND_COUNT)};

		if (draw(5) > 0)
			addr_parse(&o.client, addresses[draw(4)]);
		if (draw(5) > 0)
			addr_parse(&o.server, addresses[draw(4)]);
		o.ts_us = DAY_US + (int64_t)draw(3) * 11 * HOUR_US;
		draw_text(o.customer, sizeof(o.customer));
		o.line_class = (enum line_class)draw(3);
		o.label = (enum label)draw(LABEL_COUNT);
		o.spf = (enum spf_result)draw(SPF_RESULT_COUNT);
		o.verdict = (enum verdict)draw(VERDICT_COUNT);
		o.traffic_case = (int)draw(3);
		o.reply_code = (int)draw(3) * 250;
		o.score_milli = (int32_t)draw(5) * 500;
		draw_text(o.helo, sizeof(o.helo));
		draw_text(o.mail_from, sizeof(o.mail_from));
		draw_text(o.header_from, sizeof(o.header_from));
		must_write(db, write_observation(db, &o));
	}
}

/* --- filters ---------------------------------------------------------------
 */

struct text {
	char buf[FILTER_TEXT_BYTES];
};

static void add(struct text *t, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static void add(struct text *t, const char *fmt, ...)
{
	size_t len = strlen(t->buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->buf + len, sizeof(t->buf) - len, fmt, ap);
	va_end(ap);
}

static void add_value(struct text *t)
{
	static const char *const values[] = {"", "probe", "Probe of port 25",
	    "C1", "c1", "C", "r", "\xc3\xa4", "\xc3\x84", "_b%", "\xa4 x",
	    "\xa4", "\xff", "7 SERVERS", "x\\\"y\\\\z"};

	add(t, "\"%s\"", values[draw(sizeof(values) / sizeof(values[0]))]);
}

static void add_word(struct text *t, const struct filter_field *d)
{
	const char *word;

	do
		word = d->word((int)draw((unsigned int)d->count));
	while (strcmp(word, "?") == 0);
	add(t, "%s%s", draw(2) ? ":" : "<>", word);
}

static void add_term(struct text *t, const struct filter_noun *noun)
{
	static const char *const ops[] = {":", "=", "<>", "<", ">", "<=", ">="};
	static const char *const prefixes[] = {
	    "192.0.2.0/24", "192.0.2.7", "2001:db8::/32", "::/0", "0.0.0.0/0"};
	const struct filter_field *d = &noun->fields[draw(noun->n)];

	if (draw(8) == 0) {
		add_value(t);
		return;
	}
	add(t, "%s", d->name);
	switch (d->type) {
	case FILTER_TEXT:
	case FILTER_NAME:
		add(t, "%s", ops[draw(3)]);
		add_value(t);
		return;
	case FILTER_WORD:
		add_word(t, d);
		return;
	case FILTER_NUMBER:
	case FILTER_REF:
		add(t, "%s%u", ops[draw(7)], draw(4));
		return;
	case FILTER_MILLI:
		add(t, "%s%d.5", ops[draw(7)], (int)draw(3) - 1);
		return;
	case FILTER_TIME:
		add(t, "%s2026-11-24T%02u:00:00Z", ops[draw(7)], draw(12));
		return;
	case FILTER_SINCE:
	case FILTER_UNTIL:
		add(t, ":2026-11-24T%02u:00:00Z", draw(12));
		return;
	case FILTER_ADDRESS:
		add(t, "%s%s", ops[draw(3)], prefixes[draw(5)]);
		return;
	}
}

static void add_expression(
    struct text *t, const struct filter_noun *noun, int depth)
{
	unsigned int parts = 1 + draw(3);

	for (unsigned int i = 0; i < parts; i++) {
		if (i > 0)
			add(t, "%s", draw(2) ? " OR " : " ");
		if (draw(4) == 0)
			add(t, "-");
		if (depth > 0 && draw(2)) {
			add(t, "(");
			add_expression(t, noun, depth - 1);
			add(t, ")");
		} else {
			add_term(t, noun);
		}
	}
}

/* --- both ways -------------------------------------------------------------
 */

struct found {
	bool has[ROWS + 1];
	bool match; /* by the filter, else by the store */
	int n;
};

static void note(struct found *f, int64_t id, const void *row)
{
	assert_in_range(id, 1, ROWS);
	if (f->match && !filter_match(&filter, row))
		return;
	f->has[id] = true;
	f->n++;
}

static int note_incident(void *arg, const struct incident *i)
{
	note(arg, i->id, i);
	return 0;
}

static int note_decision(void *arg, const struct decision *d)
{
	note(arg, d->seq, d);
	return 0;
}

static int note_observation(void *arg, const struct observation *o)
{
	note(arg, o->obs_no, o);
	return 0;
}

static struct found look(struct db *db, const struct read_range *r, bool match)
{
	struct incident_page p = {.range = *r};
	struct found f = {.match = match};
	int rc;

	if (filter.noun == &filter_incident)
		rc = read_incident_page(db, &p, note_incident, &f);
	else if (filter.noun == &filter_decision)
		rc = read_decisions(db, r, note_decision, &f);
	else
		rc = read_observations_range(db, r, note_observation, &f);
	must_write(db, rc);
	return f;
}

static void assert_same(
    const char *text, const struct found *a, const struct found *b)
{
	if (memcmp(a->has, b->has, sizeof(a->has)) != 0)
		fail_msg("%s: %d and %d rows", text, a->n, b->n);
}

static void assert_count(
    struct db *db, const char *text, const struct read_range *r, int rows)
{
	int64_t n = rows;

	if (filter.noun == &filter_incident)
		must_write(db, read_incident_count(db, r, &n));
	else if (filter.noun == &filter_decision)
		must_write(db, read_decision_count(db, r, 0, &n));
	if (n != rows)
		fail_msg("%s: %d counted, %d found", text, (int)n, rows);
}

static void look_both_ways(struct db *db, const char *text, int *exact)
{
	struct read_range all = {.state = -1, .kind = -1}, r = all;
	struct found decoded, found;
	bool whole;

	decoded = look(db, &all, true);
	all.where = filter.where;
	found = look(db, &all, !filter.exact);
	assert_same(text, &decoded, &found);
	*exact += filter.exact;
	whole = filter_narrow(&filter, &r);
	found = look(db, &r, !whole);
	assert_same(text, &decoded, &found);
	if (whole)
		assert_count(db, text, &r, decoded.n);
}

static void try_filters(const struct filter_noun *noun)
{
	struct db *db = open_fixture(DB_READ);
	int exact = 0, some = 0;

	for (int n = 0; n < FILTERS; n++) {
		struct text t = {""};
		struct filter_error e;

		add_expression(&t, noun, 2);
		if (filter_parse(&filter, noun, t.buf, NOW_US, false, &e) !=
		    0) {
			/* Too many terms, at the most. */
			assert_non_null(strstr(e.why, "too long"));
			continue;
		}
		some++;
		look_both_ways(db, t.buf, &exact);
	}
	db_close(db);
	assert_true(some > FILTERS / 2);
	/* But for bytes that begin no character. */
	assert_true(exact > some * 3 / 4 && exact < some);
}

static void the_store_finds_what_a_filter_matches(void **state)
{
	struct db *db = open_fixture(DB_WRITE);

	(void)state;
	seed = 1;
	must_write(db, db_begin(db));
	add_incidents(db);
	add_decisions(db);
	add_observations(db);
	must_write(db, db_commit(db));
	db_close(db);
	try_filters(&filter_incident);
	try_filters(&filter_decision);
	try_filters(&filter_observation);
}

/* The longest that a parser takes fits a statement. */
static void a_long_filter_fits(void **state)
{
	struct db *db = open_fixture(DB_READ);
	struct read_range r = {.state = -1, .kind = -1};
	char text[FILTER_TEXT_BYTES] = "a";
	struct filter_error e;

	(void)state;
	while (
	    filter_parse(&filter, &filter_observation, text, 0, false, &e) == 0)
		strcat(text, " OR b");
	text[strlen(text) - 5] = '\0';
	assert_int_equal(
	    filter_parse(&filter, &filter_observation, text, 0, false, &e), 0);
	assert_int_equal(filter.n, FILTER_NODES - 1);
	assert_true(filter_narrow(&filter, &r));
	assert_int_equal(look(db, &r, false).n, 0);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(the_store_finds_what_a_filter_matches),
	    REPORTS_TEST(a_long_filter_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
