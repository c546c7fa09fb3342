/* SPDX-License-Identifier: Apache-2.0 */
/* Both directions of a connection, its fragments and the errors about it go
 * to one worker, whatever is wrapped around them. */
#include "capture/fanout.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FACTOR 0x9e3779b1u

struct frame {
	uint8_t v[512];
	size_t n;
};

static void bytes(struct frame *f, const char *hex)
{
	unsigned int b;

	for (; *hex != '\0'; hex++) {
		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex, "%2x", &b), 1);
		f->v[f->n++] = (uint8_t)b;
		hex++;
	}
}

static uint32_t hash(const struct frame *f)
{
	struct sock_filter code[FANOUT_PROGRAM_MAX];

	assert_true(fanout_program(code, FACTOR, 1) > 0);
	return bpf_filter((const struct bpf_insn *)code, f->v,
	    (unsigned int)f->n, (unsigned int)f->n);
}

#define MACS "020000000001 020000000002"
#define A4   "c0000201" /* 192.0.2.1 */
#define B4   "c6336419" /* 198.51.100.25 */
#define C4   "cb007105"
#define IP4(src, dst)                                                          \
	"4500 0028 0001 0000 40 06 0000" src dst                               \
	"9c40 0019 00000001 00000001 5018 ffff 0000 0000"
#define A6 "20010db8000000000000000000000001"
#define B6 "20010db8000100000000000000000019"
#define IP6(src, dst)                                                          \
	"6000 0000 0014 06 40" src dst                                         \
	"9c40 0019 00000001 00000001 5018 ffff 0000 0000"

static const struct {
	const char *name, *before;
	bool ip6;
} wraps[] = {
    {"plain", "0800", false},
    {"plain 6", "86dd", true},
    {"vlan", "8100 0064 0800", false},
    {"qinq", "88a8 0064 8100 00c8 0800", false},
    {"old qinq", "9100 0064 8100 00c8 86dd", true},
    {"pppoe", "8864 1100 0007 002a 0021", false},
    {"pppoe 6", "8864 1100 0007 002a 0057", true},
    {"vlan pppoe", "8100 0064 8864 1100 0007 002a 0021", false},
    {"mpls", "8847 00010140", false},
    {"mpls 3", "8847 00010040 00011040 00012140", true},
    {"vpls", "8847 00010140" MACS "0800", false},
    {"eompls with control word", "8847 00010140 00000000" MACS "8100 0064 0800",
	false},
};

static uint32_t hash_of(const char *before, const char *packet)
{
	struct frame f = {.n = 0};

	bytes(&f, MACS);
	bytes(&f, before);
	bytes(&f, packet);
	return hash(&f);
}

static void both_directions_meet_in_every_wrapper(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++) {
		uint32_t there = hash_of(
		    wraps[i].before, wraps[i].ip6 ? IP6(A6, B6) : IP4(A4, B4));
		uint32_t back = hash_of(
		    wraps[i].before, wraps[i].ip6 ? IP6(B6, A6) : IP4(B4, A4));
		uint32_t bare = wraps[i].ip6 ? hash_of("86dd", IP6(A6, B6))
					     : hash_of("0800", IP4(A4, B4));

		if (there != back || there != bare || there == 0)
			fail_msg("%s: %u, %u, bare %u", wraps[i].name, there,
			    back, bare);
	}
}

static void fragments_meet_their_packet(void **state)
{
	(void)state;
	assert_int_equal(hash_of("0800", IP4(A4, B4)),
	    hash_of("0800",
		"4500 0028 0001 00b9 40 06 0000" A4 B4 "0102030405060708"));
}

static void an_icmp_error_meets_what_it_quotes(void **state)
{
	(void)state;
	assert_int_equal(hash_of("0800", IP4(A4, B4)),
	    hash_of("0800", "4500 0044 0001 0000 40 01 0000" C4 A4
			    "0301 0000 00000000" IP4(A4, B4)));
	assert_int_equal(hash_of("86dd", IP6(A6, B6)),
	    hash_of("86dd",
		"6000 0000 0044 3a 40 20010db80002000000000000000000ff" A6
		"0104 0000 00000000" IP6(A6, B6)));
}

static void another_icmp_message_is_by_its_own_addresses(void **state)
{
	(void)state;
	assert_int_equal(hash_of("0800", IP4(A4, B4)),
	    hash_of("0800",
		"4500 001c 0001 0000 40 01 0000" A4 B4 "0800 0000 00010001"));
}

static void pairs_are_spread(void **state)
{
	unsigned int per_worker[4] = {0};
	struct frame f;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		f.n = 0;
		bytes(&f, MACS "0800" IP4(A4, B4));
		f.v[14 + 14] = (uint8_t)(i >> 8);
		f.v[14 + 15] = (uint8_t)i;
		per_worker[hash(&f) % 4]++;
	}
	for (int i = 0; i < 4; i++)
		assert_in_range(per_worker[i], 150, 350);
}

static void what_is_no_ip_or_is_cut_goes_to_the_first(void **state)
{
	struct frame f = {.n = 0};

	(void)state;
	assert_int_equal(hash_of("0806", "0001080006040001"), 0);
	bytes(&f, MACS "0800" IP4(A4, B4));
	for (f.n = 0; f.n < 14 + 20; f.n++)
		assert_int_equal(hash(&f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_directions_meet_in_every_wrapper),
	    cmocka_unit_test(fragments_meet_their_packet),
	    cmocka_unit_test(an_icmp_error_meets_what_it_quotes),
	    cmocka_unit_test(another_icmp_message_is_by_its_own_addresses),
	    cmocka_unit_test(pairs_are_spread),
	    cmocka_unit_test(what_is_no_ip_or_is_cut_goes_to_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
