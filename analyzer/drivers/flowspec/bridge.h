/* SPDX-License-Identifier: Apache-2.0 */
/* exabgp takes commands on the standard output of a program that it runs, and
 * answers on its standard input. This is that program: it passes on what comes
 * on a unix socket, for one caller at a time. */
#pragma once

#include <sys/types.h>

/* Until exabgp closes in. Returns what to exit with. */
int bridge_run(const char *mod, const char *path, mode_t mode, int in, int out);
