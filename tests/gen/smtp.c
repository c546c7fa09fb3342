/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/smtp.h"

#include <stdarg.h>
#include <string.h>

#include "base/clock.h"

#define SAY_MAX  4096
#define TEXT_MAX 32768

void smtp_open(struct smtp *t, struct scene *s, const struct addr *server,
    const char *name, uint16_t port, int64_t at_us)
{
	t->s = s;
	t->server = name;
	scene_connect(s, &t->c, server, port, at_us);
	conn_open(&t->c);
	smtp_say(t, SERVER, "220 %s ESMTP ready", name);
}

void smtp_say(struct smtp *t, enum side from, const char *fmt, ...)
{
	char text[SAY_MAX], wire[2 * SAY_MAX + 2];
	size_t len = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '\n')
			wire[len++] = '\r';
		wire[len++] = *p;
	}
	wire[len++] = '\r';
	wire[len++] = '\n';
	conn_say(&t->c, from, wire, len);
}

void smtp_ehlo(struct smtp *t, const char *name, const char *offers)
{
	char text[512];
	char client[ADDR_STRLEN];
	int len;

	addr_format(&t->c.peer[CLIENT].addr, client);
	smtp_say(t, CLIENT, "EHLO %s", name);
	len = snprintf(text, sizeof(text), "250-%s greets %s [%s]", t->server,
	    name, client);
	while (*offers != '\0') {
		size_t n = strcspn(offers, "\n");

		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    "\n250-%.*s", (int)n, offers);
		offers += n + (offers[n] == '\n');
	}
	smtp_say(t, SERVER, "%s\n250-SIZE 52428800\n250 8BITMIME", text);
}

static void refuse_mail(struct smtp *t, const struct mail *m, enum outcome o)
{
	char client[ADDR_STRLEN];

	addr_format(&t->c.peer[CLIENT].addr, client);
	if (o == BLOCKLISTED)
		smtp_say(t, SERVER,
		    "554 5.7.1 Service unavailable; Client host [%s] blocked "
		    "using dnsbl.example; listed as a source of spam",
		    client);
	else
		smtp_say(t, SERVER,
		    "553 5.1.8 <%s>... Domain of sender address %s does not "
		    "exist",
		    m->from, m->from);
}

static void answer_rcpt(struct smtp *t, const char *to, enum outcome o)
{
	if (o == UNKNOWN_USER)
		smtp_say(t, SERVER,
		    "550 5.1.1 <%s>: Recipient address rejected: User "
		    "unknown in virtual mailbox table",
		    to);
	else if (o == GREYLISTED)
		smtp_say(t, SERVER,
		    "450 4.2.0 <%s>: Recipient address rejected: Greylisted, "
		    "try again in 300 seconds",
		    to);
	else if (o == RANGE_LISTED)
		smtp_say(t, SERVER,
		    "554 5.7.1 Service unavailable; your network is listed by "
		    "dnsbl.example as a range of dynamic lines");
	else
		smtp_say(t, SERVER, "250 2.1.5 Ok");
}

void smtp_data(struct smtp *t, const struct mail *m, const char *answer)
{
	char text[TEXT_MAX];
	size_t len;

	smtp_say(t, CLIENT, "DATA");
	smtp_say(t, SERVER, "354 End data with <CR><LF>.<CR><LF>");
	len = mail_text(t->s, m, t->c.now_us, text, sizeof(text) - 4);
	memcpy(text + len, ".\r\n", 3);
	conn_say(&t->c, CLIENT, text, len + 3);
	conn_wait(&t->c, prng_range(&t->s->rng, 1000, 200000));
	smtp_say(t, SERVER, "%s", answer);
}

void smtp_transaction(struct smtp *t, const struct mail *m, enum outcome o)
{
	smtp_say(t, CLIENT, "MAIL FROM:<%s>", m->from);
	if (o == BLOCKLISTED || o == SENDER_REFUSED) {
		refuse_mail(t, m, o);
		return;
	}
	smtp_say(t, SERVER, "250 2.1.0 Ok");
	for (unsigned int i = 0; i < m->n_to; i++) {
		smtp_say(t, CLIENT, "RCPT TO:<%s>", m->to[i]);
		answer_rcpt(t, m->to[i], o);
	}
	if (o == DELIVERED)
		smtp_data(t, m, "250 2.0.0 Ok: queued as 4F1D2E7A90");
	else if (o == REJECTED)
		smtp_data(
		    t, m, "554 5.7.1 Message refused: content looks like spam");
	else if (o == TOO_LARGE)
		smtp_data(t, m, "552 5.3.4 Message size exceeds fixed limit");
}

void smtp_quit(struct smtp *t)
{
	smtp_say(t, CLIENT, "QUIT");
	smtp_say(t, SERVER, "221 2.0.0 Bye");
	conn_close(&t->c, prng_chance(&t->s->rng, 700) ? SERVER : CLIENT);
}

void smtp_session(struct scene *s, const struct dest *d, int64_t at_us,
    const char *helo, const struct mail *m, enum outcome o)
{
	struct smtp t;

	smtp_open(&t, s, scene_server(s, d), d->mx, 25, at_us);
	smtp_ehlo(&t, helo, "PIPELINING\nSTARTTLS");
	smtp_transaction(&t, m, o);
	smtp_quit(&t);
}
