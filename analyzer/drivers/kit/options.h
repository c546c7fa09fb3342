/* SPDX-License-Identifier: Apache-2.0 */
/* Options of hook drivers: a value that is none ends the process, with what
 * it has to be. */
#pragma once

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/addr.h"

long option_number(
    const char *mod, char option, const char *text, long min, long max);
/* "640" */
mode_t option_mode(const char *mod, char option, const char *text);

struct option_prefixes {
	struct prefix *v;
	size_t n;
};
/* Adds "192.0.2.0/24" or several with commas between. */
void option_prefixes_add(
    struct option_prefixes *p, const char *mod, char option, const char *text);
/* getopt() that knows --help ('h') and --version ('V'). */
int option_next(int argc, char **argv, const char *letters);
/* What is left of option_next(): 'h', 'V', or one that it does not know. The
 * exit status. */
int option_other(int c, const char *program, void (*usage)(FILE *out));
/* Programs of an administrator are found, too. */
void option_add_sbin(void);
