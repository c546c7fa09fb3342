/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls that are left to a process. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SECCOMP_ERROR_BYTES 256

enum seccomp_what {
	SECCOMP_ALLOW,
	SECCOMP_REFUSE /* fails with EACCES: a library that looks for a file */
};

struct seccomp_rule {
	const char *name;
	enum seccomp_what what;
	/* Only where argument arg (from 0), reduced to mask, is value; mask 0:
	 * whatever the arguments are. */
	unsigned int arg;
	uint64_t mask, value;
};

/* What no rule names kills the process with SIGSYS, and the kernel logs it. A
 * name that this machine does not have is left out. 0, or -1 with err. */
int seccomp_apply(
    const struct seccomp_rule *rules, size_t n, char err[SECCOMP_ERROR_BYTES]);
