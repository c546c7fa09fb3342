/* SPDX-License-Identifier: Apache-2.0 */
/* Where the other programs are: beside this one, else on PATH. */
#pragma once

#include <limits.h>

/* The path, or the bare name for a search on PATH. Returns buf. */
const char *program_find(const char *name, char buf[static PATH_MAX]);
