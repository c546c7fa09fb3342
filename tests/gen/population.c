/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/population.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/gen/deed.h"

#define MONTH_D      30
#define BOT_SESSIONS 800
#define BOT_FIRST_S  1800 /* and so much later each next one */
#define RTT_US       40000
#define V4_VALIDATED "198.18.240.0"
#define V4_OTHERS    "198.18.224.0"

/* One pass over one life. */
struct pass {
	struct person *person;
	struct deeds *deeds; /* NULL: the days are counted only */
	struct scene *scene;
	int64_t from_us; /* of the life; becomes WORLD_BEGIN_US */
	int64_t until_us;
	uint32_t by_day[MONTH_D];
	uint32_t bot_sessions;
};

static bool is_bot(const struct person *p)
{
	return p->kind->aim != AIM_NONE;
}

/* Others leave nothing on port 25, or need an operator's hand first. */
static bool is_played(const struct kind *k)
{
	return k->aim == AIM_NONE ||
	       (k->aim == AIM_BLOCK && strcmp(k->name, "submission") != 0);
}

static void *must(void *p)
{
	if (p == NULL)
		log_fatal("trafficgen", "out of memory");
	return p;
}

static void on_day(struct life *l, const struct event *e)
{
	struct pass *p = l->arg;
	int64_t day = (e->ts_us - LIFE_T0_US) / US_PER_DAY;

	if (e->kind == EVENT_TRY && day >= 0 && day < MONTH_D)
		p->by_day[day]++;
	l->stop = is_bot(p->person) && l->first_bot_us != INT64_MAX;
}

static void on_try(struct life *l, const struct event *e)
{
	struct pass *p = l->arg;

	if (e->ts_us >= p->until_us || p->bot_sessions >= BOT_SESSIONS)
		l->stop = true;
	if (e->kind != EVENT_TRY || e->ts_us < p->from_us || l->stop)
		return;
	p->bot_sessions += e->talk.bot;
	deed_play(p->deeds, p->scene, p->person, &e->talk,
	    WORLD_BEGIN_US + e->ts_us - p->from_us);
}

static void live(struct life *l, struct pass *p, uint64_t seed,
    unsigned int number, void (*sink)(struct life *, const struct event *))
{
	life_begin(l, p->person->kind, seed, number, MONTH_D);
	l->sink = sink;
	l->arg = p;
	p->person->kind->start(l);
	life_run(l);
}

/* The bots of a kind begin one after the other. */
static void choose_hours(
    struct pass *p, const struct life *l, unsigned int number)
{
	int best = 0;

	if (is_bot(p->person)) {
		p->from_us =
		    l->first_bot_us - (number + 1) * BOT_FIRST_S * US_PER_S;
		if (p->from_us < LIFE_T0_US)
			p->from_us = LIFE_T0_US;
	} else {
		for (int d = 1; d < MONTH_D; d++)
			if (p->by_day[d] > p->by_day[best])
				best = d;
		p->from_us = LIFE_T0_US + best * US_PER_DAY;
	}
	p->until_us = p->from_us + US_PER_DAY;
}

/* Of 4096 addresses each of those whose source is validated and the others;
 * of a /56 each for whom addresses change. */
static void give_line(
    struct person *p, bool validated, size_t index, const char *kind)
{
	struct addr a;

	if (strcmp(kind, "ipv6") == 0) {
		a = world_addr(
		    "2001:db8:1%02zx:%zx00::", 0x80 + index / 250, index % 250);
		p->line = (struct prefix){a, 56};
		return;
	}
	a = world_addr(validated ? V4_VALIDATED : V4_OTHERS);
	a.b[14] = (uint8_t)(a.b[14] + index / 250);
	a.b[15] = (uint8_t)(1 + index % 250);
	p->line = (struct prefix){a, 128};
}

static void play_one(struct population *all, struct world *w,
    struct deeds *deeds, struct life *l, unsigned int number, FILE *truth)
{
	struct person *who = &all->v[all->n - 1];
	static const struct scenario plain = {.name = "population"};
	struct scene s = {.w = w,
	    .sc = &plain,
	    .home = -1,
	    .path = {.rtt_us = RTT_US,
		.lost = 8,
		.late = 4,
		.swapped = 6,
		.twice = 4}};
	struct pass p = {.person = who, .deeds = deeds, .scene = &s};
	char text[ADDR_STRLEN];

	live(l, &p, w->seed, number, on_day);
	choose_hours(&p, l, number);
	who->line_class = l->line_class;
	give_line(who, l->validated, all->n - 1, who->kind->name);
	snprintf(who->id, sizeof(who->id), "P%04zu", all->n);
	snprintf(who->domain, sizeof(who->domain), "p%04zu.example", all->n);
	prng_seed(&s.rng, w->seed, who->id);
	s.client = who->line.addr;
	s.port = (uint16_t)prng_range(&s.rng, 32768, 50000);
	pcapout_mark(&w->out);
	live(l, &p, w->seed, number, on_try);
	fprintf(truth, "%s,%s,%s,%s,-,%s,%s,%u,%" PRId64 ",%" PRId64 "\n",
	    who->kind->name, who->id, line_class_name(who->line_class),
	    addr_format(&s.client, text), is_bot(who) ? "any" : "no",
	    is_bot(who) ? "-" : "bot_burst spam_bot spoofed_sender", s.sessions,
	    w->out.first_us, w->out.last_us);
}

void population_play(struct population *p, struct world *w, unsigned int each,
    FILE *truth, FILE *deeds_file)
{
	struct life *l = must(calloc(1, sizeof(*l)));
	struct deeds *deeds = must(calloc(1, sizeof(*deeds)));

	p->v = must(calloc(kinds_n * each, sizeof(*p->v)));
	for (size_t k = 0; k < kinds_n; k++) {
		for (unsigned int i = 0; i < each && is_played(&kinds[k]);
		     i++) {
			p->v[p->n++].kind = &kinds[k];
			play_one(p, w, deeds, l, i, truth);
		}
	}
	deeds_write(deeds, deeds_file);
	free(deeds);
	free(l);
}

void population_free(struct population *p)
{
	free(p->v);
	memset(p, 0, sizeof(*p));
}

void population_subscribers(const struct population *p, FILE *f)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 0; i < p->n; i++)
		fprintf(f, "%s,%s,%s,%s\n", prefix_format(&p->v[i].line, text),
		    p->v[i].id, line_class_name(p->v[i].line_class),
		    p->v[i].domain);
}

/* What the owner of the domain has published. */
static const char *spf_of(const struct person *p, const char *address)
{
	static char text[ADDR_STRLEN + 32];

	if (strcmp(p->kind->name, "broken_spf") == 0)
		return "v=spf1 include:nobody.broken.example -all";
	if (strcmp(p->kind->name, "softfail") == 0)
		return "v=spf1 ip4:203.0.113.9 ~all";
	snprintf(text, sizeof(text), "v=spf1 ip%d:%s -all",
	    addr_is_v4(&p->line.addr) ? 4 : 6, address);
	return text;
}

void population_zone(const struct population *p, FILE *f)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct person *who = &p->v[i];
		char text[ADDR_STRLEN];

		addr_format(&who->line.addr, text);
		fprintf(f, "%s. 3600 IN MX 10 mail.%s.\n", who->domain,
		    who->domain);
		fprintf(f, "mail.%s. 3600 IN %s %s\n", who->domain,
		    addr_is_v4(&who->line.addr) ? "A" : "AAAA", text);
		fprintf(f, "%s. 3600 IN TXT \"%s\"\n", who->domain,
		    spf_of(who, text));
	}
}
