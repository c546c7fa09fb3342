/* SPDX-License-Identifier: Apache-2.0 */
/* An engine that went through bytes does what it would have done. */
#include "analyzer/detect/customer_state.h"

#include "feed.h"

#define ROWS      60000
#define CUSTOMERS 120

static uint64_t seed;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static struct observation login_row(int64_t t_ms)
{
	struct observation o = row_at(OBS_LOGIN, "C3", t_ms, 1);
	char text[ADDR_STRLEN];

	o.traffic_case = 0;
	o.login = roll(3) ? LOGIN_SUCCESS : LOGIN_FAILURE;
	o.attempts = 1;
	o.messages = roll(60);
	if (roll(3) == 0) {
		o.login = LOGIN_DELIVERY;
		o.messages = 0;
		o.unknown_users = (int)roll(4);
		o.rcpt_accepted = (int)roll(9);
		o.rcpt_count = o.unknown_users + o.rcpt_accepted + (int)roll(2);
		o.attempts = o.rcpt_count;
	}
	memset(o.account_hash, (int)(1 + roll(5)), sizeof(o.account_hash));
	snprintf(text, sizeof(text), "198.18.%u.%u", roll(200), roll(9) + 1);
	addr_parse(&o.client, text);
	return o;
}

static struct observation traffic_row(const char *customer, int64_t t_ms)
{
	static const int outcomes[] = {ANSWERED, ANSWERED, REFUSED, UNANSWERED};
	int server = (int)roll(roll(3) ? 900 : 3);
	struct observation o;

	switch (roll(9)) {
	case 0:
		o = row_unknown(customer, t_ms, server);
		break;
	case 1:
		o = row_rejected(customer, t_ms, server);
		o.names_client = roll(2);
		o.reply_class = (int)roll(12);
		break;
	case 2:
		o = row_at(OBS_CLOSE, customer, t_ms, server);
		o.auth_outcome = (int)roll(4);
		break;
	case 3:
		o = row_summary(customer, t_ms, 1 + roll(40), 1);
		break;
	case 4:
		o = row_move(customer, t_ms);
		break;
	case 5:
	case 6:
		o = row_delivered(customer, t_ms, server);
		snprintf(o.helo, sizeof(o.helo), "h%u.example", roll(30));
		o.verdict = roll(9) == 0 ? VERDICT_SPOOFED : VERDICT_AUTHORISED;
		o.spf = SPF_FAIL;
		o.mail_from_seen = roll(3) == 0;
		break;
	default:
		o = row_attempt(customer, t_ms, server, outcomes[roll(4)]);
		break;
	}
	snprintf(o.mail_from, sizeof(o.mail_from), "s%u.example", roll(12));
	o.source_validated = roll(2);
	o.tier = roll(2) ? PRIVACY_DOMAINS : PRIVACY_FLOW;
	o.line_class = (enum line_class)(1 + roll(3));
	if (roll(2))
		snprintf(o.rcpt_domains, sizeof(o.rcpt_domains), "d%u.example",
		    roll(20));
	return o;
}

static struct observation random_row(int64_t t_ms)
{
	static const enum op_verb verbs[] = {OP_BLOCK, OP_ALLOW, OP_RELEASE};
	char customer[16];

	snprintf(customer, sizeof(customer), "C%u",
	    roll(4) ? roll(15) : roll(CUSTOMERS));
	if (roll(12) == 0)
		return login_row(t_ms);
	if (roll(500) == 0) {
		enum op_verb verb = verbs[roll(3)];

		return row_operator(customer, t_ms, verb,
		    roll(3) ? t_ms + (int64_t)roll(4000000) : 0);
	}
	return traffic_row(customer, t_ms);
}

/* --- bytes ---------------------------------------------------------------- */

struct bytes {
	uint8_t *v;
	size_t len, at;
	size_t most; /* given at once */
};

static int keep(void *arg, uint8_t *bytes, size_t *len)
{
	struct bytes *b = arg;

	b->v = realloc(b->v, b->len + *len);
	if (!b->v)
		return -1;
	memcpy(b->v + b->len, bytes, *len);
	b->len += *len;
	return 0;
}

static int give(void *arg, uint8_t *bytes, size_t *len)
{
	struct bytes *b = arg;
	size_t n = b->len - b->at;

	n = n < *len ? n : *len;
	n = b->most > 0 && n > b->most ? b->most : n;
	memcpy(bytes, b->v + b->at, n);
	b->at += n;
	*len = n;
	return 0;
}

static void save(struct engine *e, struct bytes *b)
{
	struct state s;

	memset(b, 0, sizeof(*b));
	assert_int_equal(state_begin(&s, false, keep, b), 0);
	engine_state(e, &s);
	assert_int_equal(state_end(&s), 0);
}

/* 0, or -1 as state_end() says. */
static int load(struct engine *e, struct bytes *b, const char **why)
{
	struct state s;
	int rc;

	b->at = 0;
	assert_int_equal(state_begin(&s, true, give, b), 0);
	engine_state(e, &s);
	rc = state_end(&s);
	*why = s.failed;
	return rc;
}

/* One in which the brake is on most of the time; one of today in which all
 * that remembers counts, and the brake looks at the share of customers. */
static struct feed *new_feed(bool today)
{
	struct feed *f = today ? feed_default() : feed_new();

	f->conf.brake_customers = today ? 100000 : 4;
	if (today) {
		f->conf.novelty_helos_milli = 300;
		f->conf.novelty_senders_milli = 200;
		f->conf.novelty_unknown_milli = 100;
		f->conf.novelty_domains = 9;
		f->conf.novelty_domains_milli = 50;
		f->conf.brake_active_percent = 2;
		f->conf.brake_least = 1;
		f->conf.account_learn_s = 0;
		f->conf.account_burst_messages = 20;
		f->conf.account_burst_factor = 1;
		f->conf.account_new_s = 600;
	}
	f->conf.brake_window_s = today ? 600 : 3600;
	f->conf.brake_hold_s = today ? 600 : 7200;
	f->conf.incident_quiet_s = 3600;
	f->conf.account_networks = 4;
	f->conf.account_blocks = 2;
	feed_policy(f);
	return f;
}

static void swap_engine(struct feed *f, size_t most)
{
	struct engine *fresh = engine_new(&f->policy, MODE_ENFORCE);
	struct bytes a, b;
	const char *why;

	save(f->engine, &a);
	a.most = most;
	if (load(fresh, &a, &why) != 0)
		fail_msg("%s", why);
	/* The same again, to the byte. */
	save(fresh, &b);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.v, b.v, a.len);
	free(a.v);
	free(b.v);
	engine_free(f->engine);
	f->engine = fresh;
}

static uint64_t mix(uint64_t h, const void *p, size_t len)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < len; i++)
		h = (h ^ b[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* Ticks as the applier makes them, then the row. A hash of all effects. */
static uint64_t apply(struct feed *f, struct observation *o, uint64_t h)
{
	char customer[ROW_ID_LEN];
	int64_t due_us;
	int more;

	do {
		struct observation tick = {.kind = OBS_TICK}, *row = o;

		more = engine_due(f->engine, o->ts_us, customer, &due_us);
		if (more) {
			tick.ts_us = due_us;
			memcpy(tick.customer, customer, sizeof(customer));
			row = &tick;
		}
		row->obs_no = ++f->obs;
		assert_int_equal(engine_apply(f->engine, row, &f->fx), 0);
		h = mix(h, &row->score_milli, sizeof(row->score_milli));
		h = mix(h, &row->label, sizeof(row->label));
		h = mix(h, row->novelty, strlen(row->novelty));
		f->n_rows_novel += row->novelty[0] != '\0';
		for (size_t i = 0; i < f->fx.n; i++) {
			const struct effect *e = &f->fx.v[i];

			h = mix(h, &e->kind, sizeof(e->kind));
			if (e->kind == EFFECT_INCIDENT) {
				h = mix(h, e->u.incident.summary,
				    strlen(e->u.incident.summary));
				h = mix(h, &e->u.incident.servers, 8);
				h = mix(h, &e->u.incident.id, 8);
				h = mix(h, &e->u.incident.first_obs, 8);
			} else if (e->kind == EFFECT_DECISION) {
				h = mix(h, e->u.decision.reason,
				    strlen(e->u.decision.reason));
				h = mix(h, &e->u.decision.until_us, 8);
			} else if (e->kind == EFFECT_BRAKE) {
				h = mix(h, &e->u.brake.held, 8);
			}
			f->n_decisions += e->kind == EFFECT_DECISION;
			f->n_incidents += e->kind == EFFECT_INCIDENT;
			f->brake.id += e->kind == EFFECT_BRAKE;
		}
	} while (more);
	return h;
}

/* every: rows between two swaps; 0: none. */
static uint64_t run(uint32_t every, bool today)
{
	struct feed *f = new_feed(today);
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	int64_t t_ms = 0;

	seed = 7;
	for (uint32_t i = 0; i < ROWS; i++) {
		struct observation o;

		t_ms += roll(1000);
		if (roll(5000) == 0)
			t_ms += 4000000;
		o = random_row(t_ms);
		h = apply(f, &o, h);
		if (every > 0 && i % every == every - 1)
			swap_engine(f, i / every % 3 == 0 ? 1 : 4096);
	}
	assert_true(today ? f->n_rows_novel > 100 : f->n_rows_novel == 0);
	/* All that the engine can do has happened. */
	assert_true(f->n_decisions > 100 && f->n_incidents > 1000);
	assert_true(f->brake.id > (today ? 1 : 10));
	feed_free(f);
	return h;
}

static void nothing_changes_by_going_through_bytes(void **state)
{
	(void)state;
	for (int today = 0; today < 2; today++) {
		uint64_t want = run(0, today);

		assert_true(want == run(1511, today));
		assert_true(want == run(20011, today));
	}
}

/* What versions wrote that knew of no novelty, of no new servers, of no
 * answers. */
static void a_form_loads(int form)
{
	struct feed *f = new_feed(false);
	struct engine *fresh = engine_new(&f->policy, MODE_ENFORCE);
	struct bytes b = {0};
	struct state s;
	uint64_t h = 0;

	seed = 5;
	for (int i = 0; i < 2000; i++) {
		struct observation o = random_row(i * 500);

		h = apply(f, &o, h);
	}
	assert_int_equal(state_begin(&s, false, keep, &b), 0);
	s.form = form;
	engine_state(f->engine, &s);
	assert_int_equal(state_end(&s), 0);
	assert_int_equal(state_begin(&s, true, give, &b), 0);
	s.form = form;
	engine_state(fresh, &s);
	assert_int_equal(state_end(&s), 0);
	free(b.v);
	engine_free(fresh);
	feed_free(f);
}

static void an_older_form_loads(void **state)
{
	(void)state;
	for (int form = 1; form < STATE_FORM; form++)
		a_form_loads(form);
}

/* Every cut and many changes are refused or load: none crashes. */
static void what_is_damaged_is_refused(void **state)
{
	struct feed *f = new_feed(false);
	struct bytes b;
	const char *why;
	uint64_t h = 0;
	int refused = 0;

	(void)state;
	seed = 3;
	for (int i = 0; i < 3000; i++) {
		struct observation o = random_row(i * 500);

		h = apply(f, &o, h);
	}
	save(f->engine, &b);
	for (size_t cut = 0; cut < b.len; cut += 1 + cut / 50) {
		struct engine *e = engine_new(&f->policy, MODE_ENFORCE);
		struct bytes part = {b.v, cut, 0, 0};

		assert_int_equal(load(e, &part, &why), -1);
		assert_non_null(why);
		engine_free(e);
	}
	for (int i = 0; i < 400; i++) {
		struct engine *e = engine_new(&f->policy, MODE_ENFORCE);
		size_t at = roll((uint32_t)b.len);
		uint8_t was = b.v[at];

		b.v[at] ^= (uint8_t)(1 + roll(255));
		refused += load(e, &b, &why) != 0;
		b.v[at] = was;
		engine_free(e);
	}
	assert_true(refused > 20);
	free(b.v);
	feed_free(f);
}

static void more_than_the_end_is_refused(void **state)
{
	struct feed *f = new_feed(false);
	struct engine *e = engine_new(&f->policy, MODE_ENFORCE);
	struct bytes b;
	uint8_t zero = 0;
	size_t one = 1;
	const char *why;

	(void)state;
	save(f->engine, &b);
	assert_int_equal(keep(&b, &zero, &one), 0);
	assert_int_equal(load(e, &b, &why), -1);
	assert_string_equal(why, "more follows than it should hold");
	free(b.v);
	engine_free(e);
	feed_free(f);
}

/* Who gave one of these a new field also says it in its function in
 * customer_state.c, raises STATE_FORM, and then writes the new size here. */
static void no_struct_has_grown_unsaid(void **state)
{
	(void)state;
	if (sizeof(void *) != 8)
		skip();
	assert_int_equal(sizeof(struct score), 80);
	assert_int_equal(sizeof(struct score_evidence), 128);
	assert_int_equal(sizeof(struct burst), 56);
	assert_int_equal(sizeof(struct spread), 72);
	assert_int_equal(sizeof(struct novelty), 216);
	assert_int_equal(sizeof(struct incident_open), 936);
	assert_int_equal(sizeof(struct incident_book), 64);
	assert_int_equal(sizeof(struct casefile), 312);
	assert_int_equal(sizeof(struct standing), 248);
	assert_int_equal(sizeof(struct ladder_past), 216);
	assert_int_equal(sizeof(struct account), 184);
	assert_int_equal(sizeof(struct account_network), 56);
	assert_int_equal(sizeof(struct wish), 88);
	assert_int_equal(sizeof(struct brake), 696);
	assert_int_equal(sizeof(struct customer), 360);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_changes_by_going_through_bytes),
	    cmocka_unit_test(an_older_form_loads),
	    cmocka_unit_test(what_is_damaged_is_refused),
	    cmocka_unit_test(more_than_the_end_is_refused),
	    cmocka_unit_test(no_struct_has_grown_unsaid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
