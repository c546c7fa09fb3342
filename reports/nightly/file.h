/* SPDX-License-Identifier: Apache-2.0 */
/* A file appears whole or not at all. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/* Makes dir and its parents (0750). 0, or -1 with err. */
int file_make_dir(const char *dir, char *err, size_t errsize);
/* What print(arg, f) writes becomes path (0640): a temporary name beside it,
 * checked, then renamed. 0, or -1 with err and no trace. */
int file_replace(const char *path, void (*print)(const void *arg, FILE *f),
    const void *arg, char *err, size_t errsize);
