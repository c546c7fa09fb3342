/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of accounts whose password somebody else has, too. The index into p[]
 * is the order of the parameters in kinds.c. */
#include "tests/eval/lives.h"
#include "tests/eval/owner.h"

#define HOUR_S 3600.0
#define DAY_S  86400.0
/* Numbers of the thief's places: not his who owns the account. */
#define THIEF_FIRST 2000000

enum {
	P_RATE,
	P_ADDRESSES,
	P_ROW,
	P_HOURS,
	P_GUESSED,
	P_OWNER,
	P_DAY,
	P_UNKNOWN,
	P_REJECTED
};
enum { S_UNTIL = OWNER_STATE, S_ADDRESS, S_LEFT };

/* A program on the customer's own PC has no address but his. */
static struct where thief_from(struct life *l, uint32_t address)
{
	if (l->p[P_ADDRESSES] < 1)
		return (struct where){.block = LIFE_OWN_LINE};
	return owner_place(l, THIEF_FIRST + address);
}

static uint32_t any_address(struct life *l)
{
	uint32_t n = (uint32_t)l->p[P_ADDRESSES];

	return n > 0 ? prng_below(&l->rng, n) : 0;
}

/* To a list that he bought. */
static void thief_writes(struct life *l, struct login *in)
{
	struct talk t = {0};
	double u = draw_unit(&l->rng);

	life_pick_any(l, &t);
	in->server = t.server;
	in->recipient = (uint32_t)prng_next(&l->rng);
	if ((u -= l->p[P_UNKNOWN]) < 0)
		in->fate = FATE_UNKNOWN;
	else if (u < l->p[P_REJECTED])
		in->fate = FATE_REJECTED;
}

static void thief_mail(struct life *l)
{
	struct login in = {.messages = 1, .bot = true};

	if (l->state[S_LEFT] < 1) {
		l->state[S_ADDRESS] = any_address(l);
		l->state[S_LEFT] = 1 + l->p[P_ROW] * draw_exp(&l->rng);
	}
	l->state[S_LEFT]--;
	in.from = thief_from(l, (uint32_t)l->state[S_ADDRESS]);
	thief_writes(l, &in);
	life_login_in(l, 0, &in);
	if (owner_seconds(l) < l->state[S_UNTIL])
		life_plan_flat(l, l->p[P_RATE] * 24, thief_mail);
}

static void thief_run(struct life *l)
{
	l->state[S_UNTIL] = owner_seconds(l) +
			    draw_log(&l->rng, .5, 2) * l->p[P_HOURS] * HOUR_S;
	life_plan(l, 0, thief_mail);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, thief_run);
}

/* Each of the addresses tries some passwords; one of them is right. Nobody
 * can do anything about it yet: failures are no evidence. */
static void thief_guesses(struct life *l)
{
	uint32_t n = (uint32_t)draw_log(&l->rng, 5, 300);
	double took_s = draw_log(&l->rng, .1, 24) * HOUR_S, at_s = 0;
	struct login in = {.failure = true};

	for (uint32_t i = 0; i < n; i++) {
		in.from = thief_from(l, any_address(l));
		life_login_in(l, at_s, &in);
		at_s += draw_exp(&l->rng) * took_s / n;
	}
	life_plan(l, at_s, thief_run);
}

void start_thief(struct life *l)
{
	if (l->p[P_OWNER] != 0) {
		owner_draw(l);
		owner_begin(l);
	}
	life_plan(l, l->p[P_DAY] * DAY_S,
	    l->p[P_GUESSED] != 0 ? thief_guesses : thief_run);
}
