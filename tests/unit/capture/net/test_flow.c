/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/net/flow.h"
#include "tests/unit/capture/pkt.h"

static const uint8_t seed[16] = {1, 2, 3};
static const int64_t timeout_us[FLOW_LISTS] = {10000000, 300000000, 60000000};

static struct packet packet_of(unsigned int client, unsigned int port)
{
	static const uint8_t server[4] = {198, 51, 100, 25};
	uint8_t a[4] = {198, 18, (uint8_t)(client >> 8), (uint8_t)client};
	struct packet p;

	memset(&p, 0, sizeof(p));
	p.src = addr_from_v4(a);
	p.dst = addr_from_v4(server);
	p.sport = (uint16_t)port;
	p.dport = 25;
	return p;
}

static struct packet turned(const struct packet *p)
{
	struct packet q = *p;

	q.src = p->dst;
	q.dst = p->src;
	q.sport = p->dport;
	q.dport = p->sport;
	return q;
}

static struct flow *find(
    struct flow_table *t, const struct packet *p, enum flow_side *side)
{
	return flow_find(t, p, flow_hash(t, p), side);
}

static struct flow *add(struct flow_table *t, const struct packet *p)
{
	return flow_add(t, p, flow_hash(t, p), true, 0);
}

static void both_directions_find_it_and_nobody_else(void **state)
{
	struct flow_table *t = flow_table_new(5000, seed, timeout_us);
	enum flow_side side;

	(void)state;
	for (unsigned int i = 0; i < 5000; i++) {
		struct packet p = packet_of(i, 1024 + i);

		assert_null(find(t, &p, &side));
		assert_int_equal(add(t, &p)->id, i + 1);
	}
	assert_true(flow_table_is_full(t));
	for (unsigned int i = 0; i < 5000; i++) {
		struct packet p = packet_of(i, 1024 + i), q = turned(&p);
		struct flow *f = find(t, &p, &side);

		assert_non_null(f);
		assert_int_equal(f->id, i + 1);
		assert_int_equal(side, FLOW_CLIENT);
		assert_ptr_equal(find(t, &q, &side), f);
		assert_int_equal(side, FLOW_SERVER);
		p.sport++;
		assert_null(find(t, &p, &side));
		if (i % 2 == 0)
			flow_remove(t, f);
	}
	assert_int_equal(flow_table_count(t), 2500);
	for (unsigned int i = 0; i < 5000; i++) {
		struct packet p = packet_of(i, 1024 + i);

		assert_true((find(t, &p, &side) == NULL) == (i % 2 == 0));
	}
	flow_table_free(t);
}

static void ipv6_and_ipv4_differ(void **state)
{
	struct flow_table *t = flow_table_new(10, seed, timeout_us);
	struct packet p = packet_of(1, 2000), q = p;
	enum flow_side side;

	(void)state;
	/* The last 32 bits are the same. */
	memset(q.src.b, 0x20, 12);
	memset(q.dst.b, 0x20, 12);
	assert_int_not_equal(flow_hash(t, &p), flow_hash(t, &q));
	assert_non_null(add(t, &p));
	assert_null(find(t, &q, &side));
	flow_table_free(t);
}

static void the_client_may_be_who_gets_it(void **state)
{
	struct flow_table *t = flow_table_new(10, seed, timeout_us);
	struct packet p = packet_of(1, 2000), q = turned(&p);
	struct flow *f = flow_add(t, &q, flow_hash(t, &q), false, 7);
	enum flow_side side;

	(void)state;
	assert_true(addr_equal(&f->addr[FLOW_CLIENT], &p.src));
	assert_int_equal(f->port[FLOW_SERVER], 25);
	assert_ptr_equal(find(t, &p, &side), f);
	assert_int_equal(side, FLOW_CLIENT);
	flow_table_free(t);
}

static void the_cap_holds_and_the_least_valuable_goes(void **state)
{
	struct flow_table *t = flow_table_new(16, seed, timeout_us);
	struct packet more = packet_of(99, 1);
	struct flow *f[16];

	(void)state;
	for (unsigned int i = 0; i < 16; i++) {
		struct packet p = packet_of(i, 2000);

		f[i] = add(t, &p);
	}
	assert_null(add(t, &more));
	assert_ptr_equal(flow_victim(t), f[0]);
	for (unsigned int i = 3; i < 16; i++)
		flow_touch(t, f[i], FLOW_OPEN, 1);
	/* Three attempts are less than a quarter: a flood cannot drive out
	 * open connections, nor they every new attempt. */
	assert_ptr_equal(flow_victim(t), f[3]);
	flow_touch(t, f[3], FLOW_SYN, 2);
	assert_ptr_equal(flow_victim(t), f[0]);
	flow_touch(t, f[7], FLOW_CLOSED, 3);
	assert_ptr_equal(flow_victim(t), f[7]);
	flow_remove(t, f[7]);
	assert_non_null(add(t, &more));
	assert_true(flow_table_is_full(t));
	flow_table_free(t);
}

static void removed_memory_is_used_again(void **state)
{
	struct flow_table *t = flow_table_new(4, seed, timeout_us);
	struct packet p = packet_of(1, 1);
	struct flow *f = add(t, &p), *g;

	(void)state;
	f->syn_count = 9;
	flow_remove(t, f);
	g = add(t, &p);
	assert_ptr_equal(f, g);
	assert_int_equal(g->syn_count, 0);
	assert_int_equal(g->id, 2);
	flow_table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_directions_find_it_and_nobody_else),
	    cmocka_unit_test(ipv6_and_ipv4_differ),
	    cmocka_unit_test(the_client_may_be_who_gets_it),
	    cmocka_unit_test(the_cap_holds_and_the_least_valuable_goes),
	    cmocka_unit_test(removed_memory_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
