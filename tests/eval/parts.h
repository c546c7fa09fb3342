/* SPDX-License-Identifier: Apache-2.0 */
/* The populations kind by kind. What is done is kept in a directory, so that
 * a run that was ended goes on, and parts of it may run elsewhere. */
#pragma once

#include "tests/eval/run.h"

/* run_all() of each kind of the plan in turn. dir NULL: nothing is kept. A
 * kind that the directory has, from the same program and the same options, is
 * taken from there. 0, or -1 with a message. */
int parts_run(const struct run_plan *p, const char *dir, struct run *r);
