/* SPDX-License-Identifier: Apache-2.0 */
/* What is never sent to a driver, whatever was decided: targets that are not
 * ours, too wide, or hold somebody who is allowed; and more blocks than the
 * caps leave room for. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/hooks/desired.h"
#include "base/conf.h"

#define SAFETY_WHY_BYTES 256

struct safety;

/* Borrows conf. NULL: no memory. */
struct safety *safety_new(const struct conf *conf);
void safety_free(struct safety *s);
/* Keeps who is allowed by hand. True: that has changed. No memory ends the
 * process. */
bool safety_note(struct safety *s, const struct decision *d);
/* Whether these targets of the customer may not be closed, and why. */
bool safety_refuses(const struct safety *s, const char *customer,
    const struct target *v, size_t n, int64_t now_us,
    char why[static SAFETY_WHY_BYTES]);
/* Makes room for a customer under the caps. by_hand: at once. 0; else so
 * many microseconds later there may be room. */
int64_t safety_admit(struct safety *s, bool by_hand, int64_t now_us);
/* An admitted customer is no longer blocked; or was before this start. */
void safety_leave(struct safety *s);
void safety_take(struct safety *s);
