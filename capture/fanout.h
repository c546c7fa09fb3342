/* SPDX-License-Identifier: Apache-2.0 */
/* Several sockets share one interface by PACKET_FANOUT: which worker a packet
 * goes to is a hash of its two addresses that does not know their order, so
 * both directions and all fragments meet in one worker. */
#pragma once

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define FANOUT_PROGRAM_MAX 1024

/* The classic BPF program whose result, modulo the number of sockets, is the
 * worker. It reads through VLAN tags, PPPoE, MPLS and Ethernet in MPLS to the
 * outermost IP header; of ICMP errors it takes the addresses of the quoted
 * packet. factor: odd, secret, so that nobody can aim at one worker.
 * test_link: it starts at an Ethernet header and asks the kernel nothing, for
 * bpf_filter(). Returns the number of instructions. */
size_t fanout_program(struct sock_filter out[static FANOUT_PROGRAM_MAX],
    uint32_t factor, int test_link);

struct fanout {
	int group; /* -1: not made yet */
	uint32_t factor;
};

/* 0 or -errno. */
int fanout_init(struct fanout *f);
/* Joins the packet socket fd to the group, makes it where there is none. */
int fanout_join(struct fanout *f, int fd);
