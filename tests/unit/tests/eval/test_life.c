/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define DAYS      30
#define CUSTOMERS 30

struct seen {
	int64_t last_us;
	uint64_t tries, mails, closes, logins, messages, bot, hash;
};

static void see_talk(struct seen *s, const struct event *e)
{
	s->tries += e->kind == EVENT_TRY;
	s->mails += e->kind == EVENT_MAIL;
	s->closes += e->kind == EVENT_CLOSE;
	s->bot += e->talk.bot;
	s->hash = (s->hash ^ (uint64_t)e->ts_us ^ e->talk.server) *
		  UINT64_C(1099511628211);
	if (e->kind == EVENT_TRY)
		assert_true(e->talk.tries <= 8);
}

static void see_login(struct seen *s, const struct event *e)
{
	const struct login *in = &e->login;

	s->logins++;
	s->messages += in->messages;
	s->bot += in->bot;
	s->hash = (s->hash ^ (uint64_t)e->ts_us ^ in->from.block) *
		  UINT64_C(1099511628211);
	assert_true(in->from.block < 1 << 24);
	assert_false(in->failure && in->messages > 0);
}

static void see(struct life *l, const struct event *e)
{
	struct seen *s = l->arg;

	assert_true(e->ts_us >= s->last_us);
	assert_true(e->ts_us >= LIFE_T0_US);
	assert_true(e->ts_us < LIFE_T0_US + DAYS * US_PER_DAY);
	s->last_us = e->ts_us;
	if (e->kind == EVENT_LOGIN)
		see_login(s, e);
	else
		see_talk(s, e);
	/* A bot need not be watched to its end here. */
	l->stop = s->bot > 5000;
}

static struct seen live(struct life *l, const struct kind *k, uint64_t number)
{
	struct seen s = {0};

	life_begin(l, k, 2, number, DAYS);
	l->sink = see;
	l->arg = &s;
	k->start(l);
	life_run(l);
	assert_int_equal(l->lost, 0);
	return s;
}

static struct life *new_life(void)
{
	struct life *l = calloc(1, sizeof(*l));

	assert_non_null(l);
	return l;
}

/* see() asserts the order of each row. */
static void every_kind_lives_in_order_of_time(void **state)
{
	struct life *l = new_life();

	(void)state;
	for (size_t k = 0; k < kinds_n; k++) {
		uint64_t tries = 0, bot = 0;

		for (uint64_t n = 0; n < CUSTOMERS; n++) {
			struct seen s = live(l, &kinds[k], n);

			assert_true(s.mails <= s.tries);
			assert_true(s.closes <= s.tries);
			assert_true(
			    (kinds[k].sight == SIGHT_LOGINS ? s.tries
							    : s.logins) == 0);
			tries += s.tries + s.logins;
			bot += s.bot;
		}
		assert_true(tries > CUSTOMERS);
		assert_true((bot > 0) == (kinds[k].aim != AIM_NONE));
		/* what the full form has time for */
		if (kinds[k].aim == AIM_NONE)
			assert_in_range(tries, CUSTOMERS * DAYS / 10,
			    CUSTOMERS * DAYS * 1500);
	}
	free(l);
}

static void a_number_gives_the_same_life_again(void **state)
{
	struct life *l = new_life();

	(void)state;
	for (size_t k = 0; k < kinds_n; k++) {
		struct seen a = live(l, &kinds[k], 3);
		struct seen b, c;

		live(l, &kinds[(k + 1) % kinds_n], 9);
		b = live(l, &kinds[k], 3);
		c = live(l, &kinds[k], 4);
		assert_true(a.hash == b.hash && a.tries == b.tries);
		assert_true(a.hash != c.hash);
	}
	free(l);
}

static void parameters_stay_within_their_bounds(void **state)
{
	struct life *l = new_life();

	(void)state;
	for (size_t k = 0; k < kinds_n; k++)
		for (uint64_t n = 0; n < 200; n++) {
			life_begin(l, &kinds[k], 2, n, DAYS);
			for (int i = 0; kinds[k].params[i].name != NULL; i++) {
				const struct param *p = &kinds[k].params[i];

				if (p->law == LAW_CHANCE)
					assert_true(
					    l->p[i] == 0 || l->p[i] == 1);
				else
					assert_true(l->p[i] >= p->lo &&
						    l->p[i] <= p->hi);
			}
		}
	free(l);
}

/* Rates are what the parameter says. */
static void a_home_server_sends_at_its_rate(void **state)
{
	const struct kind *k = kind_find("home_server");
	struct life *l = new_life();
	double want = 0;
	uint64_t mails = 0;

	(void)state;
	assert_non_null(k);
	for (uint64_t n = 0; n < 200; n++) {
		struct seen s = {0};

		life_begin(l, k, 2, n, DAYS);
		want += l->p[0] * DAYS;
		l->p[4] = l->p[5] = 0; /* no retries */
		l->sink = see;
		l->arg = &s;
		k->start(l);
		life_run(l);
		mails += s.tries;
	}
	assert_true((double)mails > want * .97 && (double)mails < want * 1.03);
	free(l);
}

static void a_newsletter_goes_to_its_readers(void **state)
{
	const struct kind *k = kind_find("account_newsletter");
	struct life *l = new_life();
	double want = 0;
	uint64_t messages = 0;

	(void)state;
	assert_non_null(k);
	for (uint64_t n = 0; n < 200; n++) {
		struct seen s = {0};

		life_begin(l, k, 2, n, DAYS);
		l->p[0] = 1; /* four issues and a little */
		l->p[4] = 0; /* nothing else */
		want += l->p[1] * (DAYS / 7.0);
		l->sink = see;
		l->arg = &s;
		k->start(l);
		life_run(l);
		messages += s.messages;
	}
	assert_true(
	    (double)messages > want * .9 && (double)messages < want * 1.1);
	free(l);
}

static void names_are_found_and_unique(void **state)
{
	(void)state;
	assert_null(kind_find("nobody"));
	for (size_t k = 0; k < kinds_n; k++)
		assert_true(kind_find(kinds[k].name) == &kinds[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_lives_in_order_of_time),
	    cmocka_unit_test(a_number_gives_the_same_life_again),
	    cmocka_unit_test(parameters_stay_within_their_bounds),
	    cmocka_unit_test(a_home_server_sends_at_its_rate),
	    cmocka_unit_test(a_newsletter_goes_to_its_readers),
	    cmocka_unit_test(names_are_found_and_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
