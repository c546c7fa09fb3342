/* SPDX-License-Identifier: Apache-2.0 */
/* The effective configuration, and how often the detector was wrong. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf_table.h"
#include "reports/api/routes.h"
#include "reports/api/settings_text.h"
#include "store/desk.h"

/* --- configuration ---------------------------------------------------------
 */

static void put_value(
    struct jsonw *j, const void *base, const struct conf_key *k)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (f) {
		conf_value_print(base, k, f);
		fclose(f);
	}
	jsonw_kstring(j, "value", text ? text : "");
	free(text);
}

struct listing {
	struct jsonw *json;
	const struct conf *conf;
	bool ja;
};

/* name: of a section with a title; NULL: it has none. */
static void put_name(
    struct jsonw *j, const char *key, const char *section, const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "%s \"%.60s\"", section, name ? name : "");
	jsonw_kstring(j, key, name ? text : section);
}

/* Arguments of a driver may be secrets. */
static void put_key(const struct listing *l, const struct conf_key *k,
    const char *name, const void *base)
{
	const char *help = l->ja ? settings_help_ja(k->section, k->name) : NULL;
	const char *title = l->ja ? settings_title_ja(k->section) : NULL;
	const char *unit = l->ja && k->unit ? settings_unit_ja(k->unit) : NULL;
	struct jsonw *j = l->json;

	jsonw_object_begin(j);
	put_name(j, "section", k->section, name);
	put_name(j, "title", title ? title : k->section, name);
	jsonw_kstring(j, "name", k->name);
	if (k->type == CONF_ARGV && strcmp(k->section, "driver") == 0)
		jsonw_kstring(j, "value", "(hidden)");
	else
		put_value(j, base, k);
	jsonw_kstring(j, "default", k->def);
	jsonw_kstring(j, "unit", unit ? unit : k->unit);
	jsonw_kstring(j, "help", help ? help : k->help);
	jsonw_object_end(j);
}

static void put_titled(const struct listing *l, const struct conf_key *k)
{
	const struct conf *conf = l->conf;
	enum line_class classes[CLASS_COUNT];
	size_t n;

	if (strcmp(k->section, "driver") == 0) {
		for (size_t i = 0; i < conf->n_drivers; i++)
			put_key(l, k, conf->drivers[i].name, &conf->drivers[i]);
		return;
	}
	n = conf_classes_named(conf, classes);
	for (size_t i = 0; i < n; i++)
		put_key(l, k, line_class_name(classes[i]),
		    &conf->classes[classes[i]]);
}

static void put_meta(struct call *c, const char *name, const char *key)
{
	char value[512] = "";

	(void)read_meta(c->db, key, value, sizeof(value));
	jsonw_kstring(&c->json, name, value[0] ? value : NULL);
}

/* The parameter before the browser's own wish. False after a problem. */
static bool take_language(struct call *c, bool *ja)
{
	const char *lang = uri_get(&c->uri, "lang");

	if (lang && strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0) {
		call_problem(c, 400, "bad_value", "lang: give en or ja");
		return false;
	}
	*ja = lang ? strcmp(lang, "ja") == 0
		   : settings_likes_ja(c->accept_language);
	return true;
}

void config_get(struct call *c)
{
	struct listing l = {.conf = c->conf};
	struct jsonw *j;

	if (!take_language(c, &l.ja))
		return;
	l.json = j = call_json(c, 200);
	call_field(c, "Vary", "Accept-Language");
	call_field(c, "Content-Language", "%s", l.ja ? "ja" : "en");
	jsonw_object_begin(j);
	put_meta(c, "policy_hash", "policy_hash");
	put_meta(c, "mode", "mode");
	put_meta(c, "privacy_tier", "privacy_tier");
	jsonw_key(j, "keys");
	jsonw_array_begin(j);
	for (size_t i = 0; i < conf_keys_count(); i++) {
		const struct conf_key *k = conf_key_at(i);

		if (conf_section_has_title(k->section))
			put_titled(&l, k);
		else
			put_key(&l, k, NULL, c->conf);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
}

/* --- quality ---------------------------------------------------------------
 */

#define DAYS_MAX 92

struct quality {
	struct call *call;
	int64_t since_us, until_us;
	struct review_sums sums;
	int day; /* whose object is begun */
};

static int put_counter(void *arg, int day, const char *name, int64_t value)
{
	struct quality *q = arg;
	struct jsonw *j = &q->call->json;
	char text[16];

	if (day != q->day) {
		if (q->day != 0) {
			jsonw_object_end(j);
			jsonw_object_end(j);
		}
		q->day = day;
		snprintf(text, sizeof(text), "%04d-%02d-%02d", day / 10000,
		    day / 100 % 100, day % 100);
		jsonw_object_begin(j);
		jsonw_kstring(j, "day", text);
		jsonw_key(j, "counters");
		jsonw_object_begin(j);
	}
	jsonw_kint(j, name, value);
	return 0;
}

static int put_quality(struct quality *q)
{
	struct jsonw *j = call_json(q->call, 200);
	int rc;

	jsonw_object_begin(j);
	jsonw_ktime(j, "since", q->since_us);
	jsonw_ktime(j, "until", q->until_us);
	jsonw_kint(j, "blocks", q->sums.blocks);
	jsonw_kint(j, "overturned", q->sums.overturned);
	jsonw_kint(j, "false_positives", q->sums.false_positives);
	jsonw_kint(j, "incidents_opened", q->sums.opened);
	jsonw_kint(j, "incidents_closed", q->sums.closed);
	jsonw_key(j, "days");
	jsonw_array_begin(j);
	rc = read_counters(q->call->db, clock_day(q->since_us),
	    clock_day(q->until_us - 1), put_counter, q);
	if (q->day != 0) {
		jsonw_object_end(j);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
	return rc;
}

void quality_get(struct call *c)
{
	struct quality q = {.call = c, .until_us = c->now_us};

	if (!call_time(c, "until", &q.until_us))
		return;
	q.since_us = q.until_us - 7 * US_PER_DAY;
	if (!call_time(c, "since", &q.since_us))
		return;
	if (q.since_us >= q.until_us ||
	    q.until_us - q.since_us > DAYS_MAX * US_PER_DAY) {
		call_problem(c, 400, "bad_value",
		    "since, until: give a time of %d days at most", DAYS_MAX);
		return;
	}
	if (read_review_sums(c->db, q.since_us, q.until_us, &q.sums) != 0 ||
	    put_quality(&q) != 0)
		call_db_failed(c);
}
