/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of accounts that only their owners use. The index into p[] is the
 * order of the parameters in kinds.c. */
#include <math.h>

#include "tests/eval/lives.h"
#include "tests/eval/owner.h"

#define HOUR_S  3600.0
#define DAY_S   86400.0
#define WEEK_S  (7 * DAY_S)
#define MONTH_D 30.0

/* State above the owner's own. */
enum { S_UNTIL = OWNER_STATE, S_PLACE, S_WAITING };

/* --- one person ----------------------------------------------------------- */

static void take_owner(struct life *l)
{
	for (int i = 0; i < OWNER_NOW; i++)
		l->state[i] = l->p[i];
}

/* How good the addresses are to which he writes: two parameters. */
static void take_list(struct life *l, int first)
{
	l->state[OWNER_UNKNOWN] = l->p[first];
	l->state[OWNER_REJECTED] = l->p[first + 1];
}

void start_account_person(struct life *l)
{
	take_owner(l);
	owner_begin(l);
}

/* Abroad: the network of the hotel, the train, the next town; with a VPN
 * another exit whenever the program connects anew. */
static struct where traveller_from(struct life *l)
{
	if (l->p[4] != 0 && draw_chance(&l->rng, .5))
		return owner_place(
		    l, 1000000 + prng_below(&l->rng, (uint32_t)l->p[5] + 1));
	if (owner_seconds(l) >= l->state[S_PLACE]) {
		l->state[S_PLACE] =
		    owner_seconds(l) + draw_exp(&l->rng) * l->p[3] * HOUR_S;
		l->state[S_WAITING] = prng_below(&l->rng, 1000000);
	}
	return owner_place(l, (uint32_t)l->state[S_WAITING]);
}

static void traveller_mail(struct life *l)
{
	struct where from = {.block = LIFE_OWN_LINE};

	if (owner_seconds(l) < l->state[S_UNTIL])
		from = traveller_from(l);
	else if (draw_chance(&l->rng, .4))
		from = owner_telephone(l, 0);
	owner_send(l, 0, from);
	life_plan_daily(l, l->p[0] * l->load, traveller_mail);
}

static void traveller_leaves(struct life *l)
{
	l->state[S_UNTIL] = owner_seconds(l) + l->p[2] * DAY_S;
	life_plan_flat(l, l->p[1] / MONTH_D, traveller_leaves);
}

void start_account_traveller(struct life *l)
{
	owner_draw(l);
	take_list(l, 6);
	life_plan_daily(l, l->p[0] * l->load, traveller_mail);
	life_plan_flat(l, l->p[1] / MONTH_D, traveller_leaves);
}

/* --- one mailbox of many -------------------------------------------------- */

/* A branch's line gets another address now and then. */
static struct where branch_line(struct life *l, uint32_t branch)
{
	double month_s = MONTH_D * DAY_S;
	uint32_t moves = (uint32_t)(owner_seconds(l) / month_s * l->p[3] +
				    (branch * 7 % 10) / 10.0);

	if (branch < (uint32_t)(l->p[0] * l->p[2]))
		return (struct where){.block = LIFE_OWN_LINE};
	return owner_place(l, 1000 + branch * 100 + moves);
}

static void branch_mail(struct life *l)
{
	uint32_t n = (uint32_t)l->p[0];

	owner_send(l, 0, branch_line(l, prng_below(&l->rng, n)));
	life_plan_daily(l, n * l->p[1] * l->load, branch_mail);
}

/* Most have been there before anybody read the log. */
static void begin_some_day(struct life *l, bool later, life_wake *first)
{
	life_plan(
	    l, later ? draw_uniform(&l->rng, 0, MONTH_D * DAY_S) : 0, first);
}

void start_account_branches(struct life *l)
{
	take_list(l, 5);
	begin_some_day(l, l->p[4] != 0, branch_mail);
}

/* --- many mails at once --------------------------------------------------- */

static void letter_issue(struct life *l)
{
	uint32_t n = (uint32_t)(l->p[1] * l->load);
	struct where from = {.block = LIFE_OWN_LINE};
	double at_s = 0;

	if (draw_chance(&l->rng, l->p[3]))
		from = owner_anywhere(l);
	for (uint32_t i = 0; i < n; i++) {
		owner_send_reader(l, at_s, from, i);
		at_s += draw_exp(&l->rng) * l->p[2] * 60 / n;
	}
	life_plan(
	    l, WEEK_S / l->p[0] * draw_uniform(&l->rng, .8, 1.2), letter_issue);
}

void start_account_newsletter(struct life *l)
{
	owner_draw(l);
	l->state[OWNER_MAILS] = l->p[4];
	take_list(l, 5);
	owner_begin(l);
	life_plan(l, draw_uniform(&l->rng, 0, WEEK_S / l->p[0]), letter_issue);
}

/* state S_PLACE: how often the machine has moved */
static void script_run(struct life *l)
{
	double varies = 1 + l->p[3];
	uint32_t n = (uint32_t)ceil(
	    l->p[1] * draw_log(&l->rng, 1 / varies, varies) * l->load);
	struct where from = {.block = LIFE_OWN_LINE};
	double at_s = 0;

	if (l->p[5] == 0 || l->state[S_PLACE] > 0)
		from = owner_place(l, 1000 + (uint32_t)l->state[S_PLACE]);
	for (uint32_t i = 0; i < n; i++) {
		owner_send(l, at_s, from);
		at_s += draw_exp(&l->rng) * l->p[2];
	}
	life_plan(
	    l, DAY_S / l->p[0] * draw_uniform(&l->rng, .9, 1.1), script_run);
}

static void script_moves(struct life *l)
{
	l->state[S_PLACE]++;
	life_plan_flat(l, l->p[4] / MONTH_D, script_moves);
}

void start_account_script(struct life *l)
{
	take_list(l, 7);
	begin_some_day(l, l->p[6] != 0, script_run);
	life_plan_flat(l, l->p[4] / MONTH_D, script_moves);
}

/* --- an old password ------------------------------------------------------ */

static void fail(struct life *l, double after_s, struct where from)
{
	struct login in = {.from = from, .failure = true};

	life_login_in(l, after_s, &in);
}

/* What could not be sent meanwhile goes out from where he then is. */
static void flush_outbox(struct life *l)
{
	uint32_t n = (uint32_t)(l->p[6] * draw_unit(&l->rng)) + 1;
	double at_s = 0;

	for (uint32_t i = 0; i < n; i++) {
		owner_send(l, at_s, owner_telephone(l, at_s));
		at_s += draw_exp(&l->rng) * 3;
	}
}

/* Telephone and office ask again and again with the old one. */
static void old_password_fails(struct life *l)
{
	if (owner_seconds(l) >= l->state[S_UNTIL]) {
		flush_outbox(l);
		return;
	}
	fail(l, 0, owner_telephone(l, 0));
	if (draw_chance(&l->rng, .3))
		fail(l, 1, owner_office(l));
	if (draw_chance(&l->rng, .02))
		fail(l, 2, owner_anywhere(l));
	life_plan(l, draw_uniform(&l->rng, .7, 1.3) * l->p[4] * 60,
	    old_password_fails);
}

static void password_changes(struct life *l)
{
	l->state[S_UNTIL] = owner_seconds(l) + l->p[5] * HOUR_S;
	old_password_fails(l);
	life_plan_flat(l, 2 / MONTH_D, password_changes);
}

void start_account_old_password(struct life *l)
{
	owner_draw(l);
	for (int i = 0; i < 4; i++)
		l->state[i] = l->p[i];
	take_list(l, 7);
	owner_begin(l);
	life_plan_daily(l, 2 / MONTH_D, password_changes);
}
