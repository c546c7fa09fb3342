/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/parts/dialogue.h"

#include <stdio.h>
#include <string.h>

#define BODY_MAX 20000
#define C        TALK_CLIENT
#define S        TALK_SERVER

/* Lines of 76 characters, as base64 has them; from a random place on. */
static size_t fill_text(struct prng *r, char *out, size_t len)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				  "opqrstuvwxyz0123456789+/";
	uint64_t bits = 0;
	size_t n = 0;

	for (; n + 78 <= len; n += 78) {
		for (int i = 0; i < 76; i++, bits >>= 6) {
			if (i % 10 == 0)
				bits = prng_next(r);
			out[n + (size_t)i] = abc[bits & 63];
		}
		memcpy(out + n + 76, "\r\n", 2);
	}
	return n;
}

static void fill_noise(struct prng *r, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t v = prng_next(r);

		memcpy(out + i, &v, len - i < 8 ? len - i : 8);
	}
}

/* len bytes as TLS records of one type (RFC 8446 section 5.1). */
static void say_tls(struct talk *t, enum talk_side from, int type, size_t len)
{
	uint8_t record[5 + 4096];

	while (len > 0) {
		size_t n = len < 4096 ? len : 4096;

		record[0] = (uint8_t)type;
		record[1] = record[2] = 3;
		record[3] = (uint8_t)(n >> 8);
		record[4] = (uint8_t)n;
		fill_noise(&t->rng, record + 5, n);
		if (type == 22)
			record[5] = from == C ? 1 : 2;
		talk_say(t, from, record, 5 + n);
		len -= n;
	}
}

static void say_tls_session(struct talk *t, size_t up, size_t down)
{
	say_tls(t, C, 22, 512);
	say_tls(t, S, 22, 3600);
	say_tls(t, C, 23, 74);
	say_tls(t, C, 23, up);
	say_tls(t, S, 23, down);
}

static size_t put_signature(struct prng *r, char *out, size_t size)
{
	char b64[400];
	int n;

	fill_text(r, b64, sizeof(b64));
	n = snprintf(out, size,
	    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	    "\td=dom%u.example; s=s2026; t=1764000000;\r\n"
	    "\th=from:to:subject:date:message-id:mime-version;\r\n"
	    "\tbh=%.43s=;\r\n\tb=%.70s\r\n\t %.70s\r\n\t %.70s\r\n"
	    "\t %.70s\r\n\t %.62s==\r\n",
	    prng_below(r, 700), b64, b64 + 80, b64 + 158, b64 + 236, b64 + 314,
	    b64 + 1);
	return (size_t)n;
}

static void say_message(struct talk *t, const char *from, bool dkim)
{
	char m[4096 + BODY_MAX];
	struct prng *r = &t->rng;
	size_t n = 0;

	n += (size_t)snprintf(m, 256,
	    "Received: from [100.64.1.2] by relay.example with ESMTP id "
	    "%08x;\r\n"
	    "\tMon, 24 Nov 2025 10:00:00 +0000\r\n",
	    (unsigned int)prng_next(r));
	if (dkim && prng_chance(r, 500))
		n += put_signature(r, m + n, 2048);
	n += (size_t)snprintf(m + n, 1024,
	    "From: Some One <%s>\r\nTo: <someone@example.net>\r\n"
	    "Subject: message %u\r\nDate: Mon, 24 Nov 2025 10:00:00 +0000\r\n"
	    "Message-ID: <%llx@mail.example>\r\nMIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    from, prng_below(r, 1000000), (unsigned long long)r->state);
	n += fill_text(r, m + n, prng_range(r, 1000, BODY_MAX));
	memcpy(m + n, ".\r\n", 3);
	talk_say(t, C, m, n + 3);
	talk_printf(
	    t, S, "250 2.0.0 Ok: queued as %08X\r\n", (unsigned int)r->state);
}

/* True: a recipient was accepted. */
static bool say_recipients(struct talk *t, unsigned int n)
{
	bool accepted = false;

	for (; n > 0; n--) {
		uint32_t x = prng_below(&t->rng, 100);

		talk_printf(t, C, "RCPT TO:<user%u@dst%u.example>\r\n",
		    prng_below(&t->rng, 1000000), prng_below(&t->rng, 4000));
		if (x < 12)
			talk_printf(t, S,
			    "550 5.1.1 Recipient address rejected: "
			    "User unknown\r\n");
		else if (x < 16)
			talk_printf(
			    t, S, "451 4.7.1 Greylisted, try again later\r\n");
		else
			talk_printf(t, S, "250 2.1.5 Ok\r\n");
		accepted |= x >= 16;
	}
	return accepted;
}

static void say_pipelined(struct talk *t, const char *from, unsigned int n)
{
	char line[1024], reply[1024];
	size_t a, b;

	a = (size_t)snprintf(line, 200, "MAIL FROM:<%s> SIZE=9000\r\n", from);
	b = (size_t)snprintf(reply, 100, "250 2.1.0 Ok\r\n");
	for (; n > 0; n--) {
		a += (size_t)snprintf(line + a, 100,
		    "RCPT TO:<user%u@dst%u.example>\r\n",
		    prng_below(&t->rng, 1000000) + 1, n);
		b += (size_t)snprintf(reply + b, 100, "250 2.1.5 Ok\r\n");
	}
	a += (size_t)snprintf(line + a, 100, "DATA\r\n");
	b += (size_t)snprintf(reply + b, 100, "354 End with .\r\n");
	talk_say(t, C, line, a);
	talk_say(t, S, reply, b);
}

static void say_transaction(struct talk *t, bool dkim)
{
	unsigned int n = 1;
	char from[64];

	if (prng_chance(&t->rng, 250))
		n += prng_below(&t->rng, 5);
	snprintf(from, sizeof(from), "user%u@dom%u.example", t->peers.client,
	    t->peers.client % 700);
	if (prng_chance(&t->rng, 300)) {
		say_pipelined(t, from, n);
		say_message(t, from, dkim);
		return;
	}
	talk_printf(t, C, "MAIL FROM:<%s>\r\n", from);
	talk_printf(t, S, "250 2.1.0 Ok\r\n");
	if (!say_recipients(t, n))
		return;
	talk_printf(t, C, "DATA\r\n");
	talk_printf(t, S, "354 End data with <CR><LF>.<CR><LF>\r\n");
	say_message(t, from, dkim);
}

static void say_smtp(struct talk *t, bool starttls, bool dkim)
{
	unsigned int no = t->peers.server;

	talk_printf(t, S, "220 mx%u.example.net ESMTP\r\n", no);
	talk_segment(t, C, TALK_ACK, NULL, 0);
	talk_printf(t, C, "EHLO host-%u.cust.example\r\n", t->peers.client);
	talk_printf(t, S,
	    "250-mx%u.example.net\r\n250-PIPELINING\r\n250-SIZE 36700160\r\n"
	    "%s250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250 CHUNKING\r\n",
	    no, starttls ? "250-STARTTLS\r\n" : "");
	if (starttls) {
		talk_printf(t, C, "STARTTLS\r\n");
		talk_printf(t, S, "220 2.0.0 Ready to start TLS\r\n");
		say_tls_session(t, prng_range(&t->rng, 2000, 12000), 300);
		return;
	}
	do
		say_transaction(t, dkim);
	while (prng_chance(&t->rng, 200));
	talk_printf(t, C, "QUIT\r\n");
	talk_printf(t, S, "221 2.0.0 Bye\r\n");
}

void dialogue_mail(struct talk *t, uint64_t seed, int64_t now_us, bool dkim)
{
	uint32_t x;

	talk_begin(t, seed, 25, now_us);
	t->lost_permille = 5;
	x = prng_below(&t->rng, 100);
	if (x < 6) { /* nobody there */
		for (int i = 0; i < 3; i++) {
			uint32_t seq = t->peers.seq[C];

			talk_segment(t, C, TALK_SYN, NULL, 0);
			t->peers.seq[C] = seq;
			t->now_us += 1000000 << i;
		}
		return;
	}
	if (x < 10) { /* port closed */
		talk_segment(t, C, TALK_SYN, NULL, 0);
		t->now_us += t->rtt_us;
		talk_segment(t, S, TALK_RST | TALK_ACK, NULL, 0);
		return;
	}
	if (x >= 92)
		t->peers.port[S] = x >= 96 ? 465 : 587;
	talk_handshake(t);
	if (x < 18)
		talk_printf(t, S,
		    "554 5.7.1 mx%u.example.net: your address is listed\r\n",
		    t->peers.server);
	else if (x >= 96)
		say_tls_session(t, prng_range(&t->rng, 2000, 12000), 300);
	else
		say_smtp(t, x >= 80, dkim);
	talk_close(t, x < 18 ? S : C);
}

static void say_udp(
    struct talk *t, unsigned int n, uint32_t least, uint32_t most)
{
	uint8_t data[1300];

	for (unsigned int i = 0; i < n; i++) {
		uint32_t len = prng_range(&t->rng, least, most);

		fill_noise(&t->rng, data, len);
		talk_udp(t, i % 4 == 0 ? C : S, data, len);
		t->now_us += prng_range(&t->rng, 100, 20000);
	}
}

static void say_http(struct talk *t, size_t size)
{
	uint8_t data[4096];

	talk_printf(t, C, "GET /f%u HTTP/1.1\r\nHost: www.example\r\n\r\n",
	    prng_below(&t->rng, 9999) + 1);
	talk_printf(
	    t, S, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
	for (; size > 0; size -= size < sizeof(data) ? size : sizeof(data)) {
		fill_noise(&t->rng, data, sizeof(data));
		talk_say(t, S, data, size < sizeof(data) ? size : sizeof(data));
	}
}

void dialogue_other(struct talk *t, uint64_t seed, int64_t now_us)
{
	uint32_t x, size;

	talk_begin(t, seed, 443, now_us);
	t->lost_permille = 2;
	t->peers.v6 = prng_chance(&t->rng, 333);
	x = prng_below(&t->rng, 100);
	/* heavy-tailed: many small ones, some of half a megabyte */
	size = 6000000 / prng_range(&t->rng, 12, 1000);
	if (x < 30) { /* DNS */
		t->peers.port[S] = 53;
		say_udp(t, 2, 40, 200);
	} else if (x < 45) { /* QUIC */
		say_udp(t, size / 1000 + 3, 1000, 1300);
	} else if (x < 52) { /* calls, games */
		t->peers.port[S] = (uint16_t)prng_range(&t->rng, 3000, 30000);
		say_udp(t, size / 200 + 4, 80, 320);
	} else {
		if (x >= 90)
			t->peers.port[S] = x >= 95 ? 8333 : 80;
		talk_handshake(t);
		if (x < 90)
			say_tls_session(t, 800, size);
		else
			say_http(t, size);
		talk_close(t, C);
	}
}
