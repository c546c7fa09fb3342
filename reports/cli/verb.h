/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of sekisho: one table, one file each. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "reports/cli/cli.h"

/* A verb that brings libraries which a list has no use for: OpenSSL, unbound,
 * libuv. To load them takes longer than the list. The linker takes it only
 * where it is asked for by name, as for sekisho-desk, which has every verb;
 * sekisho hands its words on to that. */
#define ELSEWHERE __attribute__((weak))

struct verb {
	const char *noun, *verb; /* verb NULL: the noun alone is one */
	int (*run)(struct cli *c);
	option_set options;
	const char *args; /* "ID" */
	int min_args, max_args;
	const char *what, *example;
};

/* All of them. */
const struct verb *verb_table(size_t *n);

/* The exit code. argv changes its order. */
int cli_main(int argc, char **argv, FILE *out, FILE *err);

int cli_incident_list(struct cli *c);
int cli_incident_show(struct cli *c);
ELSEWHERE int cli_incident_ack(struct cli *c);
ELSEWHERE int cli_incident_note(struct cli *c);
ELSEWHERE int cli_incident_close(struct cli *c);
ELSEWHERE int cli_incident_export(struct cli *c);
ELSEWHERE int cli_incident_letter(struct cli *c);
ELSEWHERE int cli_letter_templates(struct cli *c);
ELSEWHERE int cli_db_purge(struct cli *c);
ELSEWHERE int cli_db_check(struct cli *c);
ELSEWHERE int cli_db_backup(struct cli *c);
ELSEWHERE int cli_db_anonymise(struct cli *c);
int cli_decision_list(struct cli *c);
int cli_decision_show(struct cli *c);
ELSEWHERE int cli_explain(struct cli *c);
ELSEWHERE int cli_block(struct cli *c);
ELSEWHERE int cli_allow(struct cli *c);
int cli_allow_list(struct cli *c);
ELSEWHERE int cli_allow_remove(struct cli *c);
ELSEWHERE int cli_allow_import(struct cli *c);
int cli_allow_test(struct cli *c);
ELSEWHERE int cli_release(struct cli *c);
int cli_who(struct cli *c);
int cli_lease_list(struct cli *c);
ELSEWHERE int cli_lease_show(struct cli *c);
ELSEWHERE int cli_lease_add(struct cli *c);
ELSEWHERE int cli_lease_end(struct cli *c);
ELSEWHERE int cli_lease_import(struct cli *c);
int cli_observation_list(struct cli *c);
ELSEWHERE int cli_observation_show(struct cli *c);
int cli_hook_list(struct cli *c);
int cli_hook_show(struct cli *c);
int cli_hook_replay(struct cli *c);
int cli_hook_retry(struct cli *c);
int cli_hook_test(struct cli *c);
int cli_enforce_check(struct cli *c);
int cli_enforce_history(struct cli *c);
int cli_enforce_list(struct cli *c);
int cli_enforce_show(struct cli *c);
int cli_enforce_reconcile(struct cli *c);
int cli_panic(struct cli *c);
ELSEWHERE int cli_brake_list(struct cli *c);
ELSEWHERE int cli_brake_show(struct cli *c);
ELSEWHERE int cli_brake_apply(struct cli *c);
ELSEWHERE int cli_brake_drop(struct cli *c);
ELSEWHERE int cli_report_nightly(struct cli *c);
ELSEWHERE int cli_complaint_import(struct cli *c);
int cli_complaint_list(struct cli *c);
int cli_complaint_show(struct cli *c);
ELSEWHERE int cli_report_quality(struct cli *c);
ELSEWHERE int cli_replay(struct cli *c);
ELSEWHERE int cli_run(struct cli *c);
ELSEWHERE int cli_config_check(struct cli *c);
ELSEWHERE int cli_config_show(struct cli *c);
ELSEWHERE int cli_config_diff(struct cli *c);
int cli_status(struct cli *c);
int cli_watch(struct cli *c);
int cli_status_counter(struct cli *c);
int cli_audit_list(struct cli *c);
int cli_audit_show(struct cli *c);
int cli_export(struct cli *c);
int cli_completion(struct cli *c);
int cli_version(struct cli *c);
int cli_customer_list(struct cli *c);
int cli_customer_show(struct cli *c);
ELSEWHERE int cli_spf_check(struct cli *c);
ELSEWHERE int cli_policy_derive(struct cli *c);
ELSEWHERE int cli_policy_test(struct cli *c);
ELSEWHERE int cli_serve(struct cli *c);
ELSEWHERE int cli_token_create(struct cli *c);
ELSEWHERE int cli_token_list(struct cli *c);
ELSEWHERE int cli_token_show(struct cli *c);
ELSEWHERE int cli_token_revoke(struct cli *c);
ELSEWHERE int cli_operator_add(struct cli *c);
ELSEWHERE int cli_operator_passwd(struct cli *c);
ELSEWHERE int cli_operator_list(struct cli *c);
ELSEWHERE int cli_operator_show(struct cli *c);
ELSEWHERE int cli_operator_remove(struct cli *c);
