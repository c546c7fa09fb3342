/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a zone, a line a record ("name TYPE value"); the first line
 * is the domain. It is read as a record of its own, too. Whatever it holds,
 * a check ends within its walk. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/align.h"
#include "analyzer/auth/dmarc.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 100

static void check_record(const struct dmarc_record *r)
{
	if (r->p > DMARC_REJECT || r->sp > DMARC_REJECT ||
	    r->np > DMARC_REJECT || r->psd > DMARC_PSD_YES)
		abort();
}

static void keep(void *arg, const struct dmarc_outcome *o)
{
	/* the walk, the domain itself and whether it is there */
	if (o->lookups > DMARC_WALK_MAX + 1 || o->asked < o->policy ||
	    (o->state == DMARC_FOUND) != (o->domain[0] != '\0'))
		abort();
	check_record(&o->record);
	++*(int *)arg;
}

static void organisation(const char *domain)
{
	static struct align *a;
	char out[256], again[256], err[256];

	if (a == NULL)
		a = align_new(NULL, err, sizeof(err));
	if (a == NULL)
		abort();
	if (!align_organisation(a, domain, out))
		return;
	if (!align_organisation(a, out, again) || strcmp(out, again) != 0 ||
	    !align_domains(a, domain, out, ALIGN_RELAXED))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dmarc_record r;
	char *text, *p, *lines[LINES];
	struct fake f;
	uv_loop_t loop;
	size_t n = 0;
	int called = 0;

	if (size > 8000)
		return 0;
	if (dmarc_record_parse(&r, (const char *)data, size))
		check_record(&r);
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	p = text;
	while (n < LINES && (lines[n] = strsep(&p, "\n")) != NULL)
		n++;
	organisation(lines[0]);
	uv_loop_init(&loop);
	fake_init(&f, &loop, (const char *const *)lines + 1, n - 1);
	dmarc_check_start(&loop, &f.r, lines[0], keep, &called);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (called != 1 || f.in_flight != 0 || uv_loop_close(&loop) != 0)
		abort();
	free(text);
	return 0;
}
