/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/report.h"

#include <string.h>

#include "reports/nightly/sections.h"

static void set_head(struct doc *d, const struct report_facts *f)
{
	const struct night *n = f->night;
	const char *args[] = {n->date};
	char text[MESSAGE_BYTES], verdict[1024];

	memcpy(d->date, n->date, sizeof(d->date));
	memcpy(d->zone, n->days.zone, sizeof(d->zone));
	memcpy(d->since, n->since, sizeof(d->since));
	memcpy(d->until, n->until, sizeof(d->until));
	section_verdict_line(d, n, verdict, sizeof(verdict));
	d->title = doc_copy(
	    d, message_fill(text, message(d->language, MSG_TITLE), args, 1));
	d->verdict = doc_copy(d, verdict);
	if (n->provider[0] != '\0')
		d->provider = doc_copy(d, n->provider);
	if (f->console_url && !d->outside)
		d->console = doc_copy(d, f->console_url);
}

int report_build(struct doc *d, const struct report_facts *f,
    enum language language, bool outside)
{
	const struct night *n = f->night;

	doc_init(d, language, outside);
	set_head(d, f);
	section_verdict(d, n);
	section_coverage(d, n);
	section_numbers(d, n);
	section_incidents(d, n);
	section_open(d, n);
	section_enforcement(d, n);
	section_domains(d, n);
	section_quality(d, n, f->quality, f->budget);
	section_policy(d, n);
	section_method(d, n);
	if (!outside)
		section_counters(d, n);
	return d->failed ? -1 : 0;
}
