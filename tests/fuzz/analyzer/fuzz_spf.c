/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a zone, a line a record ("name TYPE value"); the first line
 * is "ADDRESS DOMAIN". Whatever it holds, a check ends, within its limits. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/spf.h"
#include "analyzer/auth/spf_record.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES     200
#define TERMS     10
#define VOID      2
#define ADDRESSES 10
/* A record for the check and for each term, at the worst an mx or ptr of
 * ADDRESSES names. */
#define ASKED_MAX ((TERMS + 1) * (ADDRESSES + 2) + 1)

static void keep(void *arg, const struct spf_outcome *o)
{
	if (o->result == SPF_UNCHECKED || o->result >= SPF_RESULT_COUNT)
		abort();
	/* What is asked together may be over the limit together. */
	if (o->lookups > TERMS + 1)
		abort();
	if ((o->lookups > TERMS || o->void_lookups > VOID) &&
	    o->result != SPF_PERMERROR && o->result != SPF_TEMPERROR)
		abort();
	++*(int *)arg;
}

static void parse_raw(const uint8_t *data, size_t size)
{
	static struct spf_record r;
	const char *what;

	if (size >= 6)
		spf_record_parse(&r, (const char *)data, size, &what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct spf_limits limits = {TERMS, VOID, ADDRESSES, 20000};
	struct spf_query q = {.helo = "helo.example"};
	char *text, *p, *lines[LINES], ip[64], domain[300];
	struct fake f;
	uv_loop_t loop;
	size_t n = 0;
	int called = 0;

	if (size > 8000)
		return 0;
	parse_raw(data, size);
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	p = text;
	while (n < LINES && (lines[n] = strsep(&p, "\n")) != NULL)
		n++;
	if (n > 1 && sscanf(lines[0], "%63s %299s", ip, domain) == 2 &&
	    addr_parse(&q.ip, ip) == 0) {
		q.domain = domain;
		uv_loop_init(&loop);
		fake_init(&f, &loop, (const char *const *)lines + 1, n - 1);
		spf_check_start(&loop, &f.r, &limits, &q, keep, &called);
		uv_run(&loop, UV_RUN_DEFAULT);
		if (called != 1 || f.in_flight != 0 || f.asked > ASKED_MAX ||
		    uv_loop_close(&loop) != 0)
			abort();
	}
	free(text);
	return 0;
}
