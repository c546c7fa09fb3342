/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/card.h"

int card_check(struct cli *c)
{
	if (!c->format_given || c->format == OUT_TABLE ||
	    c->format == OUT_TABLE_WIDE || c->format == OUT_JSON ||
	    c->format == OUT_JSONL)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "-o %s: this has lists in it; give table, json or jsonl",
	    out_format_name(c->format));
}

void card_open(struct card *card, struct cli *c, struct jsonw *j)
{
	*card = (struct card){.out = c->out, .limit = cli_limit(c)};
	jsonw_init(j, c->out);
	if (c->format != OUT_JSON && c->format != OUT_JSONL)
		return;
	card->json = j;
	jsonw_object_begin(j);
}

int card_close(struct card *card, struct cli *c, int rc)
{
	bool failed = false;

	if (card->json && rc == 0) {
		jsonw_object_end(card->json);
		jsonw_newline(card->json);
	}
	if (card->json) {
		failed = card->json->failed;
		jsonw_free(card->json);
	}
	if (rc != 0)
		return cli_fail_db(c);
	return cli_end_text(c, failed);
}

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
