/* SPDX-License-Identifier: Apache-2.0 */
/* What one line of a submission server's log says about a log-in, or about a
 * mail that was handed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/logins/scan.h"
#include "base/addr.h"
#include "base/vocab.h"

#define LOGIN_ACCOUNT_LEN 256
#define LOGIN_QUEUE_LEN   24

/* A mail in a server's queue. All zero: none. */
struct login_queue {
	uint64_t host; /* key of the server's name in the log */
	char id[LOGIN_QUEUE_LEN];
};
/* What a receiving server said for good of one recipient, as far as it says
 * something about who sends. */
struct login_answers {
	int64_t delivered;
	int64_t rejected; /* its content, or its sender */
	int64_t unknown;  /* nobody has that address */
};
enum login_mail_step {
	LOGIN_MAIL_NONE,
	LOGIN_MAIL_PASSED_ON, /* queue is what before was: a filter had it */
	LOGIN_MAIL_ANSWERED,
	LOGIN_MAIL_REMOVED, /* from the queue */
};
struct login_mail {
	enum login_mail_step step;
	struct login_queue queue, before;
	uint64_t server, recipient;   /* keys: which of both answered */
	struct login_answers answers; /* one of them is 1 */
};

struct login_event {
	int64_t ts_us;
	char account[LOGIN_ACCOUNT_LEN]; /* as logged; "": not named */
	struct addr client;
	enum login_result result;
	int64_t attempts; /* log-ins, failures, answers of the line */
	int64_t messages; /* whose acceptance began with it */
	struct login_answers answers; /* LOGIN_DELIVERY */
	struct login_mail mail;       /* success: queue of what was handed in */
};

enum login_line {
	LOGIN_LINE_EVENT,
	LOGIN_LINE_MAIL,  /* e->mail alone is filled */
	LOGIN_LINE_OTHER, /* about something else */
	LOGIN_LINE_BAD,   /* about a log-in, but not as its program writes it:
			   * cut, or somebody tried to forge a field */
};

/* What an account may be made of. Anything that separates fields in a log
 * is not among it, so that no name can bring a field along; '?' is what
 * Postfix writes for bytes it does not print. Whoever has such a name is not
 * watched: the line is counted as bad. */
static inline bool login_is_account(unsigned char c)
{
	return c > ' ' && c != 127 && strchr("<>()[],;:\"\\?", c) == NULL;
}
