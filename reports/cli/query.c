/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/query.h"

#include "reports/cli/option.h"

int query_parse(struct cli *c, const struct filter_noun *noun, struct filter *f,
    struct read_range *r, bool *whole)
{
	char shown[8 * FILTER_TEXT_BYTES];
	struct filter_error e;

	if (filter_parse(f, noun, c->query ? c->query : "", c->now_us,
		option_local_times(c), &e) != 0) {
		if (c->format != OUT_JSON && c->format != OUT_JSONL)
			fprintf(c->err, "%s\n",
			    filter_caret(c->query, &e, shown, sizeof(shown)));
		return cli_fail(
		    c, CLI_USAGE, "-q, character %zu: %s", e.at + 1, e.why);
	}
	*whole = filter_narrow(f, r);
	return CLI_OK;
}
