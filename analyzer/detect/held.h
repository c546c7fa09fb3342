/* SPDX-License-Identifier: Apache-2.0 */
/* A customer whose block the mass-event brake holds. */
#pragma once

#include "analyzer/decide/ruling.h"
#include "analyzer/detect/customer.h"

/* Its wish was refused just now: the incident says so. */
void held_begin(struct customer *c, struct ruling *r);
/* INT64_MAX: the brake has nothing to tell it. */
int64_t held_next_due(const struct customer *c);
/* Does what the brake came to. */
void held_settle(struct customer *c, struct ruling *r, int64_t at_us);
/* Whatever becomes of the brake, this one is no part of it. */
void held_let_go(struct customer *c, struct ruling *r);
