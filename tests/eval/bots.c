/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of machines that must be found. The index into p[] is the order of
 * the parameters in kinds.c. */
#include "tests/eval/lives.h"

#define HOUR_S    3600.0
#define DAY_S     86400.0
#define FROM_BOT  900000 /* senders' numbers: not those of honest people */
#define FROM_MANY 5000

/* Indices that the kinds with a mix of fates share. */
enum { P_RATE, P_UNKNOWN, P_REFUSED, P_LISTED, P_TLS, P_GOOD };
enum { S_ON_UNTIL, S_ONSET }; /* state: when the present run ends, seconds */

static double seconds(const struct life *l)
{
	return (double)(l->now_us - LIFE_T0_US) / 1e6;
}

static enum greeting bot_greeting(struct life *l)
{
	double u = draw_unit(&l->rng);

	if (u < .45)
		return GREET_FQDN;
	if (u < .90)
		return GREET_BARE;
	return u < .97 ? GREET_OTHER_LITERAL : GREET_NULL;
}

static struct talk bot_talk(struct life *l)
{
	struct talk t = {.bot = true};

	t.greeting = bot_greeting(l);
	t.sender = FROM_BOT + prng_below(&l->rng, FROM_MANY);
	t.recipients = (uint8_t)prng_range(&l->rng, 1, 4);
	if (draw_chance(&l->rng, .04))
		t.answer = ANSWER_NONE;
	return t;
}

/* What happens to a mail of a list that was not kept clean. */
static enum fate bot_fate(struct life *l)
{
	double u = draw_unit(&l->rng);

	if ((u -= l->p[P_UNKNOWN]) < 0)
		return FATE_UNKNOWN;
	if ((u -= l->p[P_REFUSED]) < 0)
		return draw_chance(&l->rng, .2) ? FATE_SENDER : FATE_REJECTED;
	if ((u -= l->p[P_LISTED]) < 0)
		return draw_chance(&l->rng, .6) ? FATE_LISTED : FATE_RANGE;
	if (u < .06)
		return FATE_GREY;
	return FATE_DELIVERED;
}

static void mix_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_any(l, &t);
	t.fate = bot_fate(l);
	t.tls = draw_chance(&l->rng, l->p[P_TLS]);
	life_talk(l, &t);
}

/* --- runs: some hours of work, then silence ------------------------------ */

static void begin_run(struct life *l, double hours, life_wake *mail)
{
	l->state[S_ON_UNTIL] = seconds(l) + hours * HOUR_S;
	life_plan(l, 0, mail);
}

/* True while the run lasts: the next mail is planned. */
static void next_in_run(struct life *l, double rate_h, life_wake *mail)
{
	if (seconds(l) < l->state[S_ON_UNTIL])
		life_plan_flat(l, rate_h * 24 * l->load, mail);
}

/* The machine is infected some time in the first days. */
static void onset(struct life *l, life_wake *first)
{
	life_plan(l, draw_uniform(&l->rng, 0, 3 * DAY_S), first);
}

static void burst_mail(struct life *l)
{
	mix_mail(l);
	next_in_run(l, l->p[P_RATE] * 60, burst_mail);
}

static void burst_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, .1, 1), burst_mail);
	life_plan(l, draw_uniform(&l->rng, 4, 30) * HOUR_S, burst_run);
}

void start_burst(struct life *l)
{
	onset(l, burst_run);
}

static void snowshoe_mail(struct life *l)
{
	mix_mail(l);
	life_plan(l, l->p[P_RATE] * draw_uniform(&l->rng, .7, 1.3) / l->load,
	    snowshoe_mail);
}

void start_snowshoe(struct life *l)
{
	onset(l, snowshoe_mail);
}

/* Port 587 of others, and TLS: it is evidence for them, none for us. */
static void foreign_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_large(l, &t, prng_below(&l->rng, (uint32_t)l->p[1] + 1));
	t.port = 587;
	t.tls = t.login = true;
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE], foreign_mail);
}

static void foreign_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 10), foreign_mail);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, foreign_run);
}

void start_submission_foreign(struct life *l)
{
	onset(l, foreign_run);
}

static void spoofer_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_any(l, &t);
	t.greeting = GREET_FQDN;
	t.recipients = 1;
	t.fate = draw_chance(&l->rng, l->p[1]) ? FATE_UNKNOWN : FATE_DELIVERED;
	t.tls = draw_chance(&l->rng, l->p[3]);
	t.verdict = draw_chance(&l->rng, l->p[2]) ? VERDICT_SPOOFED
						  : VERDICT_CANNOT_TELL;
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE], spoofer_mail);
}

static void spoofer_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 8), spoofer_mail);
	life_plan(l, draw_uniform(&l->rng, 18, 60) * HOUR_S, spoofer_run);
}

void start_spoofer(struct life *l)
{
	onset(l, spoofer_run);
}

static void mix_run_mail(struct life *l)
{
	mix_mail(l);
	next_in_run(l, l->p[P_RATE], mix_run_mail);
}

static void mix_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 12), mix_run_mail);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, mix_run);
}

/* --- with others behind the same line ------------------------------------ */

static void good_mail(struct life *l)
{
	struct talk t = {.sender = 1};

	life_pick(l, &t, 60, .5);
	t.sender = 1 + prng_below(&l->rng, 3);
	if (draw_chance(&l->rng, .01))
		t.fate = FATE_UNKNOWN;
	t.tls = draw_chance(&l->rng, .5);
	life_talk(l, &t);
	life_plan_daily(l, l->p[P_GOOD], good_mail);
}

void start_household(struct life *l)
{
	life_plan_daily(l, l->p[P_GOOD], good_mail);
	onset(l, mix_run);
}

/* The other 59 are customers of their own: nothing of theirs is his. */
void start_cgn_ports(struct life *l)
{
	onset(l, mix_run);
}

void start_cgn_shared(struct life *l)
{
	start_household(l);
}

/* The customer is the delegated prefix, so that rotation changes nothing
 * but the client's address, which the feeder draws anew for each row. */
void start_ipv6(struct life *l)
{
	onset(l, mix_run);
}

/* --- the others ----------------------------------------------------- */

static void starttls_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_any(l, &t);
	t.tls = true;
	t.greeting = GREET_FQDN;
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE] * 60, starttls_mail);
}

static void starttls_run(struct life *l)
{
	begin_run(l, l->p[1], starttls_mail);
	life_plan(l, DAY_S, starttls_run);
}

void start_starttls(struct life *l)
{
	onset(l, starttls_run);
}

static void mixed_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_any(l, &t);
	t.tls = draw_chance(&l->rng, l->p[3]);
	if (draw_chance(&l->rng, l->p[1]))
		t.fate = draw_chance(&l->rng, l->p[2]) ? FATE_UNKNOWN
						       : FATE_REJECTED;
	else
		t.greeting = GREET_FQDN;
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE], mixed_mail);
}

static void mixed_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 12), mixed_mail);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, mixed_run);
}

void start_mixed(struct life *l)
{
	onset(l, mixed_run);
}

static void blocked_try(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_any(l, &t);
	t.answer = ANSWER_NONE;
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE], blocked_try);
}

static void blocked_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 12), blocked_try);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, blocked_run);
}

void start_blocked_line(struct life *l)
{
	onset(l, blocked_run);
}

static void carrier_mail(struct life *l)
{
	struct talk t = bot_talk(l);

	life_pick_large(l, &t, 7 + prng_below(&l->rng, 3));
	t.fate = bot_fate(l);
	t.tls = draw_chance(&l->rng, l->p[P_TLS]);
	life_talk(l, &t);
	next_in_run(l, l->p[P_RATE], carrier_mail);
}

static void carrier_run(struct life *l)
{
	begin_run(l, draw_log(&l->rng, 1, 8), carrier_mail);
	life_plan(l, draw_uniform(&l->rng, 12, 40) * HOUR_S, carrier_run);
}

void start_carriers(struct life *l)
{
	onset(l, carrier_run);
}
