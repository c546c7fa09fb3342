/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the keys of network { }: read, checked, shown. Of a list, a
 * value is appended: 0, or -1 with why. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"

/* A prefix that is not there yet. */
int conf_prefixes_add(struct conf_prefixes *l, const char *text, int64_t max,
    char *why, size_t n);
/* "PREFIX ADDRESS" to c->egress. */
int conf_egress_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n);
/* A host name (RFC 1123 section 2.1), kept in small letters. */
int conf_names_add(
    struct conf_names *l, const char *text, int64_t max, char *why, size_t n);
void conf_names_clear(struct conf_names *l);
/* "PREFIX LENGTH" to c->ipv6_units. */
int conf_unit_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n);
/* Quoted, as a file has it. */
void conf_unit_print(const struct conf_unit *u, FILE *out);
