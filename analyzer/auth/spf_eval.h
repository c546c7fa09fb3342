/* SPDX-License-Identifier: Apache-2.0 */
/* check_host() over the answers that are there (RFC 7208 section 4). */
#pragma once

#include <stdbool.h>

#include "analyzer/auth/spf.h"
#include "analyzer/auth/spf_lookup.h"
#include "analyzer/auth/spf_macro.h"

struct spf_eval {
	struct spf_lookups *lookups;
	struct spf_limits limits;
	struct spf_macros macros;
	struct spf_outcome *out;
	bool want_exp;
	int terms, voids;
	bool wait, void_over, ptr_counted;
	int includes;         /* that the current record is in */
	char exp[512];        /* of the record that decides: domain-spec */
	char exp_domain[256]; /* whose record it is in */
};

/* With e->wait set on return the result means nothing yet: run again, from
 * a fresh struct, when an answer has come. */
enum spf_result spf_evaluate(struct spf_eval *e, const char *domain);
