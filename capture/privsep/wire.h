/* SPDX-License-Identifier: Apache-2.0 */
/* Messages between worker and privileged parent, one a packet of a
 * SOCK_SEQPACKET pair: a request, then its answer with or without a
 * descriptor. Both ends are the same program: host byte order. */
#pragma once

#include <stdint.h>

#include "capture/priv.h"

enum wire_verb {
	WIRE_CONNECT = 1,
	WIRE_SPOOL_OPEN,
	WIRE_SPOOL_CREATE,
	WIRE_SPOOL_REMOVE,
	WIRE_SPOOL_LIST
};

struct wire_request {
	uint32_t verb; /* enum wire_verb, foreign until checked */
	uint32_t zero;
	uint64_t number;
};

struct wire_answer {
	int64_t result; /* -errno, or 0, or how many numbers follow */
	uint64_t numbers[PRIV_SPOOL_LIST_MAX];
};

/* Ask and wait. *got_fd: the descriptor that came with it, or -1. 0, or
 * -errno: the parent is gone. */
int wire_ask(
    int fd, const struct wire_request *q, struct wire_answer *a, int *got_fd);
/* 1: a request; 0: the worker is gone; -errno: no request (-EAGAIN: none
 * yet). */
int wire_receive(int fd, struct wire_request *q);
/* send_fd: passed along and not closed, or -1. 0 or -errno; never waits. */
int wire_answer(int fd, const struct wire_answer *a, int send_fd);
