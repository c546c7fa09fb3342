/* SPDX-License-Identifier: Apache-2.0 */
/* Who may speak RADIUS to us, and the secret shared with them: a file of
 * lines "PREFIX SECRET". */
#pragma once

#include <stddef.h>

#include "base/addr.h"
#include "base/radius_auth.h"

#define RADIUS_SECRET_MAX 128

struct radius_clients;

/* Blank lines and lines that begin with # are skipped. A file that others may
 * read or write is refused. NULL: err says file, line and remedy; never a
 * secret. */
struct radius_clients *radius_clients_load(
    const char *path, char *err, size_t size);
void radius_clients_free(struct radius_clients *c);
size_t radius_clients_count(const struct radius_clients *c);
/* Longest prefix that holds the address; -1: nobody's. No allocation, work
 * bounded by the number of distinct lengths. */
int radius_clients_find(const struct radius_clients *c, const struct addr *a);
struct radius_secret radius_clients_secret(
    const struct radius_clients *c, int i);
const struct prefix *radius_clients_prefix(
    const struct radius_clients *c, int i);
