/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios of households behind one public address. */
#include "tests/gen/smtp.h"

/* Two or three mails of a device that sends by itself; the domain's SPF proves
 * nothing against anybody. */
static void send_few(struct scene *s)
{
	uint32_t n = prng_range(&s->rng, 2, 3);

	for (uint32_t i = 0; i < n; i++) {
		struct dest *from =
		    scene_dest(s, 1 + 4 * prng_below(&s->rng, 50));
		int64_t at_us = scene_time(s, i * 2400);
		struct dest *d = scene_any_dest(s);
		struct mail m;

		mail_init(s, &m, from->domain);
		mail_add_rcpt(s, &m, d->domain);
		smtp_session(s, d, at_us, "scanner.home.arpa", &m, DELIVERED);
	}
}

void play_shared_home(struct scene *s)
{
	static void (*const lives[])(struct scene *) = {play_innocent_587,
	    play_nas, play_own_server_user, play_nonsmtp, send_few};

	lives[(size_t)s->home % (sizeof(lives) / sizeof(lives[0]))](s);
}
