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
	OPT_AS,
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
	OPT_SOURCE,
	OPT_SESSION,
	OPT_LEASE_CLASS,
	OPT_FILE_FORMAT,
	OPT_CUSTOMER_FIELD,
	OPT_ALL,
	OPT_FIELDS,
	OPT_QUERY,
	OPT_SORT,
	OPT_FAIL_EMPTY,
	OPT_COLOR,
	OPT_NO_PAGER,
	OPT_VERBOSE,
	OPT_DRY_RUN,
	OPT_YES,
	OPT_TICKET,
	OPT_DIFF,
	OPT_EXPORT,
	OPT_WATCH,
	OPT_OPERATOR,
	OPT_BY,
	OPT_CURSOR,
	OPT_VERB,
	OPT_OBJECT,
	OPT_OFF,
	OPT_MAILDIR,
	OPT_POLICY,
	OPT_EXACT,
	OPT_WHOSE,
	OPT_DOMAIN,
	OPT_MIN_SCORE,
	OPT_LETTER,
	OPT_LETTER_FORM,
	OPT_LANG,
	OPT_TO,
	OPT_STEP,
	OPT_KEY_FILE,
	OPT_PUBLIC,
	OPT_MAIL,
	OPT_RESEND,
	OPT_COUNTER,
	OPT_SCOPE,
	OPT_CIDR,
	OPT_CROWDSEC,
	OPT_SERVE,
	OPT_HELP,
	OPT_COUNT
};
#define OPT(id) ((option_set)1 << OPT_##id)
/* Of every verb that reads the store. */
#define OPT_COMMON                                                             \
	(OPT(CONFIG) | OPT(FORMAT) | OPT(FIELDS) | OPT(FAIL_EMPTY) |           \
	    OPT(COLOR) | OPT(NO_PAGER) | OPT(VERBOSE) | OPT(UTC) | OPT(HELP))
#define OPT_STORE (OPT_COMMON | OPT(DB))

/* Reads argv[first..]; what is no option becomes c->args, and argv changes
 * its order. 0; 1 help was asked for; else -1 with why, which names the
 * nearest option or value. */
int option_parse(struct cli *c, option_set mask, int argc, char **argv,
    int first, char *why, size_t size);
/* "-o FORMAT" and so on, one line each. */
void option_help(option_set mask, FILE *out);
/* TZ is set, and --utc was not given: a time without a zone is local. */
bool option_local_times(const struct cli *c);
/* For completion: the options, each with what it is; the number of one, as
 * "--state" or "-o", that takes a value, else -1; the values of an enum. */
void option_offer(option_set mask,
    void (*offer)(void *arg, const char *word, const char *what), void *arg);
int option_with_value(option_set mask, const char *option);
void option_offer_values(int id,
    void (*offer)(void *arg, const char *word, const char *what), void *arg);
/* -o json anywhere: errors in the options themselves are told in it. */
enum out_format option_peek_format(int argc, char **argv);
