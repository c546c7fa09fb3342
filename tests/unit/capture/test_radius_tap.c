/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/radius_auth.h"
#include "capture/radius_tap.h"
#include "tests/unit/base/radius_pkt.h"
#include "tests/unit/capture/track_world.h"

static struct conf conf;
static struct counters counters;
static struct radius_tap *tap;

static void open_tap(bool confirm, const char *clients)
{
	char err[CONF_ERROR_BYTES];
	static struct prefix nas;

	assert_int_equal(conf_load(&conf, NULL, err), 0);
	memset(&counters, 0, sizeof(counters));
	assert_int_equal(prefix_parse(&nas, "192.0.2.0/24"), 0);
	conf.radius_nas.v = malloc(sizeof(nas));
	assert_non_null(conf.radius_nas.v);
	conf.radius_nas.v[0] = nas;
	conf.radius_nas.n = 1;
	conf.radius_ports.v[0] = 1813;
	conf.radius_ports.n = 1;
	conf.radius_confirm = confirm;
	if (clients != NULL)
		conf.radius_clients_file = strdup(clients);
	tap = radius_tap_new(&conf, &counters, err, sizeof(err));
	if (tap == NULL)
		fail_msg("%s", err);
}

static void close_tap(void)
{
	radius_tap_free(tap);
	conf_free(&conf);
}

static struct packet carry(
    const char *src, const char *dst, struct rpkt *k, int64_t ts_us)
{
	struct packet p = {.kind = PACKET_RADIUS,
	    .ts_us = ts_us,
	    .sport = 40000,
	    .dport = 1813,
	    .payload = k->b,
	    .len = (uint32_t)k->n,
	    .wire_len = (uint32_t)k->n};

	assert_int_equal(addr_parse(&p.src, src), 0);
	assert_int_equal(addr_parse(&p.dst, dst), 0);
	return p;
}

static const struct radius_session *request(
    const char *src, unsigned int id, int64_t ts_us)
{
	struct rpkt k;
	struct packet p;

	rpkt_start(&k, 1);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
	k.b[1] = (uint8_t)id;
	k.b[4] = (uint8_t)id; /* stands for the authenticator */
	p = carry(src, "198.51.100.5", &k, ts_us);
	return radius_tap_packet(tap, &p);
}

static const struct radius_session *answer(
    const char *to, unsigned int id, int64_t ts_us)
{
	struct rpkt k;
	struct packet p;

	rpkt_begin(&k, RADIUS_ACCOUNTING_RESPONSE);
	k.b[1] = (uint8_t)id;
	p = carry("198.51.100.5", to, &k, ts_us);
	p.sport = 1813;
	p.dport = 40000;
	return radius_tap_packet(tap, &p);
}

static uint64_t count(enum counter c)
{
	return counters.v[c];
}

static void an_answered_request_is_believed_once(void **state)
{
	const struct radius_session *s;

	(void)state;
	open_tap(true, NULL);
	assert_null(request("192.0.2.1", 1, START_US));
	assert_null(answer("192.0.2.1", 2, START_US + 10));
	assert_null(answer("192.0.2.2", 1, START_US + 10));
	s = answer("192.0.2.1", 1, START_US + 5000);
	assert_non_null(s);
	assert_string_equal(s->customer, "cust-1");
	assert_int_equal(s->at_us, START_US);
	assert_null(answer("192.0.2.1", 1, START_US + 6000));
	assert_int_equal(count(COUNTER_RADIUS_LEASES), 1);
	/* Sent again, answered once: when it came first. */
	assert_null(request("192.0.2.1", 3, START_US + US_PER_S));
	assert_null(request("192.0.2.1", 3, START_US + 5 * US_PER_S));
	s = answer("192.0.2.1", 3, START_US + 6 * US_PER_S);
	assert_non_null(s);
	assert_int_equal(s->at_us, START_US + US_PER_S);
	assert_int_equal(count(COUNTER_RADIUS_UNCONFIRMED), 0);
	close_tap();
}

static void what_the_server_does_not_answer_is_forgotten(void **state)
{
	int64_t ts_us = START_US;

	(void)state;
	open_tap(true, NULL);
	assert_null(request("192.0.2.1", 1, ts_us));
	assert_null(answer("192.0.2.1", 1, ts_us + RADIUS_TAP_WAIT_US + 1));
	for (int i = 0; i < 3 * RADIUS_TAP_PENDING; i++) {
		char src[32];

		snprintf(src, sizeof(src), "192.0.2.%d", i / 256 % 256);
		assert_null(request(src, (unsigned int)i, ++ts_us));
	}
	assert_int_equal(count(COUNTER_RADIUS_LEASES), 0);
	assert_true(count(COUNTER_RADIUS_UNCONFIRMED) > 0);
	/* The last one still waits. */
	assert_non_null(answer("192.0.2.47", 255, ts_us + 1));
	close_tap();
}

static void strangers_are_not_believed(void **state)
{
	(void)state;
	open_tap(false, NULL);
	assert_null(request("203.0.113.1", 1, START_US));
	assert_int_equal(count(COUNTER_RADIUS_NOT_BELIEVED), 1);
	assert_non_null(request("192.0.2.1", 1, START_US));
	assert_null(answer("192.0.2.1", 1, START_US));
	close_tap();
}

static void a_known_secret_is_asked_for(void **state)
{
	static const struct radius_secret right = {"testing123", 10};
	char path[] = "/tmp/sekisho-tap-XXXXXX";
	struct radius_auth *auth = radius_auth_new();
	FILE *f = fdopen(mkstemp(path), "w");
	struct packet p;
	struct rpkt k;

	(void)state;
	assert_non_null(f);
	fputs("192.0.2.0/25 testing123\n", f);
	fclose(f);
	open_tap(true, path);
	unlink(path);
	rpkt_start(&k, 2);
	p = carry("192.0.2.1", "198.51.100.5", &k, START_US);
	assert_null(radius_tap_packet(tap, &p));
	assert_int_equal(count(COUNTER_RADIUS_WRONG_SECRET), 1);
	assert_true(radius_sign_request(auth, k.b, k.n, right));
	assert_non_null(radius_tap_packet(tap, &p));
	p = carry("192.0.2.200", "198.51.100.5", &k, START_US);
	assert_null(radius_tap_packet(tap, &p));
	assert_int_equal(count(COUNTER_RADIUS_WRONG_SECRET), 2);
	radius_auth_free(auth);
	close_tap();
}

static void what_is_no_lease_is_counted(void **state)
{
	struct packet p;
	struct rpkt k;

	(void)state;
	open_tap(false, NULL);
	rpkt_start(&k, 1); /* no address */
	p = carry("192.0.2.1", "198.51.100.5", &k, START_US);
	assert_null(radius_tap_packet(tap, &p));
	assert_int_equal(count(COUNTER_RADIUS_NO_LEASE), 1);
	p.len--; /* cut by the snapshot length */
	assert_null(radius_tap_packet(tap, &p));
	rpkt_u32(&k, RADIUS_ACCT_STATUS_TYPE, 1);
	p = carry("192.0.2.1", "198.51.100.5", &k, START_US);
	assert_null(radius_tap_packet(tap, &p));
	assert_int_equal(count(COUNTER_RADIUS_MALFORMED), 2);
	rpkt_begin(&k, 1);
	p = carry("192.0.2.1", "198.51.100.5", &k, START_US);
	assert_null(radius_tap_packet(tap, &p));
	assert_int_equal(count(COUNTER_RADIUS_OTHER), 1);
	close_tap();
}

/* From the Ethernet frame to PACKET_RADIUS, and only where it is asked for. */
static void udp_is_parsed_for_it_alone(void **state)
{
	static uint8_t tcp_ports[8192];
	struct packet_parser *pp =
	    packet_parser_new(&counters, false, 65536, tcp_ports);
	struct pkt k = {.n = 0};
	struct packet p;

	(void)state;
	open_tap(false, NULL);
	pkt_ether(&k, 0x0800);
	pkt_ipv4(&k, 17, 8 + 5, 0);
	pkt_be16(&k, 40000);
	pkt_be16(&k, 1813);
	pkt_be16(&k, 8 + 5);
	pkt_be16(&k, 0);
	pkt_bytes(&k, "radix", 5);
	pkt_bytes(&k, "\0\0\0\0\0\0", 6); /* padding of the frame */
	assert_int_equal(packet_parse(pp, &p, 1, k.b, k.n, START_US), -1);
	assert_int_equal(count(COUNTER_IP_UDP), 1);
	packet_parser_radius(pp, radius_tap_ports(tap));
	assert_int_equal(packet_parse(pp, &p, 1, k.b, k.n, START_US), 0);
	assert_int_equal(p.kind, PACKET_RADIUS);
	assert_int_equal(p.dport, 1813);
	assert_int_equal(p.len, 5);
	assert_memory_equal(p.payload, "radix", 5);
	k.b[14 + 20 + 5] = 7; /* a length below its header */
	assert_int_equal(packet_parse(pp, &p, 1, k.b, k.n, START_US), -1);
	packet_parser_free(pp);
	close_tap();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_answered_request_is_believed_once),
	    cmocka_unit_test(what_the_server_does_not_answer_is_forgotten),
	    cmocka_unit_test(strangers_are_not_believed),
	    cmocka_unit_test(a_known_secret_is_asked_for),
	    cmocka_unit_test(what_is_no_lease_is_counted),
	    cmocka_unit_test(udp_is_parsed_for_it_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
