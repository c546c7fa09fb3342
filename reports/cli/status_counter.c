/* SPDX-License-Identifier: Apache-2.0 */
/* status --counter: one number, as scripts and the nightly report want it: of
 * the UTC days from --since to --until in all. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct sum {
	const char *name;
	int64_t n;
};

static int add_counter(void *arg, int day, const char *name, int64_t value)
{
	struct sum *s = arg;

	(void)day;
	if (strcmp(name, s->name) == 0)
		s->n += value;
	return 0;
}

int cli_status_counter(struct cli *c)
{
	int64_t since_us = c->since_us != 0 ? c->since_us : c->now_us;
	int64_t until_us = c->until_us != 0 ? c->until_us : c->now_us + 1;
	struct sum s = {.name = c->counter};
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	if (read_counters(c->db, clock_day(since_us), clock_day(until_us - 1),
		add_counter, &s) != 0)
		return cli_fail_db(c);
	fprintf(c->out, "%" PRId64 "\n", s.n);
	return CLI_OK;
}
