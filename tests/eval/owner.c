/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/owner.h"

#include <math.h>

#include "base/clock.h"

#define HOUR_S 3600.0

/* Blocks by their first bits: a carrier's, and those of everybody else. */
#define CARRIERS         3
#define CARRIER_FIRST    1000
#define CARRIER_BLOCKS   100
#define CARRIER_NETWORKS 64 /* of one block */
#define PLACE_FIRST      100000
#define PLACE_BLOCKS     12000 /* as many /16 carry most of the traffic */

double owner_seconds(const struct life *l)
{
	return (double)(l->now_us - LIFE_T0_US) / (double)US_PER_S;
}

/* A small circle and the large providers. */
static uint32_t any_server(struct life *l)
{
	struct talk t = {0};

	life_pick(l, &t, 40, .4);
	return t.server;
}

static void hand_in(struct life *l, double after_s, struct where from,
    double unknown, uint32_t recipient)
{
	struct login in = {.from = from,
	    .messages = 1,
	    .server = any_server(l),
	    .recipient = recipient};

	if (unknown < l->state[OWNER_UNKNOWN])
		in.fate = FATE_UNKNOWN;
	else if (draw_chance(&l->rng, l->state[OWNER_REJECTED]))
		in.fate = FATE_REJECTED;
	life_login_in(l, after_s, &in);
}

void owner_send(struct life *l, double after_s, struct where from)
{
	double unknown = draw_unit(&l->rng);

	hand_in(l, after_s, from, unknown, (uint32_t)prng_next(&l->rng));
}

static uint32_t mixed(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

void owner_send_reader(
    struct life *l, double after_s, struct where from, uint32_t reader)
{
	uint32_t who = mixed(mixed(l->base + 1) + reader);

	hand_in(l, after_s, from, who / 4294967296.0, who);
}

/* --- where he is ---------------------------------------------------------- */

struct where owner_place(const struct life *l, uint32_t number)
{
	uint32_t x = mixed(mixed(l->base) + number);

	return (struct where){.block = PLACE_FIRST + mixed(x) % PLACE_BLOCKS,
	    .network = (uint16_t)(x & 255),
	    .host = (uint16_t)(x >> 8 & 255)};
}

struct where owner_office(const struct life *l)
{
	return owner_place(l, 0);
}

struct where owner_anywhere(struct life *l)
{
	return owner_place(l, (uint32_t)prng_next(&l->rng));
}

static void telephone_moves(struct life *l)
{
	uint32_t of = (uint32_t)ceil(l->state[OWNER_BLOCKS]);
	uint32_t block = CARRIER_FIRST + l->base % CARRIERS * CARRIER_BLOCKS +
			 prng_below(&l->rng, of > 0 ? of : 1);

	l->state[OWNER_NOW] =
	    block * 65536.0 + prng_below(&l->rng, CARRIER_NETWORKS);
}

struct where owner_telephone(struct life *l, double after_s)
{
	double at_s = owner_seconds(l) + after_s;
	double idle_h = (at_s - l->state[OWNER_USED]) / HOUR_S;
	uint64_t now;

	if (l->state[OWNER_NOW] <= 0 ||
	    draw_chance(
		&l->rng, 1 - exp(-fabs(idle_h) / l->state[OWNER_STAYS])))
		telephone_moves(l);
	l->state[OWNER_USED] = at_s;
	now = (uint64_t)l->state[OWNER_NOW];
	return (struct where){.block = (uint32_t)(now >> 16),
	    .network = (uint16_t)now,
	    .host = (uint16_t)prng_below(&l->rng, 256)};
}

/* --- what he sends -------------------------------------------------------- */

/* He sits down, or takes out the telephone, and answers some mails. */
static void owner_session(struct life *l)
{
	bool telephone = draw_chance(&l->rng, l->state[OWNER_TELEPHONE]);
	uint32_t n = 1 + draw_poisson(&l->rng, 1);
	struct where from = {.block = LIFE_OWN_LINE};
	double at_s = 0;

	if (draw_chance(&l->rng, l->state[OWNER_PLACES]))
		from = owner_anywhere(l);
	else if (draw_chance(&l->rng, l->state[OWNER_OFFICE]))
		from = owner_office(l);
	for (uint32_t i = 0; i < n; i++) {
		owner_send(
		    l, at_s, telephone ? owner_telephone(l, at_s) : from);
		at_s += draw_exp(&l->rng) * 120;
	}
	life_plan_daily(l, l->state[OWNER_MAILS] * l->load / 2, owner_session);
}

void owner_begin(struct life *l)
{
	life_plan_daily(l, l->state[OWNER_MAILS] * l->load / 2, owner_session);
}

/* As the kind account_person. */
void owner_draw(struct life *l)
{
	l->state[OWNER_MAILS] = draw_log(&l->rng, .5, 40);
	l->state[OWNER_TELEPHONE] = draw_uniform(&l->rng, 0, .9);
	l->state[OWNER_BLOCKS] = draw_log(&l->rng, 1, 16);
	l->state[OWNER_STAYS] = draw_log(&l->rng, .05, 24);
	l->state[OWNER_PLACES] = draw_uniform(&l->rng, 0, .2);
	l->state[OWNER_OFFICE] = draw_uniform(&l->rng, 0, .7);
	l->state[OWNER_UNKNOWN] = draw_log(&l->rng, .003, .03);
	l->state[OWNER_REJECTED] = draw_log(&l->rng, .001, .01);
}
