/* SPDX-License-Identifier: Apache-2.0 */
/* What receivers say of an account's mail: a list that was bought has addresses
 * that nobody has, an owner's friends have not. A CUSUM (E. S. Page, Continuous
 * Inspection Schemes, Biometrika 41, 1954) of the log-likelihood ratios of
 * account_unknown_milli and the others, see docs/DETECTION.md. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "store/rows.h"

/* All zero is empty. The counts, since the score last was 0. */
struct answers {
	int64_t since_us, first_obs;
	int32_t score_milli;
	int32_t delivered, rejected, unknown;
};

/* A row of the kind login, result delivery. True: an owner's mail does not
 * fare like this; the caller tells it, and clears. */
bool answers_note(
    struct answers *a, const struct conf *c, const struct observation *o);
