/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted of the logs, in daily counters of the store. */
#pragma once

enum login_count {
	LOGIN_COUNT_LINES,      /* all that were read */
	LOGIN_COUNT_EVENTS,     /* that told of a log-in */
	LOGIN_COUNT_ANSWERS,    /* about an account's mail, that count */
	LOGIN_COUNT_BAD,        /* enum login_line */
	LOGIN_COUNT_LONG,       /* longer than LOGIN_LINE_MAX */
	LOGIN_COUNT_CUT,        /* the last of a file, without its end */
	LOGIN_COUNT_FUTURE,     /* more than an hour ahead */
	LOGIN_COUNT_NAMELESS,   /* failures that name no account */
	LOGIN_COUNT_UNKNOWN,    /* failures of accounts nobody has */
	LOGIN_COUNT_OVER,       /* failures more than a minute may have */
	LOGIN_COUNT_LOST_FILES, /* were gone before they were read to the end */
	LOGIN_COUNT_N
};

/* "login_lines" */
const char *login_count_name(enum login_count c);
