/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a dialogue that hide something: AUTH and TLS. */
#include <stdio.h>
#include <string.h>

#include "tests/gen/base64.h"
#include "tests/gen/smtp.h"

#define RECORD_MAX 1024
#define HELLO_HEAD (4 + 2 + 32 + 1 + 32) /* before cipher suites */

struct login {
	char user[MAIL_ADDRESS];
	char password[MARK_LEN];
};

static void login_init(struct scene *s, struct login *l, const char *domain)
{
	char local[MARK_LEN];

	world_mark(s->w, &s->rng, "local", local);
	snprintf(l->user, sizeof(l->user), "%s@%s", local, domain);
	world_mark(s->w, &s->rng, "password", l->password);
}

static void answer_login(struct smtp *t, bool ok)
{
	smtp_say(t, SERVER, "%s",
	    ok ? "235 2.7.0 Authentication successful"
	       : "535 5.7.8 Error: authentication failed");
}

void smtp_auth_plain(struct smtp *t, const char *domain, bool ok)
{
	char raw[MAIL_ADDRESS + MARK_LEN + 2];
	char b64[BASE64_LEN(sizeof(raw))];
	struct login l;
	int len;

	login_init(t->s, &l, domain);
	len = snprintf(raw, sizeof(raw), "%c%s%c%s", 0, l.user, 0, l.password);
	base64_encode(raw, (size_t)len, b64);
	world_add_mark(t->s->w, "password", b64);
	smtp_say(t, CLIENT, "AUTH PLAIN %s", b64);
	answer_login(t, ok);
}

void smtp_auth_login(struct smtp *t, const char *domain, bool ok)
{
	char b64[BASE64_LEN(MAIL_ADDRESS)];
	struct login l;

	login_init(t->s, &l, domain);
	smtp_say(t, CLIENT, "AUTH LOGIN");
	smtp_say(t, SERVER, "334 VXNlcm5hbWU6");
	base64_encode(l.user, strlen(l.user), b64);
	world_add_mark(t->s->w, "local", b64);
	smtp_say(t, CLIENT, "%s", b64);
	smtp_say(t, SERVER, "334 UGFzc3dvcmQ6");
	base64_encode(l.password, strlen(l.password), b64);
	world_add_mark(t->s->w, "password", b64);
	smtp_say(t, CLIENT, "%s", b64);
	answer_login(t, ok);
}

static void fill(struct smtp *t, uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)prng_next(&t->s->rng);
}

/* A TLS record (RFC 8446 section 5.1). */
static void say_record(struct smtp *t, enum side from, uint8_t type,
    const uint8_t *body, size_t len)
{
	uint8_t record[RECORD_MAX + 5] = {type, 3, 3};

	record[3] = (uint8_t)(len >> 8);
	record[4] = (uint8_t)(len & 0xff);
	memcpy(record + 5, body, len);
	conn_say(&t->c, from, record, len + 5);
}

/* ClientHello or ServerHello of TLS 1.3 (section 4.1): version, random,
 * session id, and what differs between the two. */
static void say_hello(struct smtp *t, enum side from)
{
	static const uint8_t client_tail[] = {0, 6, 0x13, 0x01, 0x13, 0x02,
	    0xc0, 0x2f, 1, 0, 0, 17, 0x00, 0x2b, 0, 3, 2, 3, 4, 0x00, 0x0d, 0,
	    6, 0, 4, 4, 3, 8, 4};
	static const uint8_t server_tail[] = {
	    0x13, 0x01, 0, 0, 6, 0x00, 0x2b, 0, 2, 3, 4};
	const uint8_t *tail = from == CLIENT ? client_tail : server_tail;
	size_t n = from == CLIENT ? sizeof(client_tail) : sizeof(server_tail);
	uint8_t hello[HELLO_HEAD + sizeof(client_tail)];

	fill(t, hello, HELLO_HEAD);
	hello[0] = from == CLIENT ? 1 : 2;
	hello[1] = hello[2] = 0;
	hello[3] = (uint8_t)(HELLO_HEAD - 4 + n);
	hello[4] = hello[5] = 3;
	hello[HELLO_HEAD - 33] = 32;
	memcpy(hello + HELLO_HEAD, tail, n);
	say_record(t, from, 22, hello, HELLO_HEAD + n);
}

void smtp_tls(struct smtp *t, unsigned int exchanges)
{
	uint8_t secret[RECORD_MAX];
	uint32_t n;

	say_hello(t, CLIENT);
	say_hello(t, SERVER);
	for (unsigned int i = 0; i < exchanges; i++) {
		fill(t, secret, sizeof(secret));
		n = prng_range(&t->s->rng, 30, RECORD_MAX);
		say_record(t, CLIENT, 23, secret, n);
		n = prng_range(&t->s->rng, 24, 90);
		say_record(t, SERVER, 23, secret + 1, n);
	}
}

void smtp_starttls(struct smtp *t)
{
	smtp_say(t, CLIENT, "STARTTLS");
	smtp_say(t, SERVER, "220 2.0.0 Ready to start TLS");
	smtp_tls(t, 6);
}
