/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/deed.h"

#include <string.h>

#include "tests/gen/smtp.h"

#define SERVERS_V4 0xc6131000u /* 198.19.16.0 .. 198.19.255.255 */
#define N_SERVERS  0xf000u
#define OWN_SENDER 1
#define BODY_LINES 3

static const char *const answer_names[DEED_ANSWERS] = {[ANSWER_YES] = "yes",
    [ANSWER_NONE] = "none",
    [ANSWER_RESET] = "reset",
    [ANSWER_HALF] = "half"};
static const struct {
	const char *name;
	enum outcome outcome;
} fates[DEED_FATES] = {
    [FATE_DELIVERED] = {"delivered", DELIVERED},
    [FATE_UNKNOWN] = {"unknown", UNKNOWN_USER},
    [FATE_REJECTED] = {"rejected", REJECTED},
    [FATE_SENDER] = {"sender", SENDER_REFUSED},
    [FATE_LISTED] = {"listed", BLOCKLISTED},
    [FATE_RANGE] = {"range", RANGE_LISTED},
    [FATE_GREY] = {"grey", GREYLISTED},
    [FATE_OVERSIZE] = {"oversize", TOO_LARGE},
    [FATE_NOMAIL] = {"nomail", DELIVERED}, /* no mail comes to it */
};
static const char *const greeting_names[DEED_GREETINGS] = {
    [GREET_FQDN] = "fqdn",
    [GREET_BARE] = "bare",
    [GREET_OTHER_LITERAL] = "other_literal",
    [GREET_NULL] = "null"};

static struct addr server_of(const struct scene *s, uint32_t number)
{
	uint32_t at = SERVERS_V4 + number * 2654435761u % N_SERVERS;

	if (!addr_is_v4(&s->client))
		return world_addr("2001:db8:f2%02x:%x::25", number >> 16 & 0xff,
		    number & 0xffff);
	return world_addr("%u.%u.%u.%u", at >> 24, at >> 16 & 0xff,
	    at >> 8 & 0xff, at & 0xff);
}

/* An address of the prefix for each connection. */
static void rotate(struct scene *s, const struct person *who)
{
	if (who->line.len == 128)
		return;
	for (int i = who->line.len / 8; i < 16; i++)
		s->client.b[i] = (uint8_t)prng_below(&s->rng, 256);
}

static const char *hello_of(
    const struct person *who, const struct talk *t, char buf[static 64])
{
	switch (t->greeting) {
	case GREET_BARE:
		return t->bot ? "WIN-7QK2D0PLA4" : "office";
	case GREET_OTHER_LITERAL:
		return "[203.0.113.77]";
	case GREET_NULL:
		return "[0.0.0.0]";
	case GREET_FQDN:
		break;
	}
	if (t->bot)
		snprintf(buf, 64, "d%u.example", t->sender);
	else
		snprintf(buf, 64, "mail.%s", who->domain);
	return buf;
}

/* The domain whose SPF, or whose key, gives the verdict. */
static const char *sender_of(
    struct scene *s, const struct person *who, const struct talk *t)
{
	unsigned int soft = t->sender % WORLD_DESTS;

	if (t->sender == OWN_SENDER)
		return who->domain;
	if (t->verdict == VERDICT_SPOOFED && t->bot)
		return world_liar(t->sender);
	if (t->verdict != VERDICT_CANNOT_TELL)
		return scene_dest(s, t->sender % (WORLD_DESTS / 4) * 4)->domain;
	return scene_dest(s, soft % 4 == 0 ? soft + 1 : soft)->domain;
}

/* A message keeps its envelope when it is brought again. */
static void make_mail(struct scene *s, const struct person *who,
    const struct talk *t, struct mail *m)
{
	const char *domain = sender_of(s, who, t);

	memset(m, 0, sizeof(*m));
	snprintf(m->from, sizeof(m->from), "m%u@%s", t->message, domain);
	memcpy(m->header_from, m->from, sizeof(m->header_from));
	for (unsigned int i = 0; i < (t->recipients > 0 ? t->recipients : 1u);
	     i++)
		snprintf(m->to[m->n_to++], MAIL_ADDRESS, "r%u.%u@d%u.example",
		    t->message, i, t->domain);
	m->lines = BODY_LINES;
	if (t->bot || t->sender == OWN_SENDER)
		return;
	m->received = 2;
	if (t->verdict == VERDICT_AUTHORISED)
		m->dkim = domain;
}

static void converse(struct scene *s, const struct person *who,
    const struct talk *t, struct smtp *smtp)
{
	char hello[64];
	struct mail m;

	smtp_ehlo(
	    smtp, hello_of(who, t, hello), "PIPELINING\nAUTH PLAIN\nSTARTTLS");
	if (t->tls) {
		smtp_starttls(smtp);
		conn_close(&smtp->c, CLIENT);
		return;
	}
	if (t->login)
		smtp_auth_plain(smtp, who->domain, t->fate != FATE_NOMAIL);
	if (t->fate != FATE_NOMAIL) {
		make_mail(s, who, t, &m);
		smtp_transaction(smtp, &m, fates[t->fate].outcome);
	}
	smtp_quit(smtp);
}

static void no_session(struct scene *s, const struct talk *t,
    const struct addr *server, int64_t at_us)
{
	struct conn c;

	scene_connect(s, &c, server, 25, at_us);
	if (t->answer == ANSWER_RESET)
		conn_refused(&c);
	else if (t->answer == ANSWER_HALF)
		conn_half_open(&c, true);
	else
		conn_unanswered(&c, 2);
}

static void count(struct deeds *d, const struct talk *t)
{
	if (t->answer != ANSWER_YES)
		d->unread[t->answer]++;
	else if (t->tls)
		d->tls++;
	else
		d->mail[t->fate][t->greeting][t->verdict]++;
}

void deed_play(struct deeds *sums, struct scene *s, const struct person *who,
    const struct talk *t, int64_t at_us)
{
	struct addr server = server_of(s, t->server);
	char name[64];
	struct smtp smtp;

	count(sums, t);
	rotate(s, who);
	if (t->answer != ANSWER_YES) {
		no_session(s, t, &server, at_us);
		return;
	}
	snprintf(name, sizeof(name), "mx.d%u.example", t->domain);
	smtp_open(&smtp, s, &server, name, 25, at_us);
	converse(s, who, t, &smtp);
}

void deeds_write(const struct deeds *d, FILE *f)
{
	fputs("answer,fate,greeting,verdict,count\n", f);
	for (int a = 1; a < DEED_ANSWERS; a++)
		if (d->unread[a] > 0)
			fprintf(f, "%s,,,,%u\n", answer_names[a], d->unread[a]);
	if (d->tls > 0)
		fprintf(f, "yes,tls,,,%u\n", d->tls);
	for (int i = 0; i < DEED_FATES * DEED_GREETINGS * DEED_VERDICTS; i++) {
		int fate = i / (DEED_GREETINGS * DEED_VERDICTS);
		int greeting = i / DEED_VERDICTS % DEED_GREETINGS;
		int verdict = i % DEED_VERDICTS;
		uint32_t n = d->mail[fate][greeting][verdict];

		if (n > 0)
			fprintf(f, "yes,%s,%s,%s,%u\n", fates[fate].name,
			    greeting_names[greeting],
			    verdict_name((enum verdict)verdict), n);
	}
}
