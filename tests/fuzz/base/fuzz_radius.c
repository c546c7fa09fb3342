/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses what the attributes mean, the rest is a datagram.
 * Whatever it says, what comes out is bounded, and an answer fits. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/radius_auth.h"
#include "base/radius_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW_US (INT64_C(1700000000) * US_PER_S)

static const struct radius_map maps[] = {
    {.customer = {0, 1},
	.customer_prefix = "",
	.class_prefix = "",
	.strip_realms = "*"},
    {.customer = {0, 25},
	.customer_prefix = "c=",
	.line_class = {0, 25},
	.class_prefix = "line=",
	.strip_realms = "isp.example",
	.framed_netmask = true,
	.cgn_address = {2011, 161},
	.cgn_first_port = {2011, 162},
	.cgn_last_port = {2011, 163}},
    {.customer = {9, 1},
	.customer_prefix = "",
	.class_prefix = "",
	.strip_realms = "",
	.cgn_first_port = {0, 240},
	.cgn_port_count = {0, 239}},
    {.customer = {0, 89},
	.customer_prefix = "",
	.class_prefix = "",
	.strip_realms = "",
	.cgn_block = {6527, 121}},
};

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_session(const struct radius_session *s)
{
	bool holds = s->verb == RADIUS_BEGIN || s->verb == RADIUS_REFRESH;

	check(memchr(s->nas, 0, sizeof(s->nas)) != NULL && *s->nas != '\0');
	check(memchr(s->session, 0, sizeof(s->session)) != NULL);
	check(memchr(s->customer, 0, sizeof(s->customer)) != NULL);
	check(memchr(s->line_class, 0, sizeof(s->line_class)) != NULL);
	check(s->at_us <= NOW_US && s->at_us >= NOW_US - 7 * US_PER_DAY);
	check(!holds || *s->customer != '\0');
	check(s->verb == RADIUS_RESET || *s->session != '\0');
	check(s->n_targets >= 0 && s->n_targets <= RADIUS_TARGETS_MAX);
	check(s->verb != RADIUS_BEGIN || s->n_targets > 0);
	for (int i = 0; i < s->n_targets; i++) {
		const struct radius_target *t = &s->targets[i];
		struct addr first = prefix_first(&t->prefix);

		check(t->prefix.len <= 128 && t->prefix.len >= 32);
		check(addr_equal(&first, &t->prefix.addr));
		check(t->first_port <= t->last_port);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct radius_secret secret = {"s", 1};
	static struct radius_clock *clock;
	static struct radius_auth *auth;
	static uint8_t out[RADIUS_PACKET_MAX];
	struct radius_session s;
	struct radius_packet p;
	struct addr from = {{[15] = 1}};
	size_t n;

	if (auth == NULL) {
		auth = radius_auth_new();
		clock = radius_clock_new(5 * US_PER_S, true);
	}
	if (len == 0 || radius_open(&p, data + 1, len - 1) != RADIUS_OK)
		return 0;
	(void)radius_request_is_true(auth, &p, secret);
	n = radius_respond(auth, &p, secret, out);
	check(n >= RADIUS_HEADER_BYTES && n <= p.length);
	check(radius_open(&p, out, n) == RADIUS_OK);
	(void)radius_open(&p, data + 1, len - 1);
	if (radius_session_read(&s, &p, &maps[data[0] % 4], clock, NOW_US,
		&from) == RADIUS_SAYS_SESSION)
		check_session(&s);
	return 0;
}
