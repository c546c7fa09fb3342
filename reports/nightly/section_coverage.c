/* SPDX-License-Identifier: Apache-2.0 */
/* 1 Verdict, 2 Coverage. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/nightly/sections.h"

static const struct {
	const char *counter;
	enum message name;
} losses[] = {
    {"capture_kernel_dropped", MSG_LOST_KERNEL},
    {"capture_interface_dropped", MSG_LOST_INTERFACE},
    {"capture_records_dropped", MSG_LOST_RECORDS},
    {"capture_spool_dropped", MSG_LOST_SPOOL},
};
#define LOSSES (sizeof(losses) / sizeof(losses[0]))

static void add_sentence(const struct doc *d, char *buf, size_t size,
    enum message m, const char *const *args, size_t n)
{
	char text[MESSAGE_BYTES];
	size_t len = strlen(buf);

	/* Japanese has no space behind a full stop. */
	snprintf(buf + len, size - len, "%s%s",
	    len > 0 && d->language != LANG_JA ? " " : "",
	    message_fill(text, message(d->language, m), args, n));
}

/* At the end of the day. */
static bool brake_is_on(const struct night *n)
{
	for (size_t i = 0; i < n->brakes.n; i++)
		if (n->brakes.v[i].ended_us == 0 ||
		    n->brakes.v[i].ended_us >= n->until_us)
			return true;
	return false;
}

void section_verdict_line(
    const struct doc *d, const struct night *n, char *buf, size_t size)
{
	char a[32], b[32], c[32], time[40];
	int permille = night_capture_permille(n);
	int64_t dead = 0, lost = 0;
	bool brake;

	for (size_t i = 0; i < n->drivers.n; i++)
		dead += n->drivers.v[i].dead;
	doc_count(d, n->numbers[NIGHT_OPENED][0], a);
	doc_count(d,
	    n->numbers[NIGHT_BLOCKS][0] + n->numbers[NIGHT_MANUAL_BLOCKS][0],
	    b);
	snprintf(c, sizeof(c), "%d.%d", permille / 10, permille % 10);
	buf[0] = '\0';
	add_sentence(
	    d, buf, size, MSG_VERDICT, (const char *const[]){a, b, c}, 3);
	if (n->begin_us != 0 && n->begin_us >= n->until_us)
		add_sentence(d, buf, size, MSG_VERDICT_BEFORE_LOG,
		    (const char *const[]){
			zone_format(n->days.zone, n->begin_us, time)},
		    1);
	else if (permille == 0 && n->observations == 0)
		add_sentence(d, buf, size, MSG_VERDICT_NO_CAPTURE, NULL, 0);
	for (size_t i = 0; i < LOSSES; i++)
		lost += night_counter(n, losses[i].counter);
	if (lost > 0)
		add_sentence(d, buf, size, MSG_VERDICT_LOST,
		    (const char *const[]){doc_count(d, lost, a)}, 1);
	if (dead > 0)
		add_sentence(d, buf, size, MSG_VERDICT_DEAD,
		    (const char *const[]){doc_count(d, dead, a)}, 1);
	brake = brake_is_on(n);
	if (brake)
		add_sentence(d, buf, size, MSG_VERDICT_BRAKE, NULL, 0);
	if (n->need_person > 0)
		add_sentence(d, buf, size, MSG_VERDICT_PEOPLE,
		    (const char *const[]){doc_count(d, n->need_person, a)}, 1);
	else if (dead == 0 && !brake)
		add_sentence(d, buf, size, MSG_VERDICT_NOBODY, NULL, 0);
}

void section_value(struct doc *d, const char *key, const char *name,
    int64_t value, const struct doc_recipe *r)
{
	const struct doc_number v = {key, name, value, NULL, r};

	doc_value(d, &v);
}

void section_verdict(struct doc *d, const struct night *n)
{
	char line[1024];
	struct doc_recipe r;

	section_verdict_line(d, n, line, sizeof(line));
	doc_section(d, "verdict", MSG_S_VERDICT);
	doc_words(d, line);
	section_value(d, "need_a_person", message(d->language, MSG_NEED_PERSON),
	    n->need_person,
	    recipe(&r, n,
		"sekisho incident list --since FROM --until TO --opened "
		"--open-at TO -q '-kind:blocked_attempts "
		"-kind:misconfigured_client' -o tsv --fields customer | tail "
		"-n +2 | grep -vxFf <(sekisho decision list --in-force --at TO "
		"--action block -o tsv --fields customer) | wc -l",
		NULL, "queue", ""));
}

static void add_visibility(struct doc *d, const struct night *n)
{
	const struct visibility *v = &n->visibility;
	const char *name = message(d->language, MSG_VISIBILITY);
	int permille = visibility_permille(v);
	char ratio[32], a[32], b[32], c[32], text[MESSAGE_BYTES];
	const char *args[] = {ratio, doc_count(d, v->judged, a),
	    doc_count(d, v->mails, b), doc_count(d, v->encrypted, c)};

	if (permille < 0) {
		doc_fact(d, "visibility", name,
		    message(d->language, MSG_VISIBILITY_NONE), NULL);
		return;
	}
	snprintf(ratio, sizeof(ratio), "%d.%d", permille / 10, permille % 10);
	/* The ratio would tell what is hidden. */
	if (doc_is_small(d, v->judged) || doc_is_small(d, v->mails) ||
	    doc_is_small(d, v->encrypted) ||
	    doc_is_small(d, v->mails - v->judged))
		strcpy(ratio, "*");
	doc_fact(d, "visibility", name,
	    message_fill(
		text, message(d->language, MSG_VISIBILITY_WORDS), args, 4),
	    NULL);
}

static void add_captured(struct doc *d, const struct night *n)
{
	int64_t s = night_counter(n, "capture_seconds");
	int64_t hours = (n->utc_first == n->utc_last ? 24 : 48);
	int permille = night_capture_permille(n);
	char h[24], m[24], of[24], taps[24], percent[24], text[MESSAGE_BYTES];
	const char *args[] = {h, m, of, taps, percent};

	snprintf(h, sizeof(h), "%" PRId64, s / 3600);
	snprintf(m, sizeof(m), "%" PRId64, s / 60 % 60);
	snprintf(of, sizeof(of), "%" PRId64, hours);
	snprintf(taps, sizeof(taps), "%" PRId64, n->taps);
	snprintf(
	    percent, sizeof(percent), "%d.%d", permille / 10, permille % 10);
	doc_fact(d, "capture", message(d->language, MSG_CAPTURE),
	    message_fill(text, message(d->language, MSG_CAPTURED), args, 5),
	    NULL);
}

static void add_loss(struct doc *d, const struct night *n)
{
	struct doc_recipe r;

	for (size_t i = 0; i < LOSSES; i++)
		section_value(d, losses[i].counter,
		    message(d->language, losses[i].name),
		    night_counter(n, losses[i].counter),
		    recipe(&r, n,
			"sekisho status --since FROM --until TO --counter ARG",
			losses[i].counter, "quality", NULL));
}

void section_counters(struct doc *d, const struct night *n)
{
	char days[40];
	struct doc_recipe r;

	if (n->utc_first == n->utc_last)
		snprintf(days, sizeof(days), "%d", n->utc_first);
	else
		snprintf(
		    days, sizeof(days), "%d, %d", n->utc_first, n->utc_last);
	if (n->n_counters == 0) {
		doc_say(d, MSG_NO_COUNTERS, NULL, 0);
		return;
	}
	doc_say(d, MSG_COUNTERS, (const char *const[]){days}, 1);
	for (size_t i = 0; i < n->n_counters; i++) {
		const struct night_counter *c = &n->counters[i];

		section_value(d, c->name, c->name, c->value,
		    recipe(&r, n,
			"sekisho status --since FROM --until TO --counter ARG",
			c->name, "quality", NULL));
	}
}

void section_coverage(struct doc *d, const struct night *n)
{
	enum language l = d->language;
	const char *unknown = message(l, MSG_UNKNOWN);
	struct doc_recipe r;

	doc_section(d, "coverage", MSG_S_COVERAGE);
	add_captured(d, n);
	add_visibility(d, n);
	doc_fact(d, "privacy_tier", message(l, MSG_TIER),
	    n->tier[0] ? n->tier : unknown, NULL);
	doc_fact(d, "legal_basis", message(l, MSG_BASIS),
	    n->basis[0] ? n->basis : message(l, MSG_BASIS_NONE), NULL);
	doc_fact(d, "mode", message(l, MSG_MODE),
	    n->mode[0] ? n->mode : unknown,
	    recipe(&r, n, "sekisho status", NULL, "quality", NULL));
	section_value(d, "observations", message(l, MSG_DB_ROWS),
	    n->observations,
	    recipe(&r, n,
		"sekisho observation list --since FROM --until TO -o tsv "
		"--fields kind | grep -cxE "
		"'attempt|transaction|close|summary'",
		NULL, NULL, NULL));
	add_loss(d, n);
}
