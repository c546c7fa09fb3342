/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/policy_wrong.h"

#include <stdio.h>

#include "reports/cli/policy.h"
#include "reports/mix.h"
#include "reports/out/text.h"

/* -1 without memory. */
static int expect(const struct conf *policy, enum line_class k,
    const struct derive_mix *normal, double customers, double *blocks)
{
	struct conf_class rules = conf_class_rules(policy, k);
	struct cusum chain;
	struct cusum_length length;

	*blocks = 0;
	if (rules.mode == CLASS_MODE_OFF)
		return 0;
	for (int i = 0; i < LABEL_COUNT; i++) {
		chain.weight_milli[i] = (int32_t)policy->weight_milli[i];
		chain.share[i] = normal->share[i];
	}
	if (cusum_run_length(&chain, (int32_t)rules.threshold_milli, &length) !=
	    0)
		return -1;
	*blocks = customers * normal->per_day / length.from_half;
	return 0;
}

/* Three digits that count; what is less than one in a million days is none. */
static const char *number(double v, char buf[static 32])
{
	if (v >= 1000 && v < 1e15)
		return text_grouped((int64_t)v, buf);
	snprintf(buf, 32, "%.3g", v < 1e-6 ? 0 : v);
	return buf;
}

static int say_class(struct cli *c, const struct conf *old,
    const struct conf *other, enum line_class k, const struct mix *mix)
{
	double customers = (double)c->conf.budget_customers;
	struct derive_mix normal;
	bool measured = mix_take(mix, &normal);
	double a, b;
	char n[32], old_text[32], new_text[32];

	if (!measured)
		normal = conf_class_rules(old, k).port25_open ? derive_open
							      : derive_closed;
	if (expect(old, k, &normal, customers, &a) != 0 ||
	    expect(other, k, &normal, customers, &b) != 0)
		return cli_fail(c, CLI_FAILED, "out of memory");
	fprintf(c->err,
	    "expected wrong blocks a day by the score, %s %s lines: old %s, "
	    "new %s (labels %s)\n",
	    text_grouped(c->conf.budget_customers, n), line_class_name(k),
	    number(a, old_text), number(b, new_text),
	    measured ? "measured" : "assumed");
	return CLI_OK;
}

int policy_wrong_say(struct cli *c, const struct conf *other)
{
	struct mix mixes[CLASS_COUNT];
	enum line_class classes[CLASS_COUNT];
	struct conf old;
	size_t n;
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	if (mix_read(c->db, c->since_us, c->until_us, mixes) != 0)
		return cli_fail_db(c);
	code = policy_logged(c, &old);
	if (code != CLI_OK)
		return code;
	n = conf_classes_named(other, classes);
	for (size_t i = 0; i < n && code == CLI_OK; i++)
		code =
		    say_class(c, &old, other, classes[i], &mixes[classes[i]]);
	conf_free(&old);
	return code;
}
