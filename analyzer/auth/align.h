/* SPDX-License-Identifier: Apache-2.0 */
/* Do two domains belong together? Identifier alignment of DMARC, with the
 * organisational domain by the Public Suffix List. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum align_mode { ALIGN_RELAXED, ALIGN_STRICT };

struct align;

/* psl: a list's file, plain or compiled; NULL: the newest that the system
 * has. NULL with err set. */
struct align *align_new(const char *psl, char *err, size_t errsize);
/* NULL is legal. */
void align_free(struct align *a);
/* The domain below the public suffix; a public suffix is its own. False: no
 * domain name. */
bool align_organisation(
    const struct align *a, const char *domain, char out[static 256]);
/* Case and a last dot make no difference. False where one is no domain. */
bool align_domains(const struct align *a, const char *one, const char *other,
    enum align_mode mode);
