/* SPDX-License-Identifier: Apache-2.0 */
/* What hosts say to each other: mail, and everything else. */
#pragma once

#include "tests/bench/parts/talk.h"

/* Fills t with one connection to a mail server; dkim: half of the messages
 * carry a DKIM-Signature field, which need not verify. */
void dialogue_mail(struct talk *t, uint64_t seed, int64_t now_us, bool dkim);
/* Other TCP or UDP. */
void dialogue_other(struct talk *t, uint64_t seed, int64_t now_us);
