/* SPDX-License-Identifier: Apache-2.0 */
/* How much of the mail that a line sends to foreign servers on port 25 could
 * be looked at: what is not said of a customer may have been unseen. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "store/rows.h"

/* All zero: nothing yet. */
struct visibility {
	int64_t mails;     /* transactions in the clear */
	int64_t judged;    /* of these, those with a verdict */
	int64_t lost;      /* of these, those of which bytes are missing */
	int64_t encrypted; /* sessions; nobody knows how many mails */
};

void visibility_note(struct visibility *v, const struct observation *o);
/* Of mails and encrypted sessions, in 1/1000; -1: there were none. */
int visibility_permille(const struct visibility *v);
/* One sentence. */
void visibility_words(const struct visibility *v, char *out, size_t size);
/* As an object under the key "visibility". */
void visibility_json(const struct visibility *v, struct jsonw *j);
