/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/card.h"

void card_line(const struct card *c, const char *name, const char *value)
{
	char safe[1024];

	if (c->json && *value == '\0') {
		jsonw_key(c->json, name);
		jsonw_null(c->json);
	} else if (c->json) {
		jsonw_kstring(c->json, name, value);
	} else if (*value != '\0') {
		fprintf(c->out, "%-14s %s\n", name,
		    text_safe(value, safe, sizeof(safe)));
	}
}

void card_begin(const struct card *c, const char *name)
{
	if (c->json) {
		jsonw_key(c->json, name);
		jsonw_array_begin(c->json);
	} else {
		fprintf(c->out, "\n%s\n", name);
	}
}

bool card_shows(const struct card *c, int64_t n)
{
	return c->json ? c->limit == 0 || n < c->limit : n < CARD_SHOWN;
}

void card_end(const struct card *c, int64_t n)
{
	char all[32];

	if (c->json)
		jsonw_array_end(c->json);
	else if (n == 0)
		fputs("  none\n", c->out);
	else if (n > CARD_SHOWN)
		fprintf(
		    c->out, "  %d of %s\n", CARD_SHOWN, text_grouped(n, all));
}
