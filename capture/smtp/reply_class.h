/* SPDX-License-Identifier: Apache-2.0 */
/* What a reply means, by a table of codes, enhanced codes and phrases. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"

struct smtp_reply_rule {
	uint16_t code_min, code_max;
	const char *enhanced; /* without its class digit, "1.1"; NULL: any */
	const char *phrase;   /* lower case, at the beginning of a word */
	Sekisho__ReplyClass cls;
};

/* The first rule that applies wins. */
extern const struct smtp_reply_rule smtp_reply_rules[];
extern const size_t smtp_reply_rules_n;

/* text: NUL-terminated; enhanced: "" when absent. */
Sekisho__ReplyClass smtp_reply_classify(
    uint16_t code, const char *enhanced, const char *text);
