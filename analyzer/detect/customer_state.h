/* SPDX-License-Identifier: Apache-2.0 */
/* Customers and accounts in a checkpoint. */
#pragma once

#include "analyzer/decide/brake.h"
#include "analyzer/detect/account.h"
#include "analyzer/detect/customer.h"
#include "analyzer/detect/state.h"

/* Saved or loaded, as s says; a table that is loaded is empty before. The
 * heap of what is due is the caller's. */
void customers_state(struct state *s, struct customers *t);
void accounts_state(struct state *s, struct accounts *t);
/* After the customers. */
void brake_state(struct state *s, struct brake *b, const struct customers *t);
