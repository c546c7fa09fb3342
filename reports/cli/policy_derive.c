/* SPDX-License-Identifier: Apache-2.0 */
/* From a budget of wrong blocks to the thresholds of the score. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/policy.h"
#include "reports/cli/verb.h"
#include "reports/mix.h"

static const struct out_column columns[] = {
    {"class", OUT_TEXT, OUT_NARROW},
    {"labels", OUT_TEXT, OUT_NARROW},
    {"mails_a_day", OUT_TEXT, OUT_NARROW},
    {"threshold_now", OUT_NUMBER, OUT_NARROW},
    {"wrong_a_day_now", OUT_TEXT, OUT_NARROW},
    {"threshold", OUT_NUMBER, OUT_NARROW},
    {"wrong_a_day", OUT_TEXT, OUT_NARROW},
    {"mails_to_bot", OUT_TEXT, OUT_NARROW},
    {"mails_to_mixed_bot", OUT_TEXT, OUT_NARROW},
    {"lattice_milli", OUT_NUMBER, OUT_WIDE},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

struct job {
	struct cli *c;
	struct conf policy;
	double blocks, customers;
	struct mix mixes[CLASS_COUNT];
};

static int need_amount(
    struct cli *c, const char *option, const char *text, double *v)
{
	char *end;

	if (text == NULL)
		return cli_fail(c, CLI_USAGE,
		    "policy derive: %s is missing; a budget is --blocks N "
		    "wrong blocks a day for --customers M",
		    option);
	errno = 0;
	*v = strtod(text, &end);
	if (end != text && *end == '\0' && errno == 0 && isfinite(*v) &&
	    *v >= 1e-9 && *v <= 1e12)
		return CLI_OK;
	return cli_fail(c, CLI_USAGE,
	    "%s %.60s: give a number above 0, such as 1 or 0.5", option, text);
}

static int print_class(struct job *j, struct out *out, enum line_class k)
{
	struct conf_class rules = conf_class_rules(&j->policy, k);
	struct derive_question q = {.blocks = j->blocks,
	    .customers = j->customers,
	    .threshold_milli = (int32_t)rules.threshold_milli};
	bool measured = mix_take(&j->mixes[k], &q.normal);
	struct out_value row[COLUMNS], *v = row;
	char text[5][32];
	struct derived d;

	for (int i = 0; i < LABEL_COUNT; i++)
		q.weight_milli[i] = (int32_t)j->policy.weight_milli[i];
	if (!measured)
		q.normal = rules.port25_open ? derive_open : derive_closed;
	if (derive(&q, &d) != 0)
		return cli_fail(j->c, CLI_FAILED, "out of memory");
	snprintf(text[0], sizeof(text[0]), "%.1f", q.normal.per_day);
	snprintf(text[1], sizeof(text[1]), "%.3g", d.blocks_now);
	snprintf(text[2], sizeof(text[2]), "%.3g", d.blocks_then);
	snprintf(text[3], sizeof(text[3]), "%.1f", d.bot);
	snprintf(text[4], sizeof(text[4]), "%.1f", d.mixed_bot);
	*v++ = out_text(line_class_name(k));
	*v++ = out_text(measured ? "measured" : "assumed");
	*v++ = out_text(text[0]);
	*v++ = out_number(q.threshold_milli);
	*v++ = out_text(text[1]);
	*v++ = d.threshold_milli ? out_number(d.threshold_milli) : out_absent();
	*v++ = out_text(text[2]);
	*v++ = out_text(text[3]);
	*v++ = out_text(text[4]);
	*v++ = out_number(d.lattice_milli);
	out_row(out, row);
	return CLI_OK;
}

static int print(struct job *j)
{
	struct out *out = cli_out(j->c, columns, COLUMNS);
	enum line_class classes[CLASS_COUNT];
	size_t n = conf_classes_named(&j->policy, classes);
	int code = CLI_OK;

	if (!out)
		return CLI_FAILED;
	for (size_t i = 0; i < n && code == CLI_OK; i++)
		code = print_class(j, out, classes[i]);
	if (code == CLI_OK)
		return cli_end_list(j->c, out, (int64_t)n);
	out_free(out);
	return code;
}

int cli_policy_derive(struct cli *c)
{
	struct job j = {.c = c};
	int code = need_amount(c, "--blocks", c->blocks, &j.blocks);

	if (code == CLI_OK)
		code =
		    need_amount(c, "--customers", c->customers, &j.customers);
	if (code != CLI_OK)
		return code;
	/* A database is read only when one is named: the numbers of a policy
	 * alone are a question, too. */
	if (c->db_path) {
		code = cli_need_db(c, DB_READ);
		if (code != CLI_OK)
			return code;
		if (mix_read(c->db, c->since_us, c->until_us, j.mixes) != 0)
			return cli_fail_db(c);
	}
	code = policy_of(c, &j.policy, NULL);
	if (code != CLI_OK)
		return code;
	code = print(&j);
	conf_free(&j.policy);
	return code;
}
