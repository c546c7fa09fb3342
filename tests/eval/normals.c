/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of customers who must be left alone. The index into p[] is the order
 * of the parameters in kinds.c. */
#include "tests/eval/lives.h"

#define HOUR_S  3600.0
#define DAY_S   86400.0
#define WEEK_S  (7 * DAY_S)
#define MONTH_D 30.0

enum { P_RATE, P_CIRCLE, P_UNKNOWN, P_REJECTED };

static double seconds(const struct life *l)
{
	return (double)(l->now_us - LIFE_T0_US) / 1e6;
}

static double rate(const struct life *l)
{
	return l->p[P_RATE] * l->load;
}

/* Honest mail of the customer's own domain. */
static struct talk own_talk(struct life *l, uint32_t circle, double large)
{
	struct talk t = {.sender = 1, .verdict = VERDICT_AUTHORISED};

	life_pick(l, &t, circle, large);
	t.recipients = draw_chance(&l->rng, .2) ? 2 : 1;
	t.tls = draw_chance(&l->rng, l->tls_share);
	return t;
}

static enum fate own_fate(
    struct life *l, double unknown, double rejected, double grey)
{
	double u = draw_unit(&l->rng);

	if ((u -= unknown) < 0)
		return FATE_UNKNOWN;
	if ((u -= rejected) < 0)
		return FATE_REJECTED;
	return u < grey ? FATE_GREY : FATE_DELIVERED;
}

/* --- servers of a home or an office ------------------------------------ */

static void home_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

	t.fate = own_fate(l, l->p[P_UNKNOWN], l->p[P_REJECTED], l->p[4]);
	if (draw_chance(&l->rng, l->p[5]))
		t.answer = ANSWER_NONE;
	life_talk(l, &t);
	life_plan_daily(l, rate(l), home_mail);
}

void start_home_server(struct life *l)
{
	life_plan_daily(l, rate(l), home_mail);
}

/* state 0: the line is down until then; state 1: mails that wait */
static void flush_queue(struct life *l)
{
	uint32_t waiting = (uint32_t)l->state[1];
	double at_s = 0;

	/* A queue runner opens some connections a second. */
	for (uint32_t i = 0; i < waiting; i++) {
		struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

		t.fate = own_fate(l, l->p[P_UNKNOWN], l->p[P_REJECTED], .05);
		life_talk_in(l, at_s, &t);
		at_s += draw_exp(&l->rng) * .3;
	}
	l->state[1] = 0;
}

static void queue_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

	t.fate = own_fate(l, l->p[P_UNKNOWN], l->p[P_REJECTED], .05);
	if (seconds(l) < l->state[0])
		l->state[1]++;
	else
		life_talk(l, &t);
	life_plan_daily(l, rate(l), queue_mail);
}

static void queue_outage(struct life *l)
{
	double down_s = l->p[5] * HOUR_S * draw_uniform(&l->rng, .5, 1.5);

	l->state[0] = seconds(l) + down_s;
	life_plan(l, down_s, flush_queue);
	life_plan_flat(l, l->p[4] / MONTH_D, queue_outage);
}

void start_queue_flush(struct life *l)
{
	life_plan_daily(l, rate(l), queue_mail);
	life_plan_flat(l, l->p[4] / MONTH_D, queue_outage);
}

/* --- machines ------------------------------------------------------- */

static struct talk nas_talk(struct life *l)
{
	struct talk t = {.sender = 1, .greeting = GREET_BARE};

	life_pick(l, &t, 1, 0);
	if (l->p[2] != 0)
		t.fate = FATE_UNKNOWN;
	else if (l->p[3] != 0)
		t.fate = FATE_REJECTED;
	return t;
}

static void nas_mail(struct life *l)
{
	struct talk t = nas_talk(l);

	life_talk(l, &t);
	life_plan_flat(l, rate(l), nas_mail);
}

static void nas_alarm(struct life *l)
{
	uint32_t n = (uint32_t)draw_log(&l->rng, 5, 40);
	double at_s = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct talk t = nas_talk(l);

		life_talk_in(l, at_s, &t);
		at_s += draw_exp(&l->rng) * 60 / l->load;
	}
	life_plan_flat(l, l->p[1] / MONTH_D, nas_alarm);
}

void start_nas(struct life *l)
{
	life_plan_flat(l, rate(l), nas_mail);
	life_plan_flat(l, l->p[1] / MONTH_D, nas_alarm);
}

static void scan_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[1], .3);

	t.greeting = GREET_BARE;
	t.fate = own_fate(l, l->p[3], 0, 0);
	if (draw_chance(&l->rng, l->p[2]))
		t.fate = FATE_OVERSIZE;
	life_talk(l, &t);
	life_plan_daily(l, rate(l), scan_mail);
}

void start_scan_to_mail(struct life *l)
{
	life_plan_daily(l, rate(l), scan_mail);
}

/* --- one mail to many ----------------------------------------------- */

/* Half of the addresses are with large providers; a sender brings several
 * recipients of one domain by one connection. */
static void post(struct life *l, double readers, double minutes, double unknown)
{
	uint32_t n = (uint32_t)(readers * .6);
	double gap_s = minutes * 60 / n;
	double at_s = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct talk t = own_talk(l, n, .4);

		t.recipients = (uint8_t)prng_range(&l->rng, 1, 3);
		t.fate = own_fate(l, unknown, l->p[P_REJECTED], .03);
		life_talk_in(l, at_s, &t);
		at_s += draw_exp(&l->rng) * gap_s;
	}
}

static void list_post(struct life *l)
{
	post(l, l->p[1] * l->load, l->p[4], l->p[P_UNKNOWN]);
	life_plan_daily(l, l->p[0], list_post);
}

void start_list(struct life *l)
{
	life_plan_daily(l, l->p[0], list_post);
}

static void newsletter_issue(struct life *l)
{
	post(l, l->p[1] * l->load, l->p[4], l->p[P_UNKNOWN]);
	life_plan(l, WEEK_S / l->p[0] * draw_uniform(&l->rng, .9, 1.1),
	    newsletter_issue);
}

void start_newsletter(struct life *l)
{
	life_plan(
	    l, draw_uniform(&l->rng, 0, WEEK_S / l->p[0]), newsletter_issue);
}

/* --- forwarders ----------------------------------------------------- */

static struct talk forward_talk(struct life *l)
{
	struct talk t = {.verdict = VERDICT_AUTHORISED};

	life_pick(l, &t, (uint32_t)l->p[4], .7);
	t.sender = 2 + prng_below(&l->rng, 3000);
	t.tls = draw_chance(&l->rng, l->tls_share);
	if (draw_chance(&l->rng, l->p[1]))
		t.fate =
		    draw_chance(&l->rng, .5) ? FATE_REJECTED : FATE_DELIVERED;
	else if (draw_chance(&l->rng, .003))
		t.fate = FATE_UNKNOWN;
	return t;
}

/* A static line that passes mail on is never called a liar (docs/
 * DETECTION.md); a dynamic one is, when no signature speaks for the mail. */
static void forward_mail(struct life *l)
{
	struct talk t = forward_talk(l);

	if (!draw_chance(&l->rng, l->p[2]))
		t.verdict = VERDICT_CANNOT_TELL;
	else if (draw_chance(&l->rng, l->p[3]))
		t.verdict = l->line_class == CLASS_STATIC ? VERDICT_CANNOT_TELL
							  : VERDICT_SPOOFED;
	life_talk(l, &t);
	life_plan_daily(l, rate(l), forward_mail);
}

void start_forwarder(struct life *l)
{
	life_plan_daily(l, rate(l), forward_mail);
}

static void srs_mail(struct life *l)
{
	struct talk t = forward_talk(l);

	t.sender = 1;
	life_talk(l, &t);
	life_plan_daily(l, rate(l), srs_mail);
}

void start_forwarder_srs(struct life *l)
{
	life_plan_daily(l, rate(l), srs_mail);
}

/* --- programs that speak to a foreign server ------------------------ */

static struct talk program_talk(struct life *l)
{
	struct talk t = {.sender = 1, .greeting = GREET_BARE, .login = true};

	if (l->p[3] != 0 && draw_chance(&l->rng, .3))
		life_pick_large(l, &t, 5);
	else
		life_pick(l, &t, 1, 0);
	t.tls = l->p[1] != 0;
	return t;
}

static void program_mail(struct life *l)
{
	struct talk t = program_talk(l);

	t.fate = own_fate(l, l->p[4], 0, 0);
	life_talk(l, &t);
	life_plan_daily(l, rate(l), program_mail);
}

static void program_fails(struct life *l)
{
	struct talk t = program_talk(l);

	t.fate = FATE_NOMAIL;
	life_talk(l, &t);
	life_plan(l, draw_uniform(&l->rng, 300, 1200), program_fails);
}

void start_mail_program(struct life *l)
{
	life_plan_daily(l, rate(l), program_mail);
	if (l->p[2] != 0)
		life_plan(l, draw_uniform(&l->rng, 0, WEEK_S), program_fails);
}

/* Each period every server once: EHLO and QUIT. */
static void monitor_round(struct life *l)
{
	uint32_t n = (uint32_t)(l->p[0] * l->load);
	double period_s = l->p[1] * 60;
	double gap_s = l->p[2] != 0 ? period_s / (n + 1) : 1;

	for (uint32_t i = 0; i < n; i++) {
		struct talk t = {.fate = FATE_NOMAIL};

		t.domain = t.server = 1000000000 + l->base + i;
		if (draw_chance(&l->rng, l->p[3]))
			t.answer = ANSWER_NONE;
		life_talk_in(l, i * gap_s, &t);
	}
	life_plan(l, period_s, monitor_round);
}

void start_monitor(struct life *l)
{
	life_plan(l, draw_uniform(&l->rng, 0, HOUR_S), monitor_round);
}

static void scan_probe(struct life *l)
{
	struct talk t = {.fate = FATE_NOMAIL};
	double u = draw_unit(&l->rng);

	life_pick_any(l, &t);
	t.server = 1100000000 + prng_below(&l->rng, 100000000);
	if (u >= l->p[2])
		t.answer = u < l->p[2] + l->p[3] ? ANSWER_RESET : ANSWER_NONE;
	life_talk(l, &t);
	if (seconds(l) < l->state[0])
		life_plan_flat(l, rate(l) * 1440, scan_probe);
}

static void scan_run(struct life *l)
{
	l->state[0] = seconds(l) + l->p[1] * HOUR_S;
	life_plan(l, 0, scan_probe);
	life_plan_flat(l, l->p[4] / 7, scan_run);
}

void start_port_scan(struct life *l)
{
	life_plan_flat(l, l->p[4] / 7, scan_run);
}

/* --- whom others' faults befall ------------------------------------- */

static void spf_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

	t.verdict = VERDICT_CANNOT_TELL;
	t.fate = own_fate(l, l->p[P_UNKNOWN], l->p[P_REJECTED], .05);
	life_talk(l, &t);
	life_plan_daily(l, rate(l), spf_mail);
}

void start_broken_spf(struct life *l)
{
	life_plan_daily(l, rate(l), spf_mail);
}

void start_softfail(struct life *l)
{
	life_plan_daily(l, rate(l), spf_mail);
}

/* state 0: the receiver fails until then */
static void down_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .2);

	t.fate = own_fate(l, l->p[P_UNKNOWN], l->p[P_REJECTED], .05);
	if (draw_chance(&l->rng, l->p[4])) {
		life_pick_large(l, &t, 0);
		if (seconds(l) < l->state[0]) {
			t.tls = false;
			if (l->p[5] < 1)
				t.answer = ANSWER_NONE;
			else
				t.fate =
				    l->p[5] < 2 ? FATE_GREY : FATE_REJECTED;
		}
	}
	life_talk(l, &t);
	life_plan_daily(l, rate(l), down_mail);
}

/* In the busiest time, when it hurts. */
static void receiver_fails(struct life *l)
{
	l->state[0] = seconds(l) + HOUR_S;
	life_plan_daily(l, l->p[6] / MONTH_D, receiver_fails);
}

void start_receiver_down(struct life *l)
{
	life_plan_daily(l, rate(l), down_mail);
	life_plan_daily(l, l->p[6] / MONTH_D, receiver_fails);
}

static void innocent_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

	t.fate = own_fate(l, l->p[P_UNKNOWN], .005, .05);
	life_talk(l, &t);
	life_plan_daily(l, rate(l), innocent_mail);
}

/* Some servers' SYN-ACKs are seen, and the innocent's host answers RST. */
static void forged_event(struct life *l)
{
	uint32_t n = (uint32_t)(l->p[3] * l->load);
	double at_s = 0, gap_s = draw_log(&l->rng, .02, 2);

	if (n > LIFE_EVENTS_MAX / 2)
		n = LIFE_EVENTS_MAX / 2;
	for (uint32_t i = 0; i < n; i++) {
		struct talk t = {.fate = FATE_NOMAIL};

		life_pick_any(l, &t);
		t.answer = draw_chance(&l->rng, .6) ? ANSWER_HALF : ANSWER_NONE;
		life_talk_in(l, at_s, &t);
		at_s += draw_exp(&l->rng) * gap_s;
	}
	life_plan_flat(l, l->p[4] / MONTH_D, forged_event);
}

void start_forged_syn(struct life *l)
{
	life_plan_daily(l, rate(l), innocent_mail);
	life_plan_flat(l, l->p[4] / MONTH_D, forged_event);
}

static void listed_mail(struct life *l)
{
	struct talk t = own_talk(l, (uint32_t)l->p[P_CIRCLE], .4);

	t.fate = own_fate(l, l->p[P_UNKNOWN], .005, .05);
	if (draw_chance(&l->rng, l->p[3])) {
		t.tls = false;
		t.fate =
		    draw_chance(&l->rng, l->p[4]) ? FATE_LISTED : FATE_RANGE;
	}
	life_talk(l, &t);
	life_plan_daily(l, rate(l), listed_mail);
}

void start_listed_line(struct life *l)
{
	life_plan_daily(l, rate(l), listed_mail);
}
