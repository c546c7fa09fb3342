/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/fanout.h"

#include <assert.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#define LAYERS       6 /* tags and labels that are read through */
#define INNER_LAYERS 3
#define VLAN_OLD     0x9100
#define PPP_IP       0x0021
#define PPP_IP6      0x0057
#define PPP_MPLS     0x0281
#define ICMP_ERROR   3
#define ICMP6_ERROR  1
/* BPF_ADD is 0, which clang-tidy takes for a mistake. */
#define ADD_K     (BPF_ALU | BPF_K)
#define JUMPS_MAX 64

/* Registers: X is the offset of the header that is looked at, and A its type
 * in the number space of EtherType. Scratch word 0 keeps what A held. */

/* A jump to a place that is not known yet: true goes there. */
struct jumps {
	size_t at[JUMPS_MAX];
	size_t n;
};
struct program {
	struct sock_filter *v;
	size_t n;
	struct jumps ip, ip6, mpls, none;
};

static void put(struct program *p, unsigned int code, uint32_t k)
{
	assert(p->n < FANOUT_PROGRAM_MAX);
	p->v[p->n++] = (struct sock_filter){.code = (uint16_t)code, .k = k};
}

/* If A equals k, skip so many instructions. */
static void skip_if(struct program *p, uint32_t k, uint8_t skip)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, k);
	p->v[p->n - 1].jt = skip;
}

static void skip_unless(struct program *p, uint32_t k, uint8_t skip)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, k);
	p->v[p->n - 1].jf = skip;
}

static void go(struct program *p, struct jumps *to)
{
	assert(to->n < JUMPS_MAX);
	to->at[to->n++] = p->n;
	put(p, BPF_JMP | BPF_JA, 0);
}

static void go_if(struct program *p, uint32_t k, struct jumps *to)
{
	skip_unless(p, k, 1);
	go(p, to);
}

static void land(struct program *p, struct jumps *here)
{
	for (size_t i = 0; i < here->n; i++)
		p->v[here->at[i]].k = (uint32_t)(p->n - here->at[i] - 1);
	here->n = 0;
}

static void add_to_x(struct program *p, uint32_t bytes)
{
	put(p, BPF_MISC | BPF_TXA, 0);
	put(p, ADD_K, bytes);
	put(p, BPF_MISC | BPF_TAX, 0);
}

/* The kernel shows a received packet from its network header on, an outgoing
 * one from the link header on. */
static void put_start(struct program *p, bool test_link)
{
	if (test_link) {
		put(p, BPF_LDX | BPF_IMM, ETH_HLEN);
		put(p, BPF_LD | BPF_H | BPF_ABS, 12);
		return;
	}
	put(p, BPF_LDX | BPF_IMM, 0);
	put(p, BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE);
	skip_unless(p, PACKET_OUTGOING, 4);
	put(p, BPF_LD | BPF_H | BPF_ABS, SKF_AD_OFF + SKF_AD_HATYPE);
	skip_if(p, ARPHRD_ETHER, 1);
	skip_unless(p, ARPHRD_LOOPBACK, 1);
	put(p, BPF_LDX | BPF_IMM, ETH_HLEN);
	put(p, BPF_LD | BPF_H | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL);
}

/* One VLAN tag or PPPoE header where there is one; jumps where A is known. */
static void put_layer(struct program *p)
{
	struct jumps tag = {.n = 0};

	go_if(p, ETH_P_IP, &p->ip);
	go_if(p, ETH_P_IPV6, &p->ip6);
	go_if(p, ETH_P_MPLS_UC, &p->mpls);
	go_if(p, ETH_P_MPLS_MC, &p->mpls);
	go_if(p, ETH_P_8021Q, &tag);
	go_if(p, ETH_P_8021AD, &tag);
	go_if(p, VLAN_OLD, &tag);
	skip_if(p, ETH_P_PPP_SES, 1);
	go(p, &p->none);
	put(p, BPF_LD | BPF_H | BPF_IND, 6);
	put(p, BPF_ST, 0);
	add_to_x(p, 8);
	put(p, BPF_LD | BPF_MEM, 0);
	go_if(p, PPP_IP, &p->ip);
	go_if(p, PPP_IP6, &p->ip6);
	go_if(p, PPP_MPLS, &p->mpls);
	go(p, &p->none);
	land(p, &tag);
	put(p, BPF_LD | BPF_H | BPF_IND, 2);
	put(p, BPF_ST, 0);
	add_to_x(p, 4);
	put(p, BPF_LD | BPF_MEM, 0);
}

/* Labels to the bottom of the stack; then IP by its first four bits, or
 * Ethernet with or without a control word. */
static void put_mpls(struct program *p)
{
	static const uint16_t inner[] = {
	    ETH_P_IP, ETH_P_IPV6, ETH_P_8021Q, ETH_P_8021AD, ETH_P_PPP_SES};
	struct jumps bottom = {.n = 0}, ethernet = {.n = 0};

	land(p, &p->mpls);
	for (int i = 0; i < LAYERS; i++) {
		put(p, BPF_LD | BPF_B | BPF_IND, 2);
		put(p, BPF_ALU | BPF_AND | BPF_K, 1);
		put(p, BPF_ST, 0);
		add_to_x(p, 4);
		put(p, BPF_LD | BPF_MEM, 0);
		go_if(p, 1, &bottom);
	}
	go(p, &p->none);
	land(p, &bottom);
	put(p, BPF_LD | BPF_B | BPF_IND, 0);
	put(p, BPF_ALU | BPF_RSH | BPF_K, 4);
	go_if(p, 4, &p->ip);
	go_if(p, 6, &p->ip6);
	/* An address may begin with 0 as well as a control word (RFC 4385):
	 * the type behind it tells. */
	put(p, BPF_ST, 0);
	put(p, BPF_LD | BPF_H | BPF_IND, 12);
	for (size_t i = 0; i < sizeof(inner) / sizeof(inner[0]); i++)
		go_if(p, inner[i], &ethernet);
	put(p, BPF_LD | BPF_MEM, 0);
	skip_unless(p, 0, 3);
	add_to_x(p, 4);
	land(p, &ethernet);
	add_to_x(p, ETH_HLEN);
	put(p, BPF_MISC | BPF_TXA, 0);
	put(p, BPF_ALU | BPF_SUB | BPF_K, 2);
	put(p, BPF_ST, 1);
	put(p, BPF_MISC | BPF_TAX, 0);
	put(p, BPF_LD | BPF_H | BPF_IND, 0);
	put(p, BPF_ST, 0);
	put(p, BPF_LD | BPF_MEM, 1);
	put(p, ADD_K, 2);
	put(p, BPF_MISC | BPF_TAX, 0);
	put(p, BPF_LD | BPF_MEM, 0);
}

/* A = the exclusive or of all words of both addresses, from X + first on. */
static void put_fold(struct program *p, uint32_t first, int words)
{
	put(p, BPF_LD | BPF_W | BPF_IND, first);
	for (int i = 1; i < words; i++) {
		put(p, BPF_ST, 0);
		put(p, BPF_STX, 1);
		put(p, BPF_LD | BPF_W | BPF_IND, first + 4 * (uint32_t)i);
		put(p, BPF_LDX | BPF_MEM, 0);
		put(p, BPF_ALU | BPF_XOR | BPF_X, 0);
		put(p, BPF_LDX | BPF_MEM, 1);
	}
}

static void put_ip(struct program *p, struct jumps *mix)
{
	struct jumps plain = {.n = 0};

	land(p, &p->ip);
	put(p, BPF_LD | BPF_B | BPF_IND, 9);
	skip_if(p, IPPROTO_ICMP, 1);
	go(p, &plain);
	/* X goes behind the header, A is the type of the message. */
	put(p, BPF_STX, 1);
	put(p, BPF_LD | BPF_B | BPF_IND, 0);
	put(p, BPF_ALU | BPF_AND | BPF_K, 0x0f);
	put(p, BPF_ALU | BPF_LSH | BPF_K, 2);
	put(p, BPF_ALU | BPF_ADD | BPF_X, 0);
	put(p, BPF_MISC | BPF_TAX, 0);
	put(p, BPF_LD | BPF_B | BPF_IND, 0);
	skip_if(p, ICMP_ERROR, 2);
	put(p, BPF_LDX | BPF_MEM, 1);
	go(p, &plain);
	add_to_x(p, 8);
	land(p, &plain);
	put_fold(p, 12, 2);
	go(p, mix);
}

static void put_ip6(struct program *p, struct jumps *mix)
{
	struct jumps plain = {.n = 0};

	land(p, &p->ip6);
	put(p, BPF_LD | BPF_B | BPF_IND, 6);
	skip_if(p, IPPROTO_ICMPV6, 1);
	go(p, &plain);
	put(p, BPF_LD | BPF_B | BPF_IND, 40);
	skip_if(p, ICMP6_ERROR, 1);
	go(p, &plain);
	add_to_x(p, 48);
	land(p, &plain);
	put_fold(p, 8, 8);
	go(p, mix);
}

size_t fanout_program(struct sock_filter out[static FANOUT_PROGRAM_MAX],
    uint32_t factor, int test_link)
{
	struct program p = {.v = out};
	struct jumps mix = {.n = 0};

	put_start(&p, test_link != 0);
	for (int i = 0; i < LAYERS; i++)
		put_layer(&p);
	go(&p, &p.none);
	put_mpls(&p);
	/* What is inside of MPLS, with its own tags; labels no more. */
	for (int i = 0; i < INNER_LAYERS; i++)
		put_layer(&p);
	land(&p, &p.mpls);
	go(&p, &p.none);
	put_ip(&p, &mix);
	put_ip6(&p, &mix);
	land(&p, &p.none);
	put(&p, BPF_RET | BPF_K, 0);
	land(&p, &mix);
	put(&p, BPF_ALU | BPF_MUL | BPF_K, factor);
	put(&p, BPF_ALU | BPF_RSH | BPF_K, 16);
	put(&p, BPF_RET | BPF_A, 0);
	return p.n;
}

int fanout_init(struct fanout *f)
{
	f->group = -1;
	if (getrandom(&f->factor, sizeof(f->factor), 0) != sizeof(f->factor))
		return -errno;
	f->factor |= 1;
	return 0;
}

int fanout_join(struct fanout *f, int fd)
{
	struct sock_filter code[FANOUT_PROGRAM_MAX];
	struct sock_fprog program = {.filter = code};
	int what = PACKET_FANOUT_CBPF << 16;
	socklen_t len = sizeof(what);

	/* Not FLAG_DEFRAG: it would hide from us what fragments looked like,
	 * and only knows those outside of any tunnel. */
	if (f->group < 0)
		what |= PACKET_FANOUT_FLAG_UNIQUEID << 16;
	else
		what |= f->group;
	program.len = (unsigned short)fanout_program(code, f->factor, 0);
	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &what, sizeof(what)) !=
		0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &program,
		sizeof(program)) != 0 ||
	    getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &what, &len) != 0)
		return -errno;
	f->group = what & 0xffff;
	return 0;
}
