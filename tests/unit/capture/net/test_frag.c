/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/dlt.h>

#include "capture/net/frag.h"
#include "capture/net/packet.h"
#include "tests/unit/capture/pkt.h"

static const uint8_t seed[16] = {4, 2};
static struct counters counters;

static struct frag_table *begin(size_t max_bytes)
{
	struct frag_table *t;

	memset(&counters, 0, sizeof(counters));
	t = frag_table_new(&counters, max_bytes, seed);
	assert_non_null(t);
	return t;
}

static struct frag_key key_of(uint32_t id, bool v6)
{
	struct frag_key k;

	memset(&k, 0, sizeof(k));
	k.src.b[15] = 1;
	k.dst.b[15] = 2;
	k.id = id;
	k.protocol = 6;
	k.v6 = v6;
	return k;
}

static const char *add(struct frag_table *t, const struct frag_key *k,
    uint32_t offset, bool more, const char *text, int64_t now_us)
{
	struct frag f = {.offset = offset,
	    .more = more,
	    .head = (const uint8_t *)"HEAD",
	    .head_len = 4,
	    .data = (const uint8_t *)text,
	    .len = strlen(text)};
	static char whole[70000];
	size_t len = 0, head_len = 0;
	uint8_t *p = frag_add(t, k, &f, now_us, &len, &head_len);

	if (p == NULL)
		return "";
	assert_int_equal(head_len, 4);
	memcpy(whole, p, len);
	whole[len] = '\0';
	return whole;
}

static void any_order_makes_it_whole(void **state)
{
	static const char *const part[] = {"aaaaaaaa", "bbbbbbbb", "cccc"};
	static const int order[6][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct frag_table *t = begin(1 << 20);

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		struct frag_key k = key_of(i, false);
		const char *got = "";

		for (int j = 0; j < 3; j++) {
			int n = order[i][j];

			assert_string_equal(got, "");
			got = add(t, &k, (uint32_t)n * 8, n < 2, part[n], 0);
		}
		assert_string_equal(got, "HEADaaaaaaaabbbbbbbbcccc");
	}
	assert_int_equal(counters.v[COUNTER_FRAGMENTS], 18);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_REASSEMBLED], 6);
	frag_table_free(t);
}

static void keys_do_not_mix(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key a = key_of(1, false), b = a;

	(void)state;
	b.context = 7;
	add(t, &a, 0, true, "aaaaaaaa", 0);
	assert_string_equal(add(t, &b, 8, false, "bb", 0), "");
	assert_string_equal(add(t, &a, 8, false, "aa", 0), "HEADaaaaaaaaaa");
	frag_table_free(t);
}

static void the_first_bytes_win_in_ipv4(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key k = key_of(1, false);

	(void)state;
	add(t, &k, 8, true, "BBBBBBBB", 0);
	add(t, &k, 0, true, "aaaaaaaaaaaaaaaa", 0);
	assert_string_equal(
	    add(t, &k, 8, false, "ccccccccCC", 0), "HEADaaaaaaaaBBBBBBBBCC");
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_OVERLAP], 2);
	frag_table_free(t);
}

/* RFC 5722: and what comes after, too. */
static void overlap_refuses_the_datagram_in_ipv6(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key k = key_of(1, true);

	(void)state;
	add(t, &k, 8, true, "BBBBBBBB", 0);
	add(t, &k, 8, true, "BBBBBBBB", 0); /* an exact copy is harmless */
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_OVERLAP], 0);
	add(t, &k, 0, true, "aaaaaaaaaaaaaaaa", 0);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_OVERLAP], 1);
	add(t, &k, 0, true, "aaaaaaaa", 0);
	assert_string_equal(add(t, &k, 16, false, "cc", 0), "");
	/* A new datagram of that name is welcome after the time-out. */
	add(t, &k, 0, true, "aaaaaaaa", FRAG_TIMEOUT_US);
	assert_string_equal(
	    add(t, &k, 8, false, "cc", FRAG_TIMEOUT_US), "HEADaaaaaaaacc");
	frag_table_free(t);
}

static void what_never_comes_times_out(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key k = key_of(1, false);

	(void)state;
	add(t, &k, 0, true, "aaaaaaaa", 5);
	assert_string_equal(
	    add(t, &k, 8, false, "cc", 5 + FRAG_TIMEOUT_US), "");
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_TIMED_OUT], 1);
	frag_table_free(t);
}

static void absurd_ones_are_counted(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key k = key_of(1, false);

	(void)state;
	add(t, &k, 0, true, "seven b", 0);      /* no multiple of 8 */
	add(t, &k, 65528, true, "aaaaaaaa", 0); /* behind the longest */
	add(t, &k, 8, false, "", 0);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_BAD], 3);
	/* Two ends. */
	add(t, &k, 8, false, "cc", 0);
	add(t, &k, 16, false, "cc", 0);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_BAD], 4);
	/* Something behind the end. */
	k.id = 2;
	add(t, &k, 16, true, "cccccccc", 0);
	add(t, &k, 0, false, "cc", 0);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_BAD], 5);
	frag_table_free(t);
}

static void the_budget_holds(void **state)
{
	struct frag_table *t = begin(64 << 10);
	static char text[1025];

	(void)state;
	memset(text, 'x', 1024);
	for (uint32_t i = 0; i < 1000; i++) {
		struct frag_key k = key_of(i, false);

		add(t, &k, 0, true, text, 0);
	}
	assert_true(counters.v[COUNTER_FRAGMENTS_OVER_BUDGET] > 900);
	/* The newest are still there. */
	{
		struct frag_key k = key_of(999, false);

		assert_string_not_equal(add(t, &k, 1024, false, "end", 0), "");
	}
	frag_table_free(t);
}

static void too_many_pieces_are_refused(void **state)
{
	struct frag_table *t = begin(1 << 20);
	struct frag_key k = key_of(1, false);

	(void)state;
	for (uint32_t i = 0; i <= FRAG_PIECES_MAX; i++)
		add(t, &k, i * 16, true, "aaaaaaaa", 0);
	assert_int_equal(counters.v[COUNTER_FRAGMENTS_OVER_BUDGET], 1);
	frag_table_free(t);
}

/* --- through the parser --------------------------------------------------- */

#define TEXT "MAIL FROM:<a@one.example>\r\n"

static uint8_t ports[8192] = {[25 / 8] = 1 << 25 % 8};

/* A segment in fragments of 16 bytes, the last one first. */
static int send_v4(struct packet_parser *pp, struct packet *p, bool in_v6)
{
	struct pkt seg = {.n = 0};
	int rc = -1;

	pkt_tcp(&seg, 1025, 25, 7, 9, TCP_ACK, TEXT);
	for (size_t i = (seg.n + 15) / 16; i-- > 0;) {
		size_t at = i * 16, n = seg.n - at < 16 ? seg.n - at : 16;
		bool more = at + n < seg.n;
		struct pkt k = {.n = 0};

		assert_int_equal(rc, -1);
		if (in_v6)
			pkt_ipv6(&k, 4, 20 + n);
		pkt_ipv4(
		    &k, 6, n, (more ? 0x2000u : 0) | (unsigned int)(at / 8));
		pkt_bytes(&k, seg.b + at, n);
		rc = packet_parse(pp, p, DLT_RAW, k.b, k.n, 1);
	}
	return rc;
}

static int send_v6(struct packet_parser *pp, struct packet *p, bool ipip)
{
	struct pkt seg = {.n = 0};
	int rc = -1;

	if (ipip)
		pkt_ipv4(&seg, 6, 20 + strlen(TEXT), 0);
	pkt_tcp(&seg, 1025, 25, 7, 9, TCP_ACK, TEXT);
	for (size_t at = 0; at < seg.n; at += 24) {
		size_t n = seg.n - at < 24 ? seg.n - at : 24;
		bool more = at + n < seg.n;
		struct pkt k = {.n = 0};

		assert_int_equal(rc, -1);
		pkt_ipv6(&k, 60, 8 + 8 + n);
		pkt_bytes(&k, "\x2c\0\1\4\0\0\0\0", 8);
		pkt_u8(&k, ipip ? 4 : 6);
		pkt_u8(&k, 0);
		pkt_be16(&k, (unsigned int)at | more);
		pkt_be32(&k, 77);
		pkt_bytes(&k, seg.b + at, n);
		rc = packet_parse(pp, p, DLT_RAW, k.b, k.n, 1);
	}
	return rc;
}

static void segments_come_out_whole(void **state)
{
	struct packet_parser *pp =
	    packet_parser_new(&counters, false, 65536, ports);
	struct packet p;

	(void)state;
	assert_non_null(pp);
	for (int form = 0; form < 4; form++) {
		int rc = form < 2 ? send_v4(pp, &p, form == 1)
				  : send_v6(pp, &p, form == 3);

		assert_int_equal(rc, 0);
		assert_int_equal(p.sport, 1025);
		assert_int_equal(p.len, strlen(TEXT));
		assert_int_equal(p.wire_len, strlen(TEXT));
		assert_memory_equal(p.payload, TEXT, strlen(TEXT));
		assert_int_equal(p.outer.tunnel, form % 2);
		assert_int_equal(addr_is_v4(&p.src), form != 2);
	}
	packet_parser_free(pp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_order_makes_it_whole),
	    cmocka_unit_test(keys_do_not_mix),
	    cmocka_unit_test(the_first_bytes_win_in_ipv4),
	    cmocka_unit_test(overlap_refuses_the_datagram_in_ipv6),
	    cmocka_unit_test(what_never_comes_times_out),
	    cmocka_unit_test(absurd_ones_are_counted),
	    cmocka_unit_test(the_budget_holds),
	    cmocka_unit_test(too_many_pieces_are_refused),
	    cmocka_unit_test(segments_come_out_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
