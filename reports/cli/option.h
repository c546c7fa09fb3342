/* SPDX-License-Identifier: Apache-2.0 */
/* The options of all verbs in one table; each verb names those it takes. */
#pragma once

#include <stdint.h>

#include "reports/cli/cli.h"

enum option_id {
	OPT_CONFIG,
	OPT_DB,
	OPT_FORMAT,
	OPT_UTC,
	OPT_SINCE,
	OPT_UNTIL,
	OPT_CUSTOMER,
	OPT_CLASS,
	OPT_STATE,
	OPT_KIND,
	OPT_OPENED,
	OPT_CLOSED,
	OPT_OPEN_AT,
	OPT_REPEATS,
	OPT_OBS_KIND,
	OPT_LABEL,
	OPT_CASE,
	OPT_ACTION,
	OPT_CAUSE,
	OPT_IN_FORCE,
	OPT_AT,
	OPT_LIMIT,
	OPT_TTL,
	OPT_REASON,
	OPT_DATE,
	OPT_OUT,
	OPT_VERIFY,
	OPT_LOGINS,
	OPT_DRIVER,
	OPT_DELIVERY_STATE,
	OPT_IP,
	OPT_HELO,
	OPT_FROM,
	OPT_ZONE,
	OPT_RESOLVER,
	OPT_BLOCKS,
	OPT_CUSTOMERS,
	OPT_ALL,
	OPT_OFF,
	OPT_YES,
	OPT_HELP,
	OPT_COUNT
};
#define OPT(id) (UINT64_C(1) << OPT_##id)
/* Of every verb that reads the store. */
#define OPT_STORE (OPT(CONFIG) | OPT(DB) | OPT(FORMAT) | OPT(UTC) | OPT(HELP))

/* Reads argv[first..]; what is no option becomes c->args, and argv changes
 * its order. 0; 1 help was asked for; else -1 with why, which names the
 * nearest option or value. */
int option_parse(struct cli *c, uint64_t mask, int argc, char **argv, int first,
    char *why, size_t size);
/* "-o FORMAT" and so on, one line each. */
void option_help(uint64_t mask, FILE *out);
/* -o json anywhere: errors in the options themselves are told in it. */
enum out_format option_peek_format(int argc, char **argv);
