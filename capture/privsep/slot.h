/* SPDX-License-Identifier: Apache-2.0 */
/* The place of one worker, as the parent sees it: the process that runs there
 * now, its pair of sockets, its output file, what it counted. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "capture/post.h"
#include "capture/privsep/reach.h"

#define SLOT_ERROR_BYTES 512

struct slot {
	unsigned int index;
	pid_t pid;      /* 0: none */
	int fd;         /* the parent's end; -1 */
	int out_fd;     /* where it writes; -1: to the analyzer */
	pcap_t *device; /* on its way from opening to the worker */
	struct ledger *ledger;
	struct counters past; /* of the workers that were here before */
	int64_t started_ms, due_ms, pause_ms;
};

/* target: -o; NULL: the analyzer. Each worker of several has a file of its
 * own, TARGET.INDEX. 0, or -1 with err. */
int slot_init(struct slot *s, unsigned int index, unsigned int workers,
    const char *target, char err[SLOT_ERROR_BYTES]);
/* As fork(). In the worker *worker_fd is its end. */
pid_t slot_fork(struct slot *s, int *worker_fd);
/* Answers one request. */
void slot_serve(struct slot *s, struct reach *r);
/* The process was waited for. */
void slot_ended(struct slot *s);
/* When the next one is to start: soon, and later each time when the last
 * ones did not live long. Returns the pause. */
int64_t slot_plan(struct slot *s, int64_t now_ms);
/* In a worker: the descriptors and devices of this place are not its own. */
void slot_close(struct slot *s);
