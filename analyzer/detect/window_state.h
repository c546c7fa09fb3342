/* SPDX-License-Identifier: Apache-2.0 */
/* A customer's score and windows in a checkpoint: each saved or loaded, as s
 * says; what is loaded is empty before. */
#pragma once

#include "analyzer/detect/customer.h"
#include "analyzer/detect/state.h"

void score_state(struct state *s, struct score *sc);
void burst_state(struct state *s, struct burst *b);
/* One that holds nothing is like none. */
void window_state(struct state *s, struct burst **w);
void spread_state(struct state *s, struct spread *sp);
void retries_state(struct state *s, struct retries *r);
void fates_state(struct state *s, struct fates *f);
