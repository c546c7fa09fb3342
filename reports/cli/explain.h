/* SPDX-License-Identifier: Apache-2.0 */
/* What an explanation is made of, and its two forms. */
#pragma once

#include "reports/aloud.h"
#include "reports/cli/cli.h"
#include "reports/visibility.h"
#include "store/rows.h"

struct explanation {
	struct cli *c;
	bool has_incident;
	struct incident incident;
	struct decision *decisions; /* by seq */
	size_t n_decisions, cap_decisions;
	bool has_action; /* of an operator */
	struct op_action action;
	struct conf policy;
	char policy_hash[20];
	int64_t threshold_milli;
	int64_t first_obs, last_obs; /* the evidence */
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	int64_t rows, shown;
	struct visibility visibility; /* of the rows walked */
	struct aloud aloud;           /* of all of them */
};

/* Walks the evidence: the customer's rows, ticks left out. */
typedef void (*explain_row_cb)(
    void *arg, struct explanation *e, const struct observation *o);
int explain_rows(struct explanation *e, explain_row_cb cb, void *arg);
/* The incident in sentences, see reports/aloud.h; walks the evidence by
 * itself. "" when there is none. The exit code. */
int explain_aloud(struct explanation *e, char *buf, size_t size);
/* The exit code. */
int explain_as_text(struct explanation *e);
int explain_as_json(struct explanation *e);
