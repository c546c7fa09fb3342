/* SPDX-License-Identifier: Apache-2.0 */
/* The target of a request: its path leads to one route or none, and a cursor
 * that is taken comes back as the same text. */
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

static void try_cursor(const char *text)
{
	char again[64];
	int64_t a, b, c, d;

	if (cursor_parse(text, "iad", &a, &b) != 0)
		return;
	cursor_format(again, "iad", a, b);
	must(cursor_parse(again, "iad", &c, &d) == 0 && a == c && b == d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct call c;
	static struct conf conf;
	char *text = malloc(len + 1);

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	memset(&c, 0, sizeof(c));
	c.conf = &conf;
	c.method = "GET";
	try_cursor(text);
	if (uri_parse(&c.uri, text) == 0) {
		must(c.uri.path[0] == '/' && strlen(c.uri.path) < len + 1);
		for (int i = 0; i < c.uri.n; i++)
			must(uri_get(&c.uri, c.uri.pairs[i].name) ==
			     c.uri.pairs[i].value);
		must((dispatch_route(&c) == 0) == (c.route != NULL));
		must(c.route || c.status == 404 || c.status == 405);
		jsonw_object_begin(call_json(&c, 200));
		call_end_page(&c, "iad.1.2", 3);
	}
	call_clear(&c);
	free(text);
	return 0;
}
