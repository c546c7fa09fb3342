/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of customers' own mail servers, none of which may be blocked. */
#include <stdio.h>
#include <string.h>

#include "tests/gen/smtp.h"

#define HOME_MAILS   45
#define LIST_DOMAINS 40
#define LIST_EACH    5
#define RETRY_S      360
#define TEXT_MAX     32768

static void helo_name(const struct scene *s, char name[static MAIL_ADDRESS])
{
	snprintf(name, MAIL_ADDRESS, "mail.%s", s->sc->own_domain);
}

/* One unremarkable mail of the customer's domain. */
static void own_mail(struct scene *s, const struct dest *d, int64_t at_us,
    const struct mail *m, enum outcome o)
{
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	smtp_session(s, d, at_us, helo, m, o);
}

static void steady(struct scene *s, int mails, int domains, uint32_t gap_s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);
	uint32_t at_s = 0;

	for (int i = 0; i < mails; i++) {
		uint32_t to = prng_below(&s->rng, (uint32_t)domains);
		struct dest *d = scene_dest(s, first + to);
		uint32_t n = prng_below(&s->rng, 100);
		int64_t at_us = scene_time(s, at_s);
		struct mail m;

		mail_init(s, &m, s->sc->own_domain);
		mail_add_rcpt(s, &m, d->domain);
		if (n < 10)
			m.from[0] = '\0'; /* a bounce */
		if (n % 2 == 0)
			m.dkim = s->sc->own_domain;
		if (n >= 10 && n < 18) {
			own_mail(s, d, at_us, &m, GREYLISTED);
			at_us = scene_time(s, at_s + RETRY_S);
		}
		own_mail(s, d, at_us, &m, n >= 97 ? UNKNOWN_USER : DELIVERED);
		at_s += prng_range(&s->rng, gap_s * 9 / 10, gap_s * 11 / 10);
	}
}

void play_home_server(struct scene *s)
{
	steady(s, HOME_MAILS, 30, 200);
}

/* Behind the CGN: receivers see EGRESS, which its SPF names. */
void play_cgn_server(struct scene *s)
{
	steady(s, 20, 8, 240);
}

/* VERP: the sender names the recipient, each has its own mail. */
void play_mailing_list(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	for (uint32_t i = 0; i < LIST_DOMAINS; i++) {
		struct dest *d = scene_dest(s, first + i * 3);
		struct smtp t;
		struct mail m;

		smtp_open(&t, s, &d->v4, d->mx, 25, scene_time(s, i * 90));
		smtp_ehlo(&t, helo, "PIPELINING");
		for (int k = 0; k < LIST_EACH; k++) {
			char local[MARK_LEN];
			bool gone = prng_chance(&s->rng, 20);

			mail_init(s, &m, s->sc->own_domain);
			mail_add_rcpt(s, &m, d->domain);
			world_mark(s->w, &s->rng, "local", local);
			snprintf(m.from, sizeof(m.from), "b-%s=%s@%s", local,
			    d->domain, s->sc->own_domain);
			m.dkim = s->sc->own_domain;
			smtp_transaction(
			    &t, &m, gone ? UNKNOWN_USER : DELIVERED);
			if (gone) {
				smtp_say(&t, CLIENT, "RSET");
				smtp_say(&t, SERVER, "250 2.0.0 Ok");
			}
		}
		smtp_quit(&t);
	}
}

/* Others' mail, passed on as it came: SPF fails, the signature is there. */
void play_forwarder(struct scene *s)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < 25; i++) {
		struct dest *from = scene_dest(s, i * 4);
		uint32_t to = prng_below(&s->rng, 3);
		int64_t at_us = scene_time(s, i * 300);
		const char *domain = i % 2 == 0 ? from->domain : world_liar(i);
		struct mail m;

		mail_init(s, &m, domain);
		mail_add_rcpt(s, &m, scene_dest(s, first + to)->domain);
		m.received = 3;
		/* not every domain that publishes -all signs */
		if (i % 4 != 3)
			m.dkim = domain;
		own_mail(s, scene_dest(s, first + to), at_us, &m, DELIVERED);
	}
}

/* Case 1 by IPv6. */
static void write_home(struct scene *s, const char *helo)
{
	struct addr server = world_addr("2001:db8:1ff::25");
	struct smtp t;
	struct mail m;

	mail_init(s, &m, s->sc->own_domain);
	mail_add_rcpt(s, &m, "isp.example");
	smtp_open(&t, s, &server, "mx1.isp.example", 25, scene_time(s, 6100));
	smtp_ehlo(&t, helo, "PIPELINING");
	smtp_transaction(&t, &m, DELIVERED);
	smtp_quit(&t);
}

void play_starttls_server(struct scene *s)
{
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	for (uint32_t i = 0; i < 15; i++) {
		struct dest *d = scene_any_dest(s);
		struct smtp t;

		smtp_open(&t, s, scene_server(s, d), d->mx, 25,
		    scene_time(s, i * 400));
		smtp_ehlo(&t, helo, "PIPELINING\nSTARTTLS");
		smtp_starttls(&t);
		conn_close(&t.c, CLIENT);
	}
	write_home(s, helo);
}

/* RFC 3030: the message in two chunks. */
static void bdat_transaction(struct smtp *t, const struct mail *m)
{
	char text[TEXT_MAX], chunk[TEXT_MAX + 64];
	size_t len, first;
	int n;

	smtp_say(t, CLIENT, "MAIL FROM:<%s> BODY=BINARYMIME", m->from);
	smtp_say(t, SERVER, "250 2.1.0 Ok");
	smtp_say(t, CLIENT, "RCPT TO:<%s>", m->to[0]);
	smtp_say(t, SERVER, "250 2.1.5 Ok");
	len = mail_text(t->s, m, t->c.now_us, text, sizeof(text));
	first = prng_range(&t->s->rng, 1, (uint32_t)len - 1);
	n = snprintf(chunk, sizeof(chunk), "BDAT %zu\r\n", first);
	memcpy(chunk + n, text, first);
	conn_say(&t->c, CLIENT, chunk, (size_t)n + first);
	smtp_say(t, SERVER, "250 2.0.0 %zu octets received", first);
	n = snprintf(chunk, sizeof(chunk), "BDAT %zu LAST\r\n", len - first);
	memcpy(chunk + n, text + first, len - first);
	conn_say(&t->c, CLIENT, chunk, (size_t)n + len - first);
	smtp_say(t, SERVER, "250 2.0.0 Ok: %zu octets queued", len);
}

void play_bdat_client(struct scene *s)
{
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	for (uint32_t i = 0; i < 12; i++) {
		struct dest *d = scene_any_dest(s);
		struct smtp t;
		struct mail m;

		mail_init(s, &m, s->sc->own_domain);
		mail_add_rcpt(s, &m, d->domain);
		smtp_open(&t, s, &d->v4, d->mx, 25, scene_time(s, i * 350));
		smtp_ehlo(&t, helo, "CHUNKING\nBINARYMIME");
		bdat_transaction(&t, &m);
		smtp_quit(&t);
	}
}

/* RFC 2920: the envelope in one piece; what follows the last dot comes with
 * the message. */
static void pipeline_mails(struct smtp *t, struct mail *m, unsigned int n)
{
	char text[TEXT_MAX];

	for (unsigned int i = 0; i < n; i++) {
		bool last = i + 1 == n;
		size_t len;

		if (i == 0)
			smtp_say(t, CLIENT,
			    "MAIL FROM:<%s>\nRCPT TO:<%s>\nRCPT TO:<%s>\n"
			    "DATA",
			    m[0].from, m[0].to[0], m[0].to[1]);
		smtp_say(t, SERVER,
		    "250 2.1.0 Ok\n250 2.1.5 Ok\n250 2.1.5 Ok\n354 Go ahead");
		len = mail_text(
		    t->s, &m[i], t->c.now_us, text, sizeof(text) - 512);
		len += (size_t)snprintf(text + len, 512, ".\r\n");
		if (last)
			len += (size_t)snprintf(text + len, 500, "QUIT\r\n");
		else
			len += (size_t)snprintf(text + len, 500,
			    "MAIL FROM:<%s>\r\nRCPT TO:<%s>\r\n"
			    "RCPT TO:<%s>\r\nDATA\r\n",
			    m[i + 1].from, m[i + 1].to[0], m[i + 1].to[1]);
		conn_say(&t->c, CLIENT, text, len);
		smtp_say(t, SERVER, "250 2.0.0 Ok: queued");
	}
	smtp_say(t, SERVER, "221 2.0.0 Bye");
	conn_close(&t->c, SERVER);
}

void play_pipeliner(struct scene *s)
{
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	for (uint32_t i = 0; i < 10; i++) {
		struct dest *d = scene_any_dest(s);
		struct smtp t;
		struct mail m[3];

		for (int k = 0; k < 3; k++) {
			mail_init(s, &m[k], s->sc->own_domain);
			mail_add_rcpt(s, &m[k], d->domain);
			mail_add_rcpt(s, &m[k], d->domain);
		}
		smtp_open(&t, s, &d->v4, d->mx, 25, scene_time(s, i * 420));
		smtp_ehlo(&t, helo, "PIPELINING");
		pipeline_mails(&t, m, 3);
	}
}

/* Declared, refused, not sent. */
void play_oversize(struct scene *s)
{
	char helo[MAIL_ADDRESS];

	helo_name(s, helo);
	for (uint32_t i = 0; i < 8; i++) {
		struct dest *d = scene_any_dest(s);
		uint32_t size = prng_range(&s->rng, 31000000, 90000000);
		struct smtp t;
		struct mail m;

		mail_init(s, &m, s->sc->own_domain);
		mail_add_rcpt(s, &m, d->domain);
		smtp_open(&t, s, &d->v4, d->mx, 25, scene_time(s, i * 500));
		smtp_ehlo(&t, helo, "PIPELINING");
		smtp_say(&t, CLIENT, "MAIL FROM:<%s> SIZE=%u", m.from, size);
		smtp_say(
		    &t, SERVER, "552 5.3.4 Message size exceeds fixed limit");
		smtp_quit(&t);
	}
}
