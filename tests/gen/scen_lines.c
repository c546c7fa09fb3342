/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of people and devices that use a mail server of somebody else. */
#include "tests/gen/smtp.h"

#define OWN_MX     "192.0.2.241"
#define OWN_SUBMIT "192.0.2.242"
#define OWN_DOMAIN "isp.example"

static void submit(struct scene *s, const struct addr *server, const char *name,
    uint16_t port, int64_t at_us, const char *domain, const char *to)
{
	struct smtp t;
	struct mail m;

	mail_init(s, &m, domain);
	mail_add_rcpt(s, &m, to);
	smtp_open(&t, s, server, name, port, at_us);
	smtp_ehlo(&t, "[192.168.1.20]", "AUTH PLAIN LOGIN\nSTARTTLS");
	if (prng_chance(&s->rng, 500))
		smtp_auth_plain(&t, domain, true);
	else
		smtp_auth_login(&t, domain, true);
	smtp_transaction(&t, &m, DELIVERED);
	smtp_quit(&t);
}

/* Alerts by way of a mailbox provider; some through our own server. */
void play_nas(struct scene *s)
{
	struct dest *provider = scene_dest(s, 3);
	struct addr own = world_addr(OWN_MX);

	for (uint32_t i = 0; i < 8; i++) {
		int64_t at_us = scene_time(s, i * 1200);
		struct smtp t;
		struct mail m;

		submit(s, &provider->v4, provider->mx, 587, at_us,
		    provider->domain, provider->domain);
		if (i % 2 == 1)
			continue;
		mail_init(s, &m, OWN_DOMAIN);
		mail_add_rcpt(s, &m, OWN_DOMAIN);
		smtp_open(&t, s, &own, "mx1.isp.example", 25,
		    scene_time(s, i * 1200 + 60));
		smtp_ehlo(&t, "NAS", "PIPELINING");
		smtp_transaction(&t, &m, DELIVERED);
		smtp_quit(&t);
	}
}

/* A mail program that still submits on a foreign port 25. */
void play_misconfigured(struct scene *s)
{
	static const int64_t at_s[] = {0, 2100, 4800, 7300, 8200};
	struct dest *provider = scene_dest(s, 4);

	for (size_t i = 0; i < sizeof(at_s) / sizeof(at_s[0]); i++) {
		int64_t at_us = scene_time(s, at_s[i]);

		submit(s, &provider->v4, provider->mx, 25, at_us,
		    provider->domain, scene_dest(s, 9)->domain);
	}
}

void play_innocent_587(struct scene *s)
{
	struct dest *provider = scene_dest(s, 7);

	for (uint32_t i = 0; i < 12; i++) {
		int64_t at_us = scene_time(s, i * 600);
		struct smtp t;

		if (i % 2 == 0) {
			smtp_open(
			    &t, s, &provider->v4, provider->mx, 587, at_us);
			smtp_ehlo(&t, "[192.168.1.30]", "STARTTLS");
			smtp_starttls(&t);
		} else {
			t.s = s;
			scene_connect(s, &t.c, &provider->v4, 465, at_us);
			conn_open(&t.c);
			smtp_tls(&t, 9);
		}
		conn_close(&t.c, CLIENT);
	}
}

/* Case 1. Some recipients do not exist: no evidence here. */
void play_own_server_user(struct scene *s)
{
	struct addr submission = world_addr(OWN_SUBMIT);
	struct addr mx = world_addr(OWN_MX);

	for (uint32_t i = 0; i < 12; i++) {
		struct dest *d = scene_any_dest(s);
		int64_t at_us = scene_time(s, i * 700);
		struct smtp t;
		struct mail m;

		submit(s, &submission, "submit.isp.example", 587, at_us,
		    OWN_DOMAIN, d->domain);
		mail_init(s, &m, OWN_DOMAIN);
		mail_add_rcpt(s, &m, OWN_DOMAIN);
		smtp_open(&t, s, &mx, "mx1.isp.example", 25,
		    scene_time(s, i * 700 + 100));
		smtp_ehlo(&t, "[192.168.1.40]", "PIPELINING");
		smtp_transaction(&t, &m, i % 4 == 0 ? UNKNOWN_USER : DELIVERED);
		smtp_quit(&t);
	}
}

/* Case 3: on the road. */
void play_offnet_user(struct scene *s)
{
	struct addr server = world_addr(OWN_SUBMIT);

	for (uint32_t i = 0; i < 6; i++) {
		struct dest *d = scene_any_dest(s);
		int64_t at_us = scene_time(s, i * 900);

		submit(s, &server, "submit.isp.example", 587, at_us, OWN_DOMAIN,
		    d->domain);
	}
}

static void strange_burst(struct scene *s, const char *helo)
{
	uint32_t first = prng_below(&s->rng, WORLD_DESTS);

	for (uint32_t i = 0; i < 24; i++) {
		struct dest *d = scene_dest(s, first + i);
		int64_t at_us = scene_time(s, i * 2);
		struct mail m;

		mail_init(s, &m, "example.com");
		mail_add_rcpt(s, &m, d->domain);
		smtp_session(s, d, at_us, helo, &m,
		    i % 3 == 0 ? DELIVERED : UNKNOWN_USER);
	}
}

/* Case 4: nothing of ours, however bad. */
void play_transit(struct scene *s)
{
	strange_burst(s, "transit.example.com");
}

/* Our address, but no customer's: counted, never blocked. */
void play_unknown_client(struct scene *s)
{
	strange_burst(s, "nobody");
}
