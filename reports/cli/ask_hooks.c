/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/ask_hooks.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/enforcement.h"

/* It waits 30 s for its drivers. */
#define WAIT_US (35 * US_PER_S)
#define STEP_US 50000

int ask_hooks(struct cli *c, struct hook_request *r)
{
	int64_t until_us = clock_now_us() + WAIT_US;
	int64_t id;

	r->ts_us = clock_now_us();
	cli_actor(r->actor, sizeof(r->actor));
	snprintf(
	    r->driver, sizeof(r->driver), "%s", c->driver ? c->driver : "");
	if (write_hook_request(c->db, r) != 0)
		return cli_fail_db(c);
	id = r->id;
	do {
		if (read_hook_request(c->db, id, r) != 1)
			return cli_fail_db(c);
		if (r->done_us != 0)
			return CLI_OK;
		(void)usleep(STEP_US);
	} while (clock_now_us() < until_us);
	return cli_fail(c, CLI_UNREACHABLE,
	    "sekisho-hooks has not answered; start it: it does what was asked "
	    "(%s) when it runs",
	    r->verb);
}
