/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the keys network.cgn and network.map_e: read, checked, shown. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"

/* "OUTSIDE INSIDE FIRST-LAST PORTS", OUTSIDE and INSIDE as a prefix or
 * FIRST-LAST. Appends to c->cgn. 0, or -1 with why. */
int conf_cgn_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n);
/* "IPV6-PREFIX IPV4-PREFIX EA-BITS PSID-OFFSET". Appends to c->map_e. */
int conf_map_e_add(
    struct conf *c, const char *text, int64_t max, char *why, size_t n);
/* Quoted, as a file has it. */
void conf_cgn_print(const struct conf_cgn *g, FILE *out);
void conf_map_e_print(const struct conf_map_e *m, FILE *out);
