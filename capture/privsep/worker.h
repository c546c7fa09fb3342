/* SPDX-License-Identifier: Apache-2.0 */
/* The first steps of a worker after the fork. */
#pragma once

#include "base/conf.h"
#include "capture/options.h"
#include "capture/privsep/slot.h"

struct worker_setup {
	const struct conf *conf;
	const struct options *options;
	unsigned int workers;
	pid_t parent;
	int fd; /* to the parent */
	uint64_t interfaces_lost;
};

/* Parses packets until the end. The exit code. */
int worker_run(const struct worker_setup *w, const struct slot *s);
