/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyzer/identity/radius/answers.h"
#include "analyzer/identity/radius/peers.h"
#include "analyzer/identity/radius/server.h"
#include "base/radius_auth.h"
#include "tests/unit/base/radius_pkt.h"

struct world {
	uv_loop_t loop;
	struct conf conf;
	struct radius_server *server;
	struct radius_auth *auth;
	int fd; /* of the NAS */
	int refuse;
	int calls;
	size_t n;
	struct lease_event events[1024];
	char clients[64];
};

static const struct radius_secret secret = {"testing123", 10};

static int take(void *arg, const struct lease_event *e, size_t n)
{
	struct world *w = arg;

	w->calls++;
	if (w->refuse > 0) {
		w->refuse--;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		w->events[w->n++ % 1024] = e[i];
	return 0;
}

static void write_clients(const struct world *w, const char *text)
{
	FILE *f = fopen(w->clients, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(w->clients, 0600), 0);
}

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(bind(fd, (void *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(fd, (void *)&sa, &len), 0);
	close(fd);
	return ntohs(sa.sin_port);
}

static int set_up(void **state)
{
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct world *w = calloc(1, sizeof(*w));
	char err[CONF_ERROR_BYTES], listen[64];
	uint16_t port = free_port();
	int fd;

	assert_non_null(w);
	strcpy(w->clients, "/tmp/sekisho-radius-XXXXXX");
	fd = mkstemp(w->clients);
	assert_true(fd >= 0);
	close(fd);
	write_clients(w, "127.0.0.1 testing123\n");
	assert_int_equal(conf_load(&w->conf, NULL, err), 0);
	snprintf(listen, sizeof(listen), "127.0.0.1@%u", port);
	w->conf.radius_listen = strdup(listen);
	w->conf.radius_clients_file = strdup(w->clients);
	uv_loop_init(&w->loop);
	w->server =
	    radius_server_new(&w->loop, &w->conf, take, w, err, sizeof(err));
	if (w->server == NULL)
		fail_msg("%s", err);
	w->auth = radius_auth_new();
	w->fd = socket(AF_INET, SOCK_DGRAM, 0);
	sa.sin_port = htons(port);
	assert_int_equal(connect(w->fd, (void *)&sa, sizeof(sa)), 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	radius_server_free(w->server);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	radius_auth_free(w->auth);
	conf_free(&w->conf);
	unlink(w->clients);
	close(w->fd);
	free(w);
	return 0;
}

static struct radius_counts counts(const struct world *w)
{
	struct radius_counts c;

	radius_peers_sum(radius_server_peers(w->server), &c);
	return c;
}

/* On loopback what was sent is there. */
static void turn(struct world *w)
{
	uv_run(&w->loop, UV_RUN_NOWAIT);
}

static void put(struct world *w, struct rpkt *k, unsigned int id)
{
	k->b[1] = (uint8_t)id;
	assert_true(radius_sign_request(w->auth, k->b, k->n, secret));
	assert_int_equal(send(w->fd, k->b, k->n, 0), (ssize_t)k->n);
}

static void start(struct rpkt *k)
{
	rpkt_start(k, 1);
	rpkt_u32(k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
}

/* The identifier that was answered; -1: nothing was. */
static int answered(struct world *w)
{
	uint8_t b[RADIUS_PACKET_MAX];
	ssize_t n = recv(w->fd, b, sizeof(b), MSG_DONTWAIT);

	if (n < 0)
		return -1;
	assert_true(n >= 20);
	assert_int_equal(b[0], RADIUS_ACCOUNTING_RESPONSE);
	return b[1];
}

static void what_is_committed_is_answered(void **state)
{
	struct world *w = *state;
	struct rpkt k;

	start(&k);
	put(w, &k, 1);
	turn(w);
	assert_int_equal(answered(w), 1);
	assert_int_equal(w->n, 1);
	assert_int_equal(w->events[0].verb, LEASE_VERB_BEGIN);
	assert_string_equal(w->events[0].customer, "cust-1");
	assert_string_equal(w->events[0].source, "radius");
	assert_int_equal(counts(w).answered, 1);
}

static void what_is_not_committed_is_not(void **state)
{
	struct world *w = *state;
	struct rpkt k;

	start(&k);
	w->refuse = 1;
	put(w, &k, 1);
	turn(w);
	assert_int_equal(w->calls, 1);
	assert_int_equal(answered(w), -1);
	assert_int_equal(counts(w).not_committed, 1);
	/* The same again: it is not known yet. */
	put(w, &k, 1);
	turn(w);
	assert_int_equal(answered(w), 1);
	assert_int_equal(w->n, 1);
	assert_int_equal(counts(w).duplicates, 0);
}

static void a_retransmission_is_answered_and_not_taken(void **state)
{
	struct world *w = *state;
	struct rpkt k;

	start(&k);
	for (int i = 0; i < 3; i++) {
		put(w, &k, 1);
		turn(w);
		assert_int_equal(answered(w), 1);
	}
	assert_int_equal(w->n, 1);
	assert_int_equal(counts(w).duplicates, 2);
	/* Another identifier is another request. */
	put(w, &k, 2);
	turn(w);
	assert_int_equal(w->n, 2);
}

static void one_turn_is_one_batch_in_order(void **state)
{
	struct world *w = *state;
	struct rpkt k;
	char id[8];

	for (unsigned int i = 0; i < 10; i++) {
		rpkt_start(&k, 2);
		snprintf(id, sizeof(id), "n%u", i);
		/* In the place of s1, of the same length. */
		memcpy(k.b + RADIUS_HEADER_BYTES + 8, id, 2);
		put(w, &k, i);
	}
	turn(w);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->n, 10);
	for (int i = 0; i < 10; i++) {
		snprintf(id, sizeof(id), "n%d", i);
		assert_string_equal(w->events[i].session, id);
		assert_int_equal(answered(w), i);
	}
}

static void a_large_batch_is_cut(void **state)
{
	struct world *w = *state;
	static const uint8_t state253[253];
	unsigned int sent = 0, got = 0;
	struct rpkt k;

	/* Answers of 3 KiB: more than there is room for at once. */
	for (int i = 0; i < 30; i++) {
		start(&k);
		for (int j = 0; j < 12; j++)
			rpkt_attr(&k, RADIUS_PROXY_STATE, state253, 253);
		put(w, &k, sent++);
	}
	for (int i = 0; i < 10; i++) {
		turn(w);
		while (answered(w) >= 0)
			got++;
	}
	assert_int_equal(counts(w).answered, counts(w).received);
	assert_int_equal(w->n, counts(w).received);
	assert_int_equal(got, counts(w).answered);
	assert_true(w->calls > 1);
}

static void what_says_no_lease_is_answered_without_a_commit(void **state)
{
	struct world *w = *state;
	static const uint8_t zero[16];
	struct rpkt k;

	rpkt_start(&k, 1);
	put(w, &k, 1);
	rpkt_start(&k, 9);
	put(w, &k, 2);
	turn(w);
	assert_int_equal(answered(w), 1);
	assert_int_equal(answered(w), 2);
	rpkt_begin(&k, RADIUS_STATUS_SERVER);
	rpkt_attr(&k, RADIUS_MESSAGE_AUTHENTICATOR, zero, 16);
	/* Not signed as a Status-Server is. */
	put(w, &k, 3);
	turn(w);
	assert_int_equal(answered(w), -1);
	assert_int_equal(w->calls, 0);
	assert_int_equal(counts(w).says[RADIUS_SAYS_NO_TARGET], 1);
	assert_int_equal(counts(w).says[RADIUS_SAYS_OTHER], 1);
	assert_int_equal(counts(w).wrong_secret, 1);
}

static void what_is_wrong_is_counted_and_never_answered(void **state)
{
	struct world *w = *state;
	static uint8_t big[5000];
	struct rpkt k;

	start(&k);
	assert_int_equal(send(w->fd, k.b, k.n, 0), (ssize_t)k.n);
	assert_int_equal(send(w->fd, k.b, 19, 0), 19);
	assert_int_equal(send(w->fd, "", 0, 0), 0);
	assert_int_equal(send(w->fd, big, sizeof(big), 0), sizeof(big));
	k.b[0] = 1; /* Access-Request */
	put(w, &k, 1);
	start(&k);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 1); /* twice */
	put(w, &k, 2);
	for (int i = 0; i < 3; i++)
		turn(w);
	assert_int_equal(answered(w), -1);
	assert_int_equal(w->calls, 0);
	assert_int_equal(counts(w).wrong_secret, 1);
	assert_int_equal(counts(w).over_long, 1);
	assert_int_equal(counts(w).other_code, 1);
	/* 19 bytes, nothing at all, and twice an address. */
	assert_int_equal(counts(w).malformed, 3);
	assert_int_equal(counts(w).says[RADIUS_SAYS_BROKEN], 1);
}

static void clients_are_read_again(void **state)
{
	struct world *w = *state;
	char err[CONF_ERROR_BYTES];
	struct prefix p;
	struct rpkt k;

	write_clients(w, "not a client\n");
	assert_int_equal(radius_server_reload(w->server, err, sizeof(err)), -1);
	assert_non_null(strstr(err, ":1:"));
	start(&k);
	put(w, &k, 1);
	turn(w);
	assert_int_equal(answered(w), 1);
	write_clients(w, "192.0.2.0/24 other\n");
	assert_int_equal(radius_server_reload(w->server, err, sizeof(err)), 0);
	put(w, &k, 2);
	turn(w);
	assert_int_equal(answered(w), -1);
	assert_int_equal(
	    radius_peers_unknown(radius_server_peers(w->server)), 1);
	assert_non_null(
	    radius_peers_get(radius_server_peers(w->server), 0, &p));
	assert_int_equal(p.len, 120);
	assert_null(radius_peers_get(radius_server_peers(w->server), 1, &p));
}

static void what_cannot_start_says_why(void **state)
{
	struct world *w = *state;
	char err[CONF_ERROR_BYTES];

	/* The port is taken: by the first. */
	assert_null(
	    radius_server_new(&w->loop, &w->conf, take, w, err, sizeof(err)));
	assert_non_null(strstr(err, "cannot listen"));
	chmod(w->clients, 0644);
	assert_null(
	    radius_server_new(&w->loop, &w->conf, take, w, err, sizeof(err)));
	assert_non_null(strstr(err, "chmod"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(what_is_committed_is_answered),
	    CASE(what_is_not_committed_is_not),
	    CASE(a_retransmission_is_answered_and_not_taken),
	    CASE(one_turn_is_one_batch_in_order),
	    CASE(a_large_batch_is_cut),
	    CASE(what_says_no_lease_is_answered_without_a_commit),
	    CASE(what_is_wrong_is_counted_and_never_answered),
	    CASE(clients_are_read_again),
	    CASE(what_cannot_start_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
