/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/customer_state.h"
#include "analyzer/detect/due.h"
#include "analyzer/detect/held.h"
#include "analyzer/detect/label.h"
#include "analyzer/detect/rules.h"

struct engine {
	struct customers customers;
	struct accounts accounts;
	struct due_heap due;
	struct brake brake;
	struct ruling ruling;
	int64_t applied;
};

struct engine *engine_new(const struct policy *p, enum mode mode)
{
	struct engine *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->customers.max = CUSTOMERS_MAX;
	e->accounts.max = ACCOUNTS_MAX;
	e->ruling.brake = &e->brake;
	engine_set_policy(e, p, mode);
	return e;
}

void engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	customers_free(&e->customers);
	accounts_free(&e->accounts);
	due_free(&e->due);
	free(e);
}

void engine_set_policy(struct engine *e, const struct policy *p, enum mode mode)
{
	e->ruling.policy = p;
	e->ruling.mode = mode;
}

static int64_t next_due(const struct customer *c)
{
	int64_t decision, incident, held, due;

	if (c->cases == NULL)
		return INT64_MAX;
	decision = decision_next_due(&c->cases->standing);
	incident = incident_next_due(&c->cases->incidents);
	held = held_next_due(c);
	due = decision < incident ? decision : incident;
	return held < due ? held : due;
}

/* Rows that follow are about this customer. */
static void turn_to(struct engine *e, struct customer *c)
{
	e->ruling.customer = c->id;
	e->ruling.who = c;
	e->ruling.line_class = c->line_class;
}

/* Each thing at its own time, whatever the row's. */
static void end_due(struct engine *e, struct customer *c, int64_t ts_us)
{
	int64_t at_us;

	if (c->heap_at == 0 || c->due_us > ts_us)
		return;
	if (ts_us == INT64_MAX) /* which says "never" */
		ts_us--;
	turn_to(e, c);
	while ((at_us = next_due(c)) <= ts_us) {
		if (held_next_due(c) == at_us) {
			held_settle(c, &e->ruling, at_us);
			continue;
		}
		if (decision_end_due(&c->cases->standing, &e->ruling, at_us))
			rules_begin_probation(c, e->ruling.policy);
		incident_close_due(&c->cases->incidents, &e->ruling, at_us);
	}
}

/* What was no abuse is forgotten; a machine that was cleaned is watched from
 * half the threshold on, as after a block. */
static void operate_incident(
    struct engine *e, struct customer *c, const struct observation *o)
{
	int open = incident_operate(&c->cases->incidents, &e->ruling, o);

	if (o->op == OP_CLOSE_FALSE_POSITIVE) {
		int released =
		    decision_forgive(&c->cases->standing, &e->ruling, o);

		if (!open && !released)
			return;
		held_let_go(c, &e->ruling);
		customer_clear_windows(c);
		score_restart(&c->score, 0);
	} else if (o->op == OP_CLOSE_FIXED && open) {
		rules_begin_probation(c, e->ruling.policy);
	}
}

static int operate(
    struct engine *e, struct customer *c, const struct observation *o)
{
	if (customer_open_cases(c) == NULL)
		return -1;
	if (o->op_incident != 0) {
		operate_incident(e, c, o);
		return 0;
	}
	decision_operate(&c->cases->standing, &e->ruling, o);
	if (o->op == OP_RELEASE) {
		held_let_go(c, &e->ruling);
		customer_clear_windows(c);
		score_restart(&c->score, 0);
	}
	return 0;
}

/* Of who has no file, nothing is in force. */
static void move(struct engine *e, struct customer *c, int64_t ts_us)
{
	if (c->cases != NULL)
		decision_move(&c->cases->standing, &e->ruling, ts_us);
}

static void note_refused(struct customer *c, const struct observation *o)
{
	if (c->cases != NULL)
		decision_note_refused(&c->cases->standing, o);
}

static bool is_traffic(const struct observation *o)
{
	return o->kind == OBS_ATTEMPT || o->kind == OBS_TRANSACTION ||
	       o->kind == OBS_CLOSE || o->kind == OBS_SUMMARY;
}

/* The customer that the row can change; NULL: it changes nobody. known: who
 * has its name, if anybody. */
static int get_customer(struct engine *e, const struct observation *o,
    struct customer *known, struct customer **c)
{
	bool traffic = is_traffic(o);

	*c = NULL;
	if (!(traffic && label_bears_evidence(o)) && o->kind != OBS_OPERATOR &&
	    o->kind != OBS_MOVE && o->kind != OBS_FILTERED)
		return 0;
	*c = known != NULL ? known
			   : customers_get(&e->customers, o->customer,
				 e->ruling.policy->conf, o->ts_us);
	if (*c == NULL)
		return -1;
	if (traffic)
		brake_note_active(&e->brake, (*c)->last_us, o->ts_us);
	if (traffic || o->line_class != CLASS_UNKNOWN)
		(*c)->line_class = (unsigned int)o->line_class < CLASS_COUNT
				       ? (uint8_t)o->line_class
				       : CLASS_UNKNOWN;
	turn_to(e, *c);
	return 0;
}

/* Tells the customer's incident. The line is not closed: whoever uses the
 * password sits elsewhere. */
static int tell_account(struct engine *e, const struct observation *o,
    const struct account_finding *f, struct customer **c)
{
	struct sighting s = {.kind = INCIDENT_COMPROMISED_ACCOUNT,
	    .now_us = o->ts_us,
	    .server = f->network,
	    .observations = 1,
	    .since_us = f->since_us,
	    .first_obs = f->first_obs,
	    .servers = &f->networks,
	    .account = &f->words};
	struct casefile *cases;

	*c = customers_get(
	    &e->customers, o->customer, e->ruling.policy->conf, o->ts_us);
	if (*c == NULL)
		return -1;
	if (o->line_class != CLASS_UNKNOWN)
		(*c)->line_class = (uint8_t)o->line_class;
	turn_to(e, *c);
	cases = customer_open_cases(*c);
	if (cases == NULL)
		return -1;
	if (!incident_is_open(&cases->incidents, s.kind) && f->networks.n > 1)
		s.observations = f->networks.n; /* each a row at least */
	return incident_note(&cases->incidents, &e->ruling, &s) == NULL ? -1
									: 0;
}

static int apply_login(
    struct engine *e, const struct observation *o, struct customer **c)
{
	struct account_finding f;
	int rc = accounts_note(&e->accounts, e->ruling.policy, o, &f);

	if (rc == 1)
		rc = tell_account(e, o, &f, c);
	keyset_clear(&f.networks);
	return rc;
}

/* Of all customers: the brake ends. */
static void apply_brake(struct engine *e, const struct observation *o)
{
	if (o->kind == OBS_TICK)
		brake_end_due(&e->brake, &e->ruling, o->ts_us);
	else if (o->kind == OBS_OPERATOR)
		brake_operate(&e->brake, &e->ruling, o);
}

/* Those whom the brake has reached are due now. */
static int queue_wishes(struct engine *e)
{
	for (struct wish *w = e->brake.first; w != NULL; w = w->next)
		if (w->due_us != 0 &&
		    due_set(&e->due, w->who, next_due(w->who)) == -1)
			return -1;
	e->brake.touched = false;
	return 0;
}

static void begin_row(
    struct engine *e, struct observation *o, struct effects *fx)
{
	fx->n = 0;
	o->applied_no = ++e->applied;
	o->label = LABEL_NONE;
	o->weight_milli = o->score_milli = 0;
	o->novelty[0] = '\0';
	e->ruling.no_memory = false;
	e->ruling.fx = fx;
	e->ruling.obs_no = o->obs_no;
	e->ruling.client = is_traffic(o) ? &o->client : NULL;
}

int engine_apply(struct engine *e, struct observation *o, struct effects *fx)
{
	struct customer *known, *c;
	int rc = 0;

	begin_row(e, o, fx);
	if (o->kind == OBS_POLICY)
		return 0;
	if (o->customer[0] == '\0') {
		apply_brake(e, o);
		return e->brake.touched ? queue_wishes(e) : 0;
	}
	known = customers_find(&e->customers, o->customer);
	if (known != NULL)
		end_due(e, known, o->ts_us);
	if (get_customer(e, o, known, &c) == -1)
		return -1;
	if (c != NULL && o->kind == OBS_OPERATOR)
		rc = operate(e, c, o);
	else if (c != NULL && o->kind == OBS_MOVE)
		move(e, c, o->ts_us);
	else if (c != NULL && o->kind == OBS_FILTERED)
		note_refused(c, o);
	else if (c != NULL)
		rc = rules_apply(c, &e->ruling, o);
	else if (o->kind == OBS_LOGIN)
		rc = apply_login(e, o, &c);
	if (c == NULL && (c = known) == NULL)
		return rc;
	o->score_milli = c->score.value_milli;
	if (e->ruling.no_memory || (e->brake.touched && queue_wishes(e) == -1))
		return -1;
	customer_close_cases(c);
	return due_set(&e->due, c, next_due(c)) == -1 ? -1 : rc;
}

bool engine_holds(const struct engine *e, const char *customer)
{
	const struct customer *c = customers_find(&e->customers, customer);

	return c != NULL && standing_holds(&customer_cases(c)->standing);
}

int engine_each_hold(const struct engine *e,
    int (*cb)(void *arg, const char *customer), void *arg)
{
	int rc = 0;

	for (const struct customer *c = e->customers.first;
	     c != NULL && rc == 0; c = c->next)
		if (standing_holds(&customer_cases(c)->standing))
			rc = cb(arg, c->id);
	return rc;
}

int64_t engine_next_due(const struct engine *e)
{
	int64_t customer = due_next(&e->due), brake = brake_next_due(&e->brake);

	return customer < brake ? customer : brake;
}

bool engine_wish_due(const struct engine *e, const char *customer)
{
	const struct customer *c = customers_find(&e->customers, customer);

	return c != NULL && held_next_due(c) != INT64_MAX;
}

int engine_due_after(const struct engine *e, int64_t now_us,
    char customer[ROW_ID_LEN], int64_t *due_us)
{
	const struct customer *c =
	    due_after(&e->due, now_us, *due_us, customer);
	int64_t brake = brake_next_due(&e->brake);

	/* Before customers of the same time, as "" is before a name. */
	if (brake <= now_us && brake > *due_us &&
	    (c == NULL || brake <= c->due_us)) {
		customer[0] = '\0';
		*due_us = brake;
		return 1;
	}
	if (c == NULL)
		return 0;
	snprintf(customer, ROW_ID_LEN, "%s", c->id);
	*due_us = c->due_us;
	return 1;
}

int engine_due(const struct engine *e, int64_t now_us,
    char customer[ROW_ID_LEN], int64_t *due_us)
{
	*due_us = INT64_MIN;
	customer[0] = '\0';
	return engine_due_after(e, now_us, customer, due_us);
}

bool engine_knows_account(
    const struct engine *e, const uint8_t id[static ROW_HASH_BYTES])
{
	return accounts_know(&e->accounts, id);
}

void engine_stats(const struct engine *e, struct engine_stats *s)
{
	s->customers = e->customers.n;
	s->evicted = e->customers.evicted;
	s->over = e->customers.over;
	s->accounts = e->accounts.n;
	s->accounts_evicted = e->accounts.evicted;
}

void engine_state(struct engine *e, struct state *s)
{
	STATE(s, e->applied);
	STATE(s, e->ruling.last_incident);
	STATE(s, e->ruling.last_decision);
	customers_state(s, &e->customers);
	accounts_state(s, &e->accounts);
	brake_state(s, &e->brake, &e->customers);
	for (struct customer *c = e->customers.first; s->load && c; c = c->next)
		if (due_set(&e->due, c, next_due(c)) == -1)
			state_fail(s, "out of memory");
}

int engine_each_open(const struct engine *e,
    int (*cb)(void *arg, const struct incident *i), void *arg)
{
	int rc = 0;

	for (const struct customer *c = e->customers.first; c; c = c->next)
		for (int k = 0; k < INCIDENT_KIND_COUNT && rc == 0; k++)
			if (c->cases && c->cases->incidents.open[k])
				rc = cb(arg, &c->cases->incidents.open[k]->row);
	return rc;
}

void engine_counts(const struct engine *e, int64_t *applied,
    int64_t *last_incident, int64_t *last_decision)
{
	*applied = e->applied;
	*last_incident = e->ruling.last_incident;
	*last_decision = e->ruling.last_decision;
}

void engine_last_brake(const struct engine *e, struct brake_row *row)
{
	*row = e->brake.row;
}
