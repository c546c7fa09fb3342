/* SPDX-License-Identifier: Apache-2.0 */
/* replyclass: lines of "CODE TEXT" on stdin, the class of each on stdout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/reply_class.h"

/* The enhanced code in front, where there is one. */
static const char *split_enhanced(const char *text, char enhanced[12])
{
	size_t n = strspn(text, "0123456789.");

	enhanced[0] = '\0';
	if (n < 5 || n > 11 || text[1] != '.' || strchr("245", text[0]) == NULL)
		return text;
	memcpy(enhanced, text, n);
	enhanced[n] = '\0';
	return text + n;
}

int main(void)
{
	char line[1024], enhanced[12];
	const char *text;
	const ProtobufCEnumValue *v;

	while (fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strlen(line) < 4)
			return 1;
		text = split_enhanced(line + 4, enhanced);
		v = protobuf_c_enum_descriptor_get_value(
		    &sekisho__reply_class__descriptor,
		    (int)smtp_reply_classify(
			(uint16_t)strtoul(line, NULL, 10), enhanced, text));
		printf("%s\n", v->name + strlen("REPLY_CLASS_"));
	}
	return 0;
}
