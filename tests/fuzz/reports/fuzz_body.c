/* SPDX-License-Identifier: Apache-2.0 */
/* The body of a request: what is refused says why, and what is taken is an
 * object whose texts fit where they are put. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reports/api/dispatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct call c;
	char why[200] = "", text[40];
	const char *key;
	json_t *value;

	memset(&c, 0, sizeof(c));
	c.body = body_parse((const char *)data, len, why, sizeof(why));
	must(c.body ? json_is_object(c.body) : why[0] != '\0');
	if (!c.body)
		return 0;
	json_object_foreach(c.body, key, value)
	{
		if (!call_string(&c, key, true, text, sizeof(text))) {
			must(c.status == 400);
			continue;
		}
		must(strlen(text) == json_string_length(value));
		for (const char *p = text; *p != '\0'; p++)
			must((unsigned char)*p >= 0x20 || *p == '\n' ||
			     *p == '\t');
	}
	call_clear(&c);
	json_decref(c.body);
	return 0;
}
