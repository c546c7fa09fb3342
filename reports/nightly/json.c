/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "reports/nightly/classes.h"
#include "reports/nightly/form.h"

#define REPORT_SCHEMA 1

static void write_id(struct jsonw *j, const char *key, char letter, int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%c%" PRId64, letter, id);
	jsonw_kstring(j, key, text);
}

static void write_coverage(const struct night *n, struct jsonw *j)
{
	jsonw_key(j, "coverage");
	jsonw_object_begin(j);
	jsonw_kint(j, "capture_seconds", night_counter(n, "capture_seconds"));
	jsonw_kstring(j, "privacy_tier", n->tier);
	jsonw_kstring(j, "legal_basis", n->basis[0] ? n->basis : NULL);
	jsonw_kstring(j, "mode", n->mode);
	jsonw_kint(j, "observations", n->observations);
	jsonw_key(j, "counters");
	jsonw_object_begin(j);
	for (size_t i = 0; i < n->n_counters; i++)
		jsonw_kint(j, n->counters[i].name, n->counters[i].value);
	jsonw_object_end(j);
	jsonw_key(j, "labels");
	jsonw_object_begin(j);
	for (int i = 0; i < LABEL_COUNT; i++)
		jsonw_kint(j, label_name((enum label)i), n->labels[i]);
	jsonw_object_end(j);
	visibility_json(&n->visibility, j);
	jsonw_object_end(j);
}

static void write_numbers(const struct night *n, struct jsonw *j)
{
	char command[NIGHT_COMMAND_BYTES];

	jsonw_key(j, "numbers");
	jsonw_object_begin(j);
	for (int i = 0; i < NIGHT_NUMBERS; i++) {
		jsonw_key(j, night_number_name(i));
		jsonw_object_begin(j);
		jsonw_kint(j, "value", n->numbers[i]);
		jsonw_key(j, "median_7d");
		if (n->has_week && i != NIGHT_SUBSCRIBERS && i != NIGHT_OPEN &&
		    i != NIGHT_IN_FORCE)
			jsonw_int(j, night_median(n, i));
		else
			jsonw_null(j);
		jsonw_kstring(j, "command", night_command(n, i, command));
		jsonw_object_end(j);
	}
	jsonw_object_end(j);
	jsonw_key(j, "cases");
	jsonw_object_begin(j);
	for (int i = 1; i <= 4; i++) {
		char key[8];

		snprintf(key, sizeof(key), "case%d", i);
		jsonw_kint(j, key, night_counter(n, key));
	}
	jsonw_object_end(j);
}

static void write_incident(struct jsonw *j, const struct incident *i)
{
	write_id(j, "id", 'I', i->id);
	jsonw_kstring(j, "kind", incident_kind_name(i->kind));
	jsonw_kstring(j, "customer", i->customer);
	jsonw_kstring(j, "class", line_class_name(i->line_class));
	jsonw_kstring(j, "state", incident_state_name(i->state));
	jsonw_ktime(j, "opened", i->opened_us);
	jsonw_ktime(j, "last", i->last_us);
	jsonw_kstring(j, "summary", i->summary);
	jsonw_kstring(j, "policy_hash", i->policy_hash);
}

static void write_incidents(const struct night *n, struct jsonw *j)
{
	jsonw_key(j, "incidents");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n->n_incidents; i++) {
		jsonw_object_begin(j);
		write_incident(j, &n->incidents[i].row);
		jsonw_kstring(j, "action", n->incidents[i].does);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_key(j, "open_longest");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n->n_open; i++) {
		jsonw_object_begin(j);
		write_incident(j, &n->open[i]);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void write_enforcement(const struct night *n, struct jsonw *j)
{
	jsonw_key(j, "enforcement");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n->n_drivers; i++) {
		const struct night_driver *d = &n->drivers[i];

		jsonw_object_begin(j);
		jsonw_kstring(j, "driver", d->name);
		jsonw_kint(j, "done", d->done);
		jsonw_kint(j, "pending", d->pending);
		jsonw_kint(j, "dead", d->dead);
		jsonw_kstring(
		    j, "last_error", d->last_error[0] ? d->last_error : NULL);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void write_domains(const struct night *n, struct jsonw *j)
{
	bool names = strcmp(n->tier, "domains") == 0;

	jsonw_key(j, "spoofed");
	jsonw_object_begin(j);
	jsonw_kint(j, "messages", n->spoofed);
	jsonw_key(j, "domains");
	jsonw_array_begin(j);
	for (size_t i = 0; names && i < n->n_domains; i++) {
		jsonw_object_begin(j);
		jsonw_kstring(j, "domain", n->domains[i].name);
		jsonw_kint(j, "messages", n->domains[i].messages);
		jsonw_kint(j, "customers", n->domains[i].customers);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_kint(j, "other_messages", names ? n->other_messages : 0);
	jsonw_object_end(j);
}

static void write_rest(const struct night *n, struct jsonw *j)
{
	jsonw_key(j, "advice");
	jsonw_object_begin(j);
	jsonw_kint(j, "misconfigured_clients", n->misconfigured);
	jsonw_kint(j, "oversize_messages", n->oversize);
	jsonw_kint(j, "oversize_customers", n->oversize_customers);
	jsonw_kint(j, "refusable_messages", n->refusable);
	jsonw_kint(j, "refusable_customers", n->refusable_customers);
	jsonw_object_end(j);
	jsonw_key(j, "policy_hashes");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n->n_policies; i++)
		jsonw_string(j, n->policies[i]);
	jsonw_array_end(j);
}

void night_print_json(const struct night *n, FILE *f)
{
	char verdict[512];
	struct jsonw j;

	night_verdict(n, verdict, sizeof(verdict));
	jsonw_init(&j, f);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "report", "nightly");
	jsonw_kint(&j, "schema", REPORT_SCHEMA);
	jsonw_kstring(&j, "date", n->date);
	jsonw_kstring(&j, "zone", "UTC");
	jsonw_kstring(&j, "provider", n->provider[0] ? n->provider : NULL);
	jsonw_kstring(&j, "verdict", verdict);
	jsonw_kint(&j, "need_a_person", n->open_unblocked);
	write_coverage(n, &j);
	write_numbers(n, &j);
	classes_print_json(n, &j);
	write_incidents(n, &j);
	write_enforcement(n, &j);
	write_domains(n, &j);
	write_rest(n, &j);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
}
