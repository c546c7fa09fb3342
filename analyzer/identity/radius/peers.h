/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of the receiver with what is counted of each, and warnings
 * about them: at most one a minute for each, so that packets that are wrong
 * cost as little as others. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/radius/counts.h"
#include "base/radius_clients.h"

struct radius_peers;

/* The file that is read; borrowed. NULL: err says what and the remedy. */
struct radius_peers *radius_peers_new(
    const char *clients_file, char *err, size_t size);
void radius_peers_free(struct radius_peers *p);
/* Reads the file again; counters begin anew. -1: err, and the old ones
 * stay. */
int radius_peers_reload(struct radius_peers *p, char *err, size_t size);

/* The client, by number; -1: nobody's address, which is counted. */
int radius_peers_find(
    struct radius_peers *p, const struct addr *from, int64_t now_us);
struct radius_secret radius_peers_secret(const struct radius_peers *p, int i);
struct radius_counts *radius_peers_counts(struct radius_peers *p, int i);
void radius_peers_warn(struct radius_peers *p, int i, const struct addr *from,
    int64_t now_us, const char *what);

/* A log line for each client that sent something. */
void radius_peers_log(const struct radius_peers *p);
void radius_peers_sum(const struct radius_peers *p, struct radius_counts *sum);
uint64_t radius_peers_unknown(const struct radius_peers *p);
/* NULL: no such number. */
const struct radius_counts *radius_peers_get(
    const struct radius_peers *p, size_t i, struct prefix *prefix);
