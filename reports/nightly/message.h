/* SPDX-License-Identifier: Apache-2.0 */
/* The sentences of a report, in each language. */
#pragma once

#include <stddef.h>

enum language { LANG_EN, LANG_JA, LANG_COUNT };

enum message {
#define M(id, en, ja) MSG_##id,
#include "reports/nightly/messages.def"
#undef M
	MSG_COUNT
};

#define MESSAGE_BYTES 2048

/* "en", "ja". */
const char *language_name(enum language l);
/* Of a BCP 47 tag: "ja-JP" is ja. -1: none of ours. */
int language_parse(const char *tag);
const char *message(enum language l, enum message m);
/* {0}, {1}, ... become args; a number without one stays. Returns buf. */
const char *message_fill(char buf[static MESSAGE_BYTES], const char *text,
    const char *const *args, size_t n);
