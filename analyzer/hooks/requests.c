/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/requests.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/enforcement.h"
#include "store/read.h"

#define WAIT_US (30 * US_PER_S)

static const char mod[] = "hooks";

static size_t n_channels(const struct requests *r)
{
	return r->hooks->conf->n_drivers;
}

static bool is_asked(const struct hook_request *q, const struct channel *ch)
{
	return q->driver[0] == '\0' ||
	       strcmp(q->driver, driver_name(ch->driver)) == 0;
}

static bool knows_driver(const struct requests *r, const struct hook_request *q)
{
	for (size_t i = 0; i < n_channels(r); i++)
		if (is_asked(q, &r->channels[i]))
			return true;
	return false;
}

/* --- panic ---------------------------------------------------------- */

struct released {
	struct channel *channel;
	size_t n;
};

static void release(void *arg, struct customer *c)
{
	struct released *r = arg;
	struct slot *s = &c->slots[r->channel->index];

	if (!s->held)
		return;
	channel_unblock(r->channel, s, ITEM_RELEASE);
	r->n++;
}

static void begin_panic(struct requests *r, const struct hook_request *q)
{
	r->hooks->panic = true;
	log_error(mod,
	    "panic by %s: all blocks are released and none is sent until "
	    "sekisho panic --off: %s",
	    q->actor, q->reason);
	for (size_t i = 0; i < n_channels(r); i++) {
		struct released l = {.channel = &r->channels[i]};

		desired_each(r->hooks->desired, release, &l);
		channel_wake_all(l.channel);
		channel_ask_list(l.channel, true);
		channel_save_state(l.channel);
	}
}

static void block_again(void *arg, struct customer *c)
{
	struct channel *ch = arg;

	if (desired_blocked(c, clock_now_us() + ch->hooks->shift_us) &&
	    c->n_targets > 0 && !c->unsafe)
		channel_block(ch, &c->slots[ch->index]);
}

static void end_panic(struct requests *r, const struct hook_request *q)
{
	bool was = r->hooks->panic;

	r->hooks->panic = false;
	if (was)
		log_warn(mod, "panic ended by %s: %s", q->actor, q->reason);
	/* The request waits for a list, also where there was no panic. */
	for (size_t i = 0; i < n_channels(r); i++) {
		struct channel *ch = &r->channels[i];

		if (was)
			desired_each(r->hooks->desired, block_again, ch);
		channel_wake_all(ch);
		channel_ask_list(ch, true);
		channel_save_state(ch);
	}
}

static int is_end(void *arg, const struct hook_request *q)
{
	(void)arg;
	return strcmp(q->verb, "panic-off") == 0;
}

int requests_load(struct requests *r)
{
	struct hook_request q;
	int rc = read_panic(r->hooks->db, &q);

	/* Its end was asked for and not carried out: so it is on until then,
	 * and what it took back is told as such. */
	r->hooks->panic =
	    rc == 1 || read_hook_requests(r->hooks->db, is_end, NULL) == 1;
	if (rc == 1)
		log_error(mod,
		    "panic by %s is in force: nothing is blocked until sekisho "
		    "panic --off",
		    q.actor);
	return rc < 0 ? -1 : 0;
}

/* --- retry ---------------------------------------------------------- */

struct dead {
	const struct hook_request *q;
	struct delivery v[256];
	size_t n;
	int64_t after;
};

static int take_dead(void *arg, const struct delivery *d)
{
	struct dead *t = arg;

	if (t->q->delivery_id != 0 && t->q->delivery_id != d->id)
		return 0;
	t->v[t->n++] = *d;
	return t->n == sizeof(t->v) / sizeof(t->v[0]);
}

static bool retry_row(
    struct requests *r, struct channel *ch, const struct delivery *row)
{
	struct decision d;
	struct customer *c;

	if (read_decision(r->hooks->db, row->decision_seq, &d) != 1)
		return false;
	c = desired_find_or_make(r->hooks->desired, d.customer);
	return c != NULL && channel_retry(ch, c, row);
}

/* Gathers, then acts: a walk's callback must not write. */
static size_t each_row(struct requests *r, struct channel *ch,
    const struct hook_request *q, const char *state, read_delivery_cb take,
    bool (*act)(
	struct requests *r, struct channel *ch, const struct delivery *row))
{
	static struct dead t;
	size_t n = 0;

	t.q = q;
	t.after = 0;
	do {
		t.n = 0;
		if (read_deliveries(r->hooks->db, driver_name(ch->driver),
			state, t.after, take, &t) < 0)
			break;
		for (size_t i = 0; i < t.n; i++) {
			n += act(r, ch, &t.v[i]);
			t.after = t.v[i].id;
		}
	} while (t.n == sizeof(t.v) / sizeof(t.v[0]));
	return n;
}

static int retry(struct requests *r, const struct hook_request *q)
{
	char result[ROW_TEXT_LEN];
	size_t n = 0;

	for (size_t i = 0; i < n_channels(r); i++)
		if (is_asked(q, &r->channels[i]))
			n += each_row(r, &r->channels[i], q, "dead", take_dead,
			    retry_row);
	log_info(mod, "%s asked to try again what is dead: n=%zu", q->actor, n);
	snprintf(result, sizeof(result), "%zu tried again", n);
	return write_hook_request_done(
	    r->hooks->db, q->id, clock_now_us(), result);
}

/* --- replay ---------------------------------------------------------- */

/* What needed no line was not told, and is not told again. */
static int take_done(void *arg, const struct delivery *d)
{
	struct dead *t = arg;

	if (d->attempts == 0 || d->created_us < t->q->since_us ||
	    (t->q->delivery_id != 0 && t->q->delivery_id != d->id))
		return 0;
	t->v[t->n++] = *d;
	return t->n == sizeof(t->v) / sizeof(t->v[0]);
}

static bool replay_row(
    struct requests *r, struct channel *ch, const struct delivery *row)
{
	struct decision d;
	struct customer *c;
	bool told;

	if (read_decision(r->hooks->db, row->decision_seq, &d) != 1)
		return false;
	c = desired_find_or_make(r->hooks->desired, d.customer);
	told = c != NULL && channel_replay(ch, c, row);
	if (c != NULL && !told)
		desired_drop_blank(r->hooks->desired, c);
	return told;
}

static int replay(struct requests *r, const struct hook_request *q)
{
	char result[ROW_TEXT_LEN];
	size_t n = 0;

	for (size_t i = 0; i < n_channels(r); i++)
		if (is_asked(q, &r->channels[i]))
			n += each_row(r, &r->channels[i], q, "done", take_done,
			    replay_row);
	log_info(mod, "%s asked to tell again what was delivered: n=%zu",
	    q->actor, n);
	snprintf(result, sizeof(result), "%zu told again", n);
	return write_hook_request_done(
	    r->hooks->db, q->id, clock_now_us(), result);
}

/* --- one request ---------------------------------------------------- */

static bool is_test(const struct hook_request *q)
{
	return strcmp(q->verb, "test") == 0;
}

/* Whether a driver has done all that was asked. */
static bool has_ended(const struct request *q, const struct channel *ch)
{
	if (is_test(&q->row))
		return !is_asked(&q->row, ch) ||
		       ch->tests_ended >= q->list[ch->index];
	return !is_asked(&q->row, ch) ||
	       (ch->lists_ended >= q->list[ch->index] && !ch->following &&
		   ch->queue.first == NULL && ch->in_flight == 0);
}

static void describe(const struct request *q, const struct channel *ch,
    bool ended, char *text, size_t n)
{
	const struct reconcile *c = &ch->reconcile;

	if (!ended)
		snprintf(text, n, "%s: no answer yet", driver_name(ch->driver));
	else if (is_test(&q->row))
		snprintf(text, n, "%s: %.100s", driver_name(ch->driver),
		    ch->test_error[0] != '\0' ? ch->test_error : "ok");
	else if (ch->list_error[0] != '\0')
		snprintf(text, n, "%s: %.100s", driver_name(ch->driver),
		    ch->list_error);
	else
		snprintf(text, n,
		    "%s: wanted %" PRId64 ", held %" PRId64 ", differences %zu",
		    driver_name(ch->driver), c->n.wanted, c->n.held,
		    differences_count(c->differences));
}

/* True: it is over, and written. */
static bool end_request(struct requests *r, const struct request *q)
{
	char result[ROW_TEXT_LEN] = "", one[200];
	bool all = true;
	size_t len = 0;

	for (size_t i = 0; i < n_channels(r); i++) {
		const struct channel *ch = &r->channels[i];
		bool ended = has_ended(q, ch);

		all = all && ended;
		if (!is_asked(&q->row, ch) || len >= sizeof(result) - 1)
			continue;
		describe(q, ch, ended, one, sizeof(one));
		len += (size_t)snprintf(result + len, sizeof(result) - len,
		    "%s%s", len > 0 ? "; " : "", one);
	}
	if (!all && clock_now_us() < q->until_us)
		return false;
	return write_hook_request_done(
		   r->hooks->db, q->row.id, clock_now_us(), result) == 0;
}

static void ask_tests(struct requests *r, const struct hook_request *row)
{
	for (size_t i = 0; i < n_channels(r); i++)
		if (is_asked(row, &r->channels[i]))
			channel_ask_test(&r->channels[i]);
}

static int begin_request(struct requests *r, const struct hook_request *row)
{
	struct request *q = &r->v[r->n];
	bool check = strcmp(row->verb, "check") == 0;

	if (strcmp(row->verb, "retry") == 0)
		return retry(r, row);
	if (strcmp(row->verb, "replay") == 0)
		return replay(r, row);
	if (!knows_driver(r, row))
		return write_hook_request_done(r->hooks->db, row->id,
		    clock_now_us(), "there is no such driver");
	q->row = *row;
	q->until_us = clock_now_us() + WAIT_US;
	for (size_t i = 0; i < n_channels(r); i++)
		q->list[i] = is_test(row) ? r->channels[i].tests_ended + 1
					  : r->channels[i].lists_begun + 1;
	r->n++;
	if (strcmp(row->verb, "panic") == 0)
		begin_panic(r, row);
	else if (strcmp(row->verb, "panic-off") == 0)
		end_panic(r, row);
	else if (is_test(row))
		ask_tests(r, row);
	else
		for (size_t i = 0; i < n_channels(r); i++)
			if (is_asked(row, &r->channels[i]))
				channel_ask_list(&r->channels[i], !check);
	return 0;
}

struct waiting {
	struct requests *r;
	struct hook_request v[REQUESTS_MAX];
	size_t n;
};

static int take(void *arg, const struct hook_request *row)
{
	struct waiting *w = arg;

	if (row->id > w->r->last_id)
		w->v[w->n++] = *row;
	return w->r->n + w->n == REQUESTS_MAX;
}

int requests_poll(struct requests *r)
{
	static struct waiting w;
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++)
		if (!end_request(r, &r->v[i]))
			r->v[kept++] = r->v[i];
	r->n = kept;
	w.r = r;
	w.n = 0;
	if (r->n < REQUESTS_MAX &&
	    read_hook_requests(r->hooks->db, take, &w) < 0)
		return -1;
	for (size_t i = 0; i < w.n; i++) {
		if (begin_request(r, &w.v[i]) != 0)
			return -1;
		r->last_id = w.v[i].id;
	}
	return 0;
}
