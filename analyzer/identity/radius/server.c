/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/radius/server.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/radius/answers.h"
#include "analyzer/identity/radius/event.h"
#include "analyzer/identity/radius/peers.h"
#include "analyzer/identity/radius/seen.h"
#include "base/clock.h"

/* libuv gives each datagram 64 KiB of it. */
#define RECEIVE_BYTES (32 * 65536)
#define SOCKET_BYTES  (8 << 20)

struct radius_server {
	uv_udp_t udp;
	uv_check_t check;
	int open_handles;
	const struct conf *conf;
	radius_take take;
	void *arg;
	struct radius_map map;
	struct radius_peers *peers;
	struct radius_auth *auth;
	struct radius_clock *clock;
	struct radius_seen *seen;
	int64_t now_us;
	char *buffer;
	size_t n_events;
	struct lease_event events[RADIUS_ANSWERS_MAX];
	struct radius_answers answers;
};

/* One request in work. */
struct request {
	struct radius_packet packet;
	struct addr from;
	uint16_t port;
	int client;
};

static struct radius_counts *counts_of(
    struct radius_server *s, const struct request *q)
{
	return radius_peers_counts(s->peers, q->client);
}

static void warn(
    struct radius_server *s, const struct request *q, const char *what)
{
	radius_peers_warn(s->peers, q->client, &q->from, s->now_us, what);
}

/* --- answers -------------------------------------------------------------- */

static void send_answers(struct radius_server *s)
{
	const struct radius_answers *a = &s->answers;
	uv_os_fd_t fd;
	size_t sent = 0;

	if (uv_fileno((uv_handle_t *)&s->udp, &fd) == 0)
		sent = radius_answers_send(a, fd);
	for (size_t i = 0; i < a->n; i++) {
		struct radius_counts *c =
		    radius_peers_counts(s->peers, a->v[i].client);

		if (i < sent)
			c->answered++;
		else
			c->unsent++;
		if (a->v[i].key != 0)
			radius_seen_add(s->seen, a->v[i].key, s->now_us);
	}
}

static void flush(struct radius_server *s)
{
	const struct radius_answers *a = &s->answers;

	if (a->n == 0)
		return;
	if (s->n_events == 0 || s->take(s->arg, s->events, s->n_events) == 0)
		send_answers(s);
	else
		for (size_t i = 0; i < a->n; i++)
			radius_peers_counts(s->peers, a->v[i].client)
			    ->not_committed++;
	radius_answers_clear(&s->answers);
	s->n_events = 0;
}

/* Runs when all that had come was read. */
static void on_check(uv_check_t *h)
{
	flush(h->data);
}

/* --- requests ------------------------------------------------------------- */

static bool is_well_formed(
    struct radius_server *s, struct request *q, const void *data, size_t len)
{
	struct radius_counts *c = counts_of(s, q);

	if (len > RADIUS_PACKET_MAX) {
		c->over_long++;
		warn(s, q, "a packet is longer than 4096 bytes");
		return false;
	}
	if (radius_open(&q->packet, data, len) != RADIUS_OK) {
		c->malformed++;
		warn(s, q, "a packet is malformed; is it RADIUS?");
		return false;
	}
	if (q->packet.code == RADIUS_ACCOUNTING_REQUEST ||
	    q->packet.code == RADIUS_STATUS_SERVER)
		return true;
	c->other_code++;
	return false;
}

/* False: it says nothing that could be believed. */
static bool take_request(struct radius_server *s, const struct request *q)
{
	struct radius_counts *c = counts_of(s, q);
	struct radius_session session;
	enum radius_says says;

	if (q->packet.code == RADIUS_STATUS_SERVER) {
		c->status_server++;
		return true;
	}
	says = radius_session_read(
	    &session, &q->packet, &s->map, s->clock, s->now_us, &q->from);
	c->says[says]++;
	if (says == RADIUS_SAYS_SESSION) {
		c->targets_refused += (uint64_t)session.refused;
		radius_event_set(&s->events[s->n_events++], &session, "radius");
	}
	if (says != RADIUS_SAYS_BROKEN)
		return true;
	c->malformed++;
	warn(s, q,
	    "an attribute is broken, or is there twice; see RADIUS accounting "
	    "in OPERATIONS.md");
	return false;
}

static void on_request(struct radius_server *s, struct request *q,
    const struct sockaddr *from, const void *data, size_t len)
{
	struct radius_counts *c = counts_of(s, q);
	struct radius_secret secret;
	uint64_t key;
	size_t n;

	c->received++;
	if (!is_well_formed(s, q, data, len))
		return;
	secret = radius_peers_secret(s->peers, q->client);
	if (!radius_request_is_true(s->auth, &q->packet, secret)) {
		c->wrong_secret++;
		warn(s, q,
		    "a packet does not know the secret; compare it with the "
		    "NAS's");
		return;
	}
	n = radius_respond(
	    s->auth, &q->packet, secret, radius_answers_next(&s->answers));
	if (n == 0) {
		c->unsent++;
		return;
	}
	key = radius_seen_key(s->seen, &q->from, q->port, &q->packet);
	if (radius_seen_has(s->seen, key, s->now_us)) {
		c->duplicates++;
		key = 0;
	} else if (!take_request(s, q)) {
		return;
	}
	radius_answers_add(&s->answers, from, n, key, q->client);
	if (!radius_answers_has_room(&s->answers))
		flush(s);
}

static void read_from(struct request *q, const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sa;

		q->from = addr_from_v6(in6->sin6_addr.s6_addr);
		q->port = ntohs(in6->sin6_port);
	} else {
		const struct sockaddr_in *in = (const void *)sa;

		q->from = addr_from_v4((const void *)&in->sin_addr);
		q->port = ntohs(in->sin_port);
	}
}

static void on_receive(uv_udp_t *h, ssize_t n, const uv_buf_t *b,
    const struct sockaddr *from, unsigned int flags)
{
	struct radius_server *s = h->data;
	struct request q;

	(void)flags;
	if (n < 0 || from == NULL)
		return;
	s->now_us = clock_now_us();
	read_from(&q, from);
	q.client = radius_peers_find(s->peers, &q.from, s->now_us);
	if (q.client >= 0)
		on_request(s, &q, from, b->base, (size_t)n);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
	struct radius_server *s = h->data;

	(void)suggested;
	*b = uv_buf_init(s->buffer, RECEIVE_BYTES);
}

/* --- start and end -------------------------------------------------------- */

static int listen_on(
    struct radius_server *s, uv_loop_t *loop, char *err, size_t size)
{
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr_in in = {.sin_family = AF_INET};
	const char *text = s->conf->radius_listen;
	int bytes = SOCKET_BYTES, rc;
	struct addr a;
	uint16_t port;
	bool v4;

	if (conf_listen_parse(text, &a, &port, err, size) != 0)
		return -1;
	v4 = addr_is_v4(&a);
	rc = uv_udp_init_ex(
	    loop, &s->udp, (v4 ? AF_INET : AF_INET6) | UV_UDP_RECVMMSG);
	if (rc != 0)
		goto fail;
	s->open_handles++;
	in.sin_port = in6.sin6_port = htons(port);
	memcpy(&in.sin_addr, a.b + 12, 4);
	memcpy(&in6.sin6_addr, a.b, 16);
	rc = uv_udp_bind(
	    &s->udp, v4 ? (const void *)&in : (const void *)&in6, 0);
	if (rc == 0)
		rc = uv_udp_recv_start(&s->udp, on_alloc, on_receive);
	if (rc != 0)
		goto fail;
	/* What the system allows; less is no reason to stop. */
	(void)uv_recv_buffer_size((uv_handle_t *)&s->udp, &bytes);
	return 0;
fail:
	snprintf(err, size,
	    "radius: cannot listen on %s: %s; is another RADIUS server there, "
	    "or the address not this machine's?",
	    text, uv_strerror(rc));
	return -1;
}

int radius_server_reload(struct radius_server *s, char *err, size_t size)
{
	/* What waits has numbers of the old ones. */
	flush(s);
	return radius_peers_reload(s->peers, err, size);
}

static void on_closed(uv_handle_t *h)
{
	struct radius_server *s = h->data;

	if (--s->open_handles > 0)
		return;
	radius_peers_free(s->peers);
	radius_auth_free(s->auth);
	radius_clock_free(s->clock);
	radius_seen_free(s->seen);
	free(s->buffer);
	free(s);
}

void radius_server_free(struct radius_server *s)
{
	if (s == NULL)
		return;
	if (s->peers != NULL)
		radius_peers_log(s->peers);
	if (s->open_handles > 1)
		uv_close((uv_handle_t *)&s->udp, on_closed);
	uv_close((uv_handle_t *)&s->check, on_closed);
}

struct radius_server *radius_server_new(uv_loop_t *loop, const struct conf *c,
    radius_take take, void *arg, char *err, size_t size)
{
	struct radius_server *s = calloc(1, sizeof(*s));

	if (s == NULL || uv_check_init(loop, &s->check) != 0) {
		snprintf(err, size, "radius: out of memory");
		free(s);
		return NULL;
	}
	s->open_handles = 1;
	s->udp.data = s->check.data = s;
	s->conf = c;
	s->take = take;
	s->arg = arg;
	s->auth = radius_auth_new();
	s->clock = radius_clock_new(
	    c->radius_clock_skew_s * US_PER_S, c->radius_correct_skew);
	s->seen = radius_seen_new();
	s->buffer = malloc(RECEIVE_BYTES);
	if (s->auth == NULL || s->clock == NULL || s->seen == NULL ||
	    s->buffer == NULL)
		snprintf(err, size,
		    "radius: out of memory, or OpenSSL has no MD5 (FIPS)");
	else if (radius_map_set(&s->map, c, err, size) == 0 &&
		 (s->peers = radius_peers_new(
		      c->radius_clients_file, err, size)) != NULL &&
		 listen_on(s, loop, err, size) == 0 &&
		 uv_check_start(&s->check, on_check) == 0)
		return s;
	radius_server_free(s);
	return NULL;
}

const struct radius_peers *radius_server_peers(const struct radius_server *s)
{
	return s->peers;
}

unsigned int radius_server_skewed(const struct radius_server *s)
{
	return radius_clock_skewed(s->clock);
}
