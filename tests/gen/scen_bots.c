/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of machines that must be blocked. */
#include <stdio.h>
#include <string.h>

#include "tests/gen/smtp.h"

#define BURST_SERVERS    44
#define DIALOGUE_SERVERS 20
#define DIALOGUE_GAP_US  390000
#define DIALOGUE_MAILS   2
#define SPOOF_MAILS      20
#define SLOW_UNTIL_S     9000
#define CARRIER_MAILS    60

/* A foreign domain whose SPF proves nothing against anybody. */
static struct dest *soft_dest(struct scene *s)
{
	uint32_t i = prng_below(&s->rng, WORLD_DESTS);

	return scene_dest(s, i % 4 == 0 ? i + 1 : i);
}

static enum outcome burst_outcome(struct scene *s)
{
	uint32_t n = prng_below(&s->rng, 100);

	if (n < 55)
		return UNKNOWN_USER;
	if (n < 75)
		return BLOCKLISTED;
	if (n < 90)
		return DELIVERED;
	return REJECTED;
}

static void burst_one(
    struct scene *s, const struct dest *d, int64_t at_us, const char *helo)
{
	struct mail m;
	uint32_t rcpts = prng_range(&s->rng, 1, 4);
	struct dest *from = soft_dest(s);

	mail_init(s, &m, from->domain);
	for (uint32_t i = 0; i < rcpts; i++)
		mail_add_rcpt(s, &m, d->domain);
	smtp_session(s, d, at_us, helo, &m, burst_outcome(s));
}

/* Each server once, within 55 seconds. */
static void burst_wave(struct scene *s, int64_t offset_s, const char *helo)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);
	uint32_t step = 5; /* has no divisor in common with the number */

	for (uint32_t i = 0; i < BURST_SERVERS; i++) {
		int64_t at_us = scene_time(s, offset_s + i * 5 / 4);

		burst_one(s, scene_dest(s, first + i * step), at_us, helo);
	}
}

void play_burst_bot(struct scene *s)
{
	burst_wave(s, 0, "WIN-7QK2D0PLA4");
	burst_wave(s, 2700, "WIN-7QK2D0PLA4"); /* the first block is over */
}

/* Another address of the customer's /56 for each connection. */
void play_ipv6_bot(struct scene *s)
{
	struct addr home = s->client;
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < BURST_SERVERS; i++) {
		uint64_t iid = prng_next(&s->rng);
		int64_t at_us = scene_time(s, i * 5 / 4);

		s->client.b[7] = (uint8_t)(i % 4);
		for (int k = 8; k < 16; k++)
			s->client.b[k] = (uint8_t)(iid >> (k - 8) * 8);
		burst_one(s, scene_dest(s, first + i * 5), at_us, "localhost");
	}
	s->client = home;
}

/* Envelope and DATA in one piece; refused for the sender's domain. */
static void dialogue_refused(struct smtp *t, const char *to)
{
	char local[MARK_LEN];
	uint32_t n = prng_below(&t->s->rng, 1000);

	world_mark(t->s->w, &t->s->rng, "local", local);
	smtp_say(t, CLIENT,
	    "MAIL FROM: <%s@desk%u.apis.spoofed.example> \nRCPT TO:<%s>\nDATA",
	    local, n, to);
	smtp_say(t, SERVER,
	    "553 5.1.8 <%s@desk%u.apis.spoofed.example>... Domain of sender "
	    "address %s@desk%u.apis.spoofed.example does not exist",
	    local, n, local, n);
	smtp_say(t, SERVER,
	    "503 5.0.0 Need MAIL before RCPT\n503 5.0.0 Need MAIL command");
	smtp_say(t, CLIENT, "RSET");
	smtp_say(t, SERVER, "250 2.0.0 Reset state");
}

static void dialogue_message(struct smtp *t, const struct mail *m)
{
	char text[16384];
	size_t len;

	smtp_say(t, CLIENT, "MAIL FROM: <%s> \nRCPT TO:<%s>\nDATA", m->from,
	    m->to[0]);
	smtp_say(t, SERVER,
	    "250 2.1.0 <%s>... Sender ok\n250 2.1.5 <%s>... Recipient ok\n"
	    "354 Enter mail, end with \".\" on a line by itself",
	    m->from, m->to[0]);
	len = mail_text(t->s, m, t->c.now_us, text, sizeof(text) - 4);
	memcpy(text + len, ".\r\n", 3);
	conn_say(&t->c, CLIENT, text, len + 3);
	smtp_say(
	    t, SERVER, "554 5.7.1 Message rejected: suspicious attachment");
}

void play_burst_dialogue(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < DIALOGUE_SERVERS; i++) {
		struct dest *d = scene_dest(s, first + i * 3);
		struct smtp t;
		struct mail m;

		mail_init(s, &m, "gateway2c.spoofed.example");
		snprintf(m.header_from, sizeof(m.header_from),
		    "billing@spoofed.example");
		mail_add_rcpt(s, &m, d->domain);
		smtp_open(&t, s, &d->v4, d->mx, 25,
		    s->start_us + i * (int64_t)DIALOGUE_GAP_US);
		smtp_ehlo(&t, "198-51-100-11.dynamic.isp.example",
		    "ENHANCEDSTATUSCODES\nPIPELINING\nDSN\n"
		    "AUTH LOGIN PLAIN\nSTARTTLS\nDELIVERBY");
		for (int k = 0; k < DIALOGUE_MAILS; k++)
			dialogue_refused(&t, m.to[0]);
		dialogue_message(&t, &m);
		smtp_quit(&t);
	}
}

/* The mails are taken, and none is signed. */
void play_spoof_bot(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < SPOOF_MAILS; i++) {
		struct dest *d = scene_dest(s, first + i % 12 * 7);
		int64_t at_us = scene_time(s, i * 31);
		struct mail m;

		mail_init(s, &m, world_liar(i));
		mail_add_rcpt(s, &m, d->domain);
		if (i % 2 == 1) {
			m.dkim = world_liar(i);
			m.forged = true;
		}
		smtp_session(
		    s, d, at_us, "pc12.dynamic.isp.example", &m, DELIVERED);
	}
}

/* Names that change; one is another host's address. */
static const char *slow_helo(struct scene *s)
{
	static const char *const names[] = {
	    "home-pc", "[203.0.113.77]", "mail.example.com", "[127.0.0.1]"};

	return names[prng_below(&s->rng, 4)];
}

void play_slow_bot(struct scene *s)
{
	uint32_t at_s = 0;

	while (at_s < SLOW_UNTIL_S) {
		struct dest *d = scene_any_dest(s);
		struct dest *from = soft_dest(s);
		uint32_t n = prng_below(&s->rng, 100);
		int64_t at_us = scene_time(s, at_s);
		struct mail m;

		mail_init(s, &m, from->domain);
		mail_add_rcpt(s, &m, d->domain);
		smtp_session(s, d, at_us, slow_helo(s), &m,
		    n < 60   ? UNKNOWN_USER
		    : n < 80 ? REJECTED
		    : n < 88 ? SENDER_REFUSED
			     : DELIVERED);
		at_s += prng_range(&s->rng, 120, 180);
	}
}

void play_carrier_bot(struct scene *s)
{
	uint32_t at_s = 0;

	for (int i = 0; i < CARRIER_MAILS; i++) {
		uint32_t to = prng_below(&s->rng, WORLD_CARRIERS);
		struct dest *d = &s->w->carriers[to];
		struct dest *from = soft_dest(s);
		uint32_t n = prng_below(&s->rng, 100);
		int64_t at_us = scene_time(s, at_s);
		struct mail m;

		mail_init(s, &m, from->domain);
		mail_add_rcpt(s, &m, d->domain);
		mail_add_rcpt(s, &m, d->domain);
		smtp_session(s, d, at_us, "keitai", &m,
		    n < 65   ? UNKNOWN_USER
		    : n < 85 ? DELIVERED
			     : REJECTED);
		at_s += prng_range(&s->rng, 40, 70);
	}
}
