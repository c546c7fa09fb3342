/* SPDX-License-Identifier: Apache-2.0 */
/* Names out of the store for a line that is being typed. */
#pragma once

#include "reports/cli/verb.h"

typedef void (*complete_offer)(void *arg, const char *word, const char *what);

/* What may stand as argument number n (from 0) of the verb: the newest ones.
 * Whatever fails, nothing is said. */
void complete_names(struct cli *c, const struct verb *v, int n,
    complete_offer offer, void *arg);
/* The same for the value of an option, as --customer. */
void complete_option_names(
    struct cli *c, const char *option, complete_offer offer, void *arg);
