/* SPDX-License-Identifier: Apache-2.0 */
/* What a reply means, by a table of codes, enhanced codes and ideas. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"
#include "base/reply_idea.h"

/* "x.7.23" as a number */
#define SMTP_ENHANCED(subject, detail) ((subject)*1000 + (detail))

struct smtp_reply_rule {
	uint16_t code_min, code_max;
	uint16_t enhanced; /* SMTP_ENHANCED, 0: any */
	uint8_t a, b;      /* ideas that are there; IDEA_NONE: any */
	uint8_t within;    /* words from a to b; 0: anywhere */
	Sekisho__ReplyClass cls;
	const char *example; /* a text without code that it catches */
};

/* The first rule that applies wins. */
extern const struct smtp_reply_rule smtp_reply_rules[];
extern const size_t smtp_reply_rules_n;

/* text: NUL-terminated; enhanced: "" when absent. Only the first 64 words
 * are read, so the time is bounded. */
Sekisho__ReplyClass smtp_reply_classify(
    uint16_t code, const char *enhanced, const char *text);
