/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/count.h"

const char *login_count_name(enum login_count c)
{
	static const char *const names[LOGIN_COUNT_N] = {"login_lines",
	    "login_events", "login_answers", "login_bad_lines",
	    "login_long_lines", "login_cut_lines", "login_future_lines",
	    "login_failures_nameless", "login_failures_unknown",
	    "login_failures_over", "login_lost_files"};

	return (unsigned int)c < LOGIN_COUNT_N ? names[c] : "?";
}
