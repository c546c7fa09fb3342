/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/message.h"

#include <string.h>
#include <strings.h>

static const char *const messages[MSG_COUNT][LANG_COUNT] = {
#define M(id, en, ja) {en, ja},
#include "reports/nightly/messages.def"
#undef M
};

const char *language_name(enum language l)
{
	return l == LANG_JA ? "ja" : "en";
}

int language_parse(const char *tag)
{
	for (int l = 0; l < LANG_COUNT; l++) {
		const char *name = language_name((enum language)l);
		size_t n = strlen(name);

		if (strncasecmp(tag, name, n) == 0 &&
		    (tag[n] == '\0' || tag[n] == '-' || tag[n] == '_'))
			return l;
	}
	return -1;
}

const char *message(enum language l, enum message m)
{
	return messages[m][l];
}

const char *message_fill(char buf[static MESSAGE_BYTES], const char *text,
    const char *const *args, size_t n)
{
	size_t at = 0;

	while (*text != '\0' && at + 1 < MESSAGE_BYTES) {
		size_t i = (size_t)(text[0] == '{' ? text[1] - '0' : 10);

		if (text[0] == '{' && i < n && text[2] == '}') {
			size_t room = MESSAGE_BYTES - 1 - at;
			size_t len = strnlen(args[i], room);

			memcpy(buf + at, args[i], len);
			at += len;
			text += 3;
			continue;
		}
		buf[at++] = *text++;
	}
	buf[at] = '\0';
	return buf;
}
