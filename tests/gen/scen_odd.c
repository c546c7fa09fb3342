/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of attempts that fail, of half-seen and of other traffic. */
#include <string.h>

#include "base/clock.h"
#include "tests/gen/smtp.h"

/* The line is closed: nothing answers. */
void play_blocked_syns(struct scene *s)
{
	for (uint32_t i = 0; i < 66; i++) {
		struct dest *d = scene_any_dest(s);
		struct conn c;

		scene_connect(s, &c, &d->v4, 25, scene_time(s, i * 50));
		conn_unanswered(&c, i % 3 == 0 ? 3 : 2);
	}
}

/* Somebody elsewhere puts this customer's address into his SYNs. The answers
 * reach the customer, whose host refuses them or drops them. */
void play_forged_syns(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < 60; i++) {
		struct dest *d = scene_dest(s, first + i);
		struct conn c;

		scene_connect(s, &c, &d->v4, 25, scene_time(s, i / 12));
		conn_half_open(&c, i % 2 == 0);
	}
}

void play_probe(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);
	uint32_t at_s = 0;

	for (uint32_t i = 0; i < 40; i++) {
		struct dest *d = scene_dest(s, first + i);
		struct conn c;

		scene_connect(s, &c, &d->v4, 25, scene_time(s, at_s));
		conn_refused(&c);
		at_s += prng_range(&s->rng, 30, 60);
	}
}

static void hide(struct conn *c, bool hidden)
{
	c->hidden[CLIENT] = c->hidden[SERVER] = hidden;
}

/* A session of which the mirror has only a part. */
static void half_session(struct scene *s, struct dest *d, uint32_t i)
{
	struct smtp t = {.s = s, .server = d->mx};
	struct mail m;

	mail_init(s, &m, s->sc->own_domain);
	mail_add_rcpt(s, &m, d->domain);
	scene_connect(s, &t.c, &d->v4, 25, scene_time(s, i * 240));
	t.c.hidden[CLIENT] = i % 4 == 1;
	t.c.hidden[SERVER] = i % 4 == 2;
	if (i % 4 == 0)
		hide(&t.c, true);
	conn_open(&t.c);
	smtp_say(&t, SERVER, "220 %s ESMTP ready", d->mx);
	smtp_ehlo(&t, "mail.half.example", "PIPELINING");
	if (i % 8 == 4) /* from the envelope on; else within the message */
		hide(&t.c, false);
	smtp_say(&t, CLIENT, "MAIL FROM:<%s>", m.from);
	smtp_say(&t, SERVER, "250 2.1.0 Ok");
	smtp_say(&t, CLIENT, "RCPT TO:<%s>", m.to[0]);
	smtp_say(&t, SERVER, "250 2.1.5 Ok");
	smtp_say(&t, CLIENT, "DATA");
	if (i % 4 == 0)
		hide(&t.c, false);
	smtp_say(&t, SERVER, "354 Go ahead");
	if (i % 4 == 3) /* the rest is not seen */
		hide(&t.c, true);
	smtp_say(&t, CLIENT, "Subject: short\n\nA line.\n.");
	smtp_say(&t, SERVER, "250 2.0.0 Ok: queued");
	smtp_quit(&t);
}

void play_midstream_and_oneway(struct scene *s)
{
	for (uint32_t i = 0; i < 16; i++)
		half_session(s, scene_any_dest(s), i);
}

static void nonsmtp_talk(struct smtp *t, uint32_t kind)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0xff, 0xfe, 0x13, 0x37,
	    0x80, 0x00, 0x00, 0x00, 0x0a, 0x0d, 0x00, 0xc3, 0x28, 0x7f};

	switch (kind) {
	case 0:
		smtp_say(t, CLIENT,
		    "GET / HTTP/1.1\nHost: www.example.com\nAccept: */*\n");
		smtp_say(t, SERVER, "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
		break;
	case 1:
		smtp_say(t, SERVER, "SSH-2.0-server_9.2");
		smtp_say(t, CLIENT, "SSH-2.0-client_8.1");
		conn_say(&t->c, CLIENT, bytes, sizeof(bytes));
		break;
	case 2:
		for (int i = 0; i < 4; i++)
			conn_say(&t->c, i % 2 == 0 ? CLIENT : SERVER, bytes,
			    sizeof(bytes));
		break;
	case 3:
		smtp_tls(t, 3);
		break;
	default:
		smtp_say(t, SERVER, "220 %s ESMTP ready", t->server);
		smtp_say(t, CLIENT, "GET / HTTP/1.0\n");
		smtp_say(t, SERVER,
		    "500 5.5.1 Command unrecognized\n"
		    "500 5.5.1 Command unrecognized");
		break;
	}
}

void play_nonsmtp(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < 15; i++) {
		struct dest *d = scene_dest(s, first + i % 6);
		struct smtp t = {.s = s, .server = d->mx};

		scene_connect(s, &t.c, &d->v4, 25, scene_time(s, i * 300));
		conn_open(&t.c);
		nonsmtp_talk(&t, i % 5);
		if (i % 3 == 0)
			conn_reset(&t.c, SERVER);
		else
			conn_close(&t.c, CLIENT);
	}
}

/* A bad line and a bad mirror: every fate that a segment can have. */
void play_lossy(struct scene *s)
{
	s->path.lost = 60;
	s->path.late = 40;
	s->path.swapped = 60;
	s->path.twice = 40;
	s->path.unseen = 10;
	for (uint32_t i = 0; i < 20; i++) {
		struct dest *d = scene_any_dest(s);
		struct smtp t;
		struct mail m;

		mail_init(s, &m, s->sc->own_domain);
		mail_add_rcpt(s, &m, d->domain);
		m.lines = i % 5 == 4 ? 3 : 300;
		smtp_open(&t, s, &d->v4, d->mx, 25, scene_time(s, i * 300));
		if (i % 5 == 4) /* a few bytes at a time */
			t.c.mss = 7;
		smtp_ehlo(&t, "mail.radio.example", "PIPELINING");
		smtp_transaction(&t, &m, DELIVERED);
		if (i % 4 == 3)
			conn_reset(&t.c, CLIENT);
		else
			smtp_quit(&t);
	}
}

#define FLOOD_SCANNED 5000
#define FLOOD_FORGED  4 /* for each of them */
#define FLOOD_US      (10 * US_PER_S)

static void flood_syn(struct scene *s, const struct addr *client,
    const struct addr *server, int64_t at_us)
{
	struct conn c;

	scene_connect(s, &c, server, 25, at_us);
	c.peer[CLIENT].addr = *client;
	conn_unanswered(&c, 1);
}

static struct addr flood_addr(uint32_t net, uint32_t i)
{
	return world_addr("198.19.%u.%u", net + i / 250, 1 + i % 250);
}

/* One customer asks all servers of a range, 500 in a second, and forged
 * sources ask one server, 2000 in a second. Nothing answers. One more when
 * all the others are over. */
void play_syn_flood(struct scene *s)
{
	struct addr victim = scene_any_dest(s)->v4;
	int64_t step_us = FLOOD_US / FLOOD_SCANNED / (FLOOD_FORGED + 1);
	int64_t at_us = s->start_us;
	uint32_t forged = 0;

	for (uint32_t i = 0; i < FLOOD_SCANNED; i++) {
		uint32_t turn = prng_below(&s->rng, FLOOD_FORGED + 1);

		for (uint32_t k = 0; k <= FLOOD_FORGED; k++) {
			struct addr a = k == turn ? flood_addr(128, i)
						  : flood_addr(0, forged++);

			if (k == turn)
				flood_syn(s, &s->client, &a, at_us);
			else
				flood_syn(s, &a, &victim, at_us);
			at_us += step_us;
		}
	}
	flood_syn(s, &s->client, &victim, scene_time(s, 30));
}
