/* SPDX-License-Identifier: Apache-2.0 */
/* Random logs from a fixed seed, and what must hold over all of them. */
#include "analyzer/detect/engine.h"

#include <malloc.h>

#include "feed.h"

#define ROWS               200000
#define CUSTOMERS          300
#define BYTES_PER_CUSTOMER 150000 /* 6 incidents of 1024 servers, the score */

static uint64_t seed;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

static struct observation random_traffic(const char *customer, int64_t t_ms)
{
	static const int outcomes[] = {ANSWERED, ANSWERED, ANSWERED, REFUSED,
	    HALF_OPEN, UNANSWERED, SEKISHO__OUTCOME__OUTCOME_NONE};
	int server = (int)roll(roll(3) ? 2000 : 3);
	struct observation o;
	uint32_t a, b; /* arguments have no order of evaluation */

	switch (roll(10)) {
	case 0:
	case 1:
		o = row_attempt(customer, t_ms, server, outcomes[roll(7)]);
		break;
	case 2:
		o = row_unknown(customer, t_ms, server);
		break;
	case 3:
		o = row_rejected(customer, t_ms, server);
		o.names_client = roll(2);
		o.reply_class = (int)roll(12);
		o.reply_stage = (int)roll(10);
		o.reply_code = 400 + (int)roll(200);
		break;
	case 4:
		o = row_at(OBS_CLOSE, customer, t_ms, server);
		o.auth_outcome = (int)roll(4);
		o.transactions = (int)roll(2);
		o.not_smtp = roll(2);
		break;
	case 5:
		a = 1 + roll(40);
		o = row_summary(customer, t_ms, a, 1 + roll(a));
		break;
	case 6:
		o = row_move(customer, t_ms);
		break;
	default:
		o = row_delivered(customer, t_ms, server);
		o.verdict =
		    roll(50) == 0 ? VERDICT_SPOOFED : VERDICT_CANNOT_TELL;
		break;
	}
	o.source_validated = roll(2);
	o.tier = roll(2) ? PRIVACY_DOMAINS : PRIVACY_FLOW;
	a = roll(20);
	b = roll(20);
	if (roll(2))
		snprintf(o.rcpt_domains, sizeof(o.rcpt_domains),
		    "d%u.example d%u.example", a, b);
	return o;
}

static struct observation random_row(int64_t t_ms)
{
	/* Some customers are busy, most are not. */
	uint32_t who = roll(4) ? roll(20) : roll(CUSTOMERS);
	char customer[16];
	struct observation o;

	snprintf(customer, sizeof(customer), "C%u", who);
	if (roll(400) == 0) {
		static const enum op_verb verbs[] = {
		    OP_BLOCK, OP_ALLOW, OP_RELEASE, OP_DISALLOW};

		int64_t until_ms = t_ms + (int64_t)roll(4000000);
		enum op_verb verb = verbs[roll(4)];

		return row_operator(
		    customer, t_ms, verb, roll(3) ? until_ms : 0);
	}
	o = random_traffic(customer, t_ms);
	o.line_class = (enum line_class)(who % CLASS_OWN);
	if (roll(50) == 0)
		o.traffic_case = (int)roll(5);
	return o;
}

/* What the rows said so far, per customer. */
struct model {
	struct {
		int64_t open[INCIDENT_KIND_COUNT];
		int64_t allow, block, detector; /* seq in force */
		enum action last;
	} c[CUSTOMERS];
	int64_t incidents, decisions;
	size_t blocks, closed, max_effects;
};

static void model_incident(struct model *m, const struct incident *i)
{
	int64_t *open = &m->c[atoi(i->customer + 1)].open[i->kind];

	if (i->id == m->incidents + 1)
		m->incidents++;
	else
		assert_int_equal(*open, i->id);
	if (*open == 0)
		assert_int_equal(i->id, m->incidents);
	assert_true(*open == 0 || *open == i->id);
	assert_true(i->observations > 0 && i->servers > 0);
	assert_true(i->first_obs > 0 && i->first_obs <= i->last_obs);
	assert_true(i->opened_us <= i->last_us);
	assert_true(i->summary[0] != '\0');
	*open = i->state == INCIDENT_CLOSED ? 0 : i->id;
	m->closed += i->state == INCIDENT_CLOSED;
}

static void model_decision(struct model *m, const struct decision *d)
{
	int who = atoi(d->customer + 1);
	int64_t *slot;

	assert_int_equal(d->seq, ++m->decisions);
	if (d->cause == CAUSE_EXPIRED || d->cause == CAUSE_RELEASED) {
		assert_int_equal(d->action, ACTION_ALLOW);
		slot = d->ends_seq == m->c[who].allow   ? &m->c[who].allow
		       : d->ends_seq == m->c[who].block ? &m->c[who].block
							: &m->c[who].detector;
		assert_int_equal(*slot, d->ends_seq);
		*slot = 0;
	} else {
		slot = d->cause == CAUSE_DETECTOR  ? &m->c[who].detector
		       : d->action == ACTION_ALLOW ? &m->c[who].allow
						   : &m->c[who].block;
		if (d->cause == CAUSE_DETECTOR && d->ends_seq == 0) {
			assert_int_equal(m->c[who].allow, 0);
			assert_int_equal(m->c[who].block, 0);
			assert_true(d->incident_id > 0);
			m->blocks++;
		}
		assert_int_equal(*slot, d->ends_seq);
		*slot = d->seq;
	}
	m->c[who].last = d->action;
}

static void model_row(struct model *m, const struct effects *fx)
{
	for (size_t i = 0; i < fx->n; i++)
		if (fx->v[i].kind == EFFECT_INCIDENT)
			model_incident(m, &fx->v[i].u.incident);
		else
			model_decision(m, &fx->v[i].u.decision);
	for (size_t i = 0; i < fx->n; i++) {
		int who;

		if (fx->v[i].kind != EFFECT_DECISION)
			continue;
		who = atoi(fx->v[i].u.decision.customer + 1);
		assert_int_equal(m->c[who].last,
		    m->c[who].allow == 0 &&
			    (m->c[who].block != 0 || m->c[who].detector != 0)
			? ACTION_BLOCK
			: ACTION_ALLOW);
	}
	if (m->max_effects < fx->n)
		m->max_effects = fx->n;
}

/* The log as the analyzer makes it, with the ticks that became due. */
struct log {
	struct observation *v;
	size_t n, cap;
};

static void log_add(struct log *l, const struct observation *o)
{
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 1024 : l->cap * 2;
		l->v = realloc(l->v, l->cap * sizeof(*l->v));
		assert_non_null(l->v);
	}
	l->v[l->n++] = *o;
}

static void apply(struct engine *e, struct observation *o, struct effects *fx,
    struct model *m, struct log *l)
{
	assert_int_equal(engine_apply(e, o, fx), 0);
	assert_true(o->score_milli >= 0 && o->score_milli <= 4 * 18400);
	if (m != NULL)
		model_row(m, fx);
	if (l != NULL)
		log_add(l, o);
}

static void run_random(
    struct engine *e, int rows, struct model *m, struct log *l)
{
	static struct effects fx;
	int64_t t_ms = 0, obs = 0, due_us;
	char customer[ROW_ID_LEN];

	for (int i = 0; i < rows; i++) {
		struct observation o;

		t_ms += roll(20000) == 0 ? roll(200000000) : roll(400);
		o = random_row(t_ms);
		while (engine_due(e, o.ts_us, customer, &due_us)) {
			struct observation t = row_tick(customer, due_us);

			assert_int_equal(engine_next_due(e), due_us);
			t.obs_no = ++obs;
			apply(e, &t, &fx, m, l);
		}
		o.obs_no = ++obs;
		apply(e, &o, &fx, m, l);
	}
}

static void test_invariants_over_a_long_log(void **state)
{
	struct feed *f = feed_new();
	struct model *m = calloc(1, sizeof(*m));
	size_t before = mallinfo2().uordblks;
	struct engine_stats stats;

	(void)state;
	assert_non_null(m);
	seed = 20260101;
	run_random(f->engine, ROWS, m, NULL);
	engine_stats(f->engine, &stats);
	assert_int_equal(stats.customers, CUSTOMERS);
	assert_true(
	    mallinfo2().uordblks < before + CUSTOMERS * BYTES_PER_CUSTOMER);
	/* It did reach what it is about. */
	assert_true(m->blocks > 100);
	assert_true(m->closed > 100);
	print_message("%zu blocks, %lld decisions, %lld incidents, "
		      "at most %zu effects of a row\n",
	    m->blocks, (long long)m->decisions, (long long)m->incidents,
	    m->max_effects);
	free(m);
	feed_free(f);
}

/* Outcome of a row and its effects in words; ids as the customer's own
 * ordinals, so that other customers do not show. */
struct ordinals {
	int32_t *of; /* id -> ordinal, grown by the test */
	int32_t next[CUSTOMERS];
};

static int64_t ordinal(struct ordinals *n, int who, int64_t id)
{
	if (id == 0)
		return 0;
	if (n->of[id] == 0)
		n->of[id] = ++n->next[who];
	return n->of[id];
}

struct transcript {
	struct ordinals incidents, decisions;
	uint64_t *by_obs; /* hash of what each row did */
};

static uint64_t mix_in(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t hash_effect(struct transcript *t, const struct effect *e)
{
	char line[2048];

	if (e->kind == EFFECT_INCIDENT) {
		const struct incident *i = &e->u.incident;

		snprintf(line, sizeof(line),
		    "%lld %d %s %d %d %lld %lld %lld %lld %lld %lld %lld %d "
		    "%d %s",
		    (long long)ordinal(
			&t->incidents, atoi(i->customer + 1), i->id),
		    i->kind, i->customer, i->state, i->closed_as,
		    (long long)i->opened_us, (long long)i->last_us,
		    (long long)i->closed_us, (long long)i->first_obs,
		    (long long)i->last_obs, (long long)i->observations,
		    (long long)i->servers, i->score_milli, i->peak_milli,
		    i->summary);
	} else {
		const struct decision *d = &e->u.decision;
		int who = atoi(d->customer + 1);

		snprintf(line, sizeof(line),
		    "%lld %s %d %d %lld %lld %lld %lld %lld %lld %d %d",
		    (long long)ordinal(&t->decisions, who, d->seq), d->customer,
		    d->action, d->cause, (long long)d->since_us,
		    (long long)d->until_us,
		    (long long)ordinal(&t->incidents, who, d->incident_id),
		    (long long)ordinal(&t->decisions, who, d->ends_seq),
		    (long long)d->obs_no, (long long)d->op_id, d->step,
		    d->mode);
	}
	return mix_in(UINT64_C(0xcbf29ce484222325), line);
}

static void transcribe(struct feed *f, const struct log *l, const size_t *order,
    struct transcript *t)
{
	static struct effects fx;
	struct engine *e = engine_new(&f->policy, MODE_ENFORCE);

	assert_non_null(e);
	t->by_obs = calloc(l->n + 1, sizeof(*t->by_obs));
	t->incidents.of = calloc(l->n * 16, sizeof(int32_t));
	t->decisions.of = calloc(l->n * 16, sizeof(int32_t));
	assert_non_null(t->by_obs);
	assert_non_null(t->incidents.of);
	assert_non_null(t->decisions.of);
	for (size_t i = 0; i < l->n; i++) {
		struct observation o = l->v[order == NULL ? i : order[i]];
		char line[64];
		uint64_t h;

		apply(e, &o, &fx, NULL, NULL);
		snprintf(line, sizeof(line), "%d %d %d", o.label,
		    o.weight_milli, o.score_milli);
		h = mix_in(1, line);
		for (size_t n = 0; n < fx.n; n++)
			h = h * 31 + hash_effect(t, &fx.v[n]);
		t->by_obs[o.obs_no] = h;
	}
	engine_free(e);
}

static void transcript_free(struct transcript *t)
{
	free(t->by_obs);
	free(t->incidents.of);
	free(t->decisions.of);
}

static const struct log *sorted_log;

static int by_customer(const void *a, const void *b)
{
	size_t i = *(const size_t *)a, j = *(const size_t *)b;
	int c = strcmp(sorted_log->v[i].customer, sorted_log->v[j].customer);

	return c != 0 ? c : i < j ? -1 : i > j;
}

static void test_the_log_decides_whatever_stands_between_its_rows(void **state)
{
	struct feed *f = feed_new();
	struct log l = {0};
	struct transcript once = {0}, again = {0}, apart = {0};
	size_t *order, done = 0;

	(void)state;
	seed = 4711;
	run_random(f->engine, 10000, NULL, &l);
	order = calloc(l.n, sizeof(*order));
	assert_non_null(order);
	for (size_t i = 0; i < l.n; i++)
		order[i] = i;
	sorted_log = &l;
	qsort(order, l.n, sizeof(*order), by_customer);
	transcribe(f, &l, NULL, &once);
	transcribe(f, &l, NULL, &again);
	transcribe(f, &l, order, &apart); /* customer by customer */
	for (size_t i = 1; i <= l.n; i++) {
		assert_true(once.by_obs[i] == again.by_obs[i]);
		assert_true(once.by_obs[i] == apart.by_obs[i]);
	}
	for (int i = 0; i < CUSTOMERS; i++)
		done += (size_t)once.decisions.next[i];
	assert_true(done > 20);
	transcript_free(&once);
	transcript_free(&again);
	transcript_free(&apart);
	free(order);
	free(l.v);
	feed_free(f);
}

/* Numbers as a damaged capture or database may hold them. */
static void test_absurd_numbers_stay_numbers(void **state)
{
	static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1,
	    FEED_T0, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX};
	static struct effects fx;
	struct feed *f = feed_new();

	(void)state;
	seed = 815;
	for (int i = 0; i < 20000; i++) {
		struct observation o = random_row(0);

		o.obs_no = i + 1;
		o.ts_us = times[roll(9)];
		if (o.op_until_us != 0)
			o.op_until_us = times[roll(9)];
		if (roll(4) == 0)
			o.line_class = (enum line_class)roll(1000);
		if (roll(20) == 0)
			o.kind = (enum obs_kind)roll(1000);
		if (roll(20) == 0)
			o.outcome = o.end = o.reply_class = o.reply_stage =
			    o.tls = o.helo_kind = o.helo_verb = -1;
		if (roll(20) == 0)
			o.attempts = o.servers =
			    roll(2) ? -1 : (int64_t)INT32_MAX * 3;
		apply(f->engine, &o, &fx, NULL, NULL);
	}
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_invariants_over_a_long_log),
	    cmocka_unit_test(
		test_the_log_decides_whatever_stands_between_its_rows),
	    cmocka_unit_test(test_absurd_numbers_stay_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
