/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as an agent sends it, and the zone that its keys come from: two
 * octets of length, a Transaction of record.proto, then lines of "name TYPE
 * value". A check ends, and passes only what may pass. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/auth/judge.h"
#include "base/record.pb-c.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LINES 50

struct run {
	const Sekisho__Transaction *t;
	const struct align *psl;
	int called;
};

static void check_result(
    const struct dkim_result *r, const Sekisho__DkimEvidence *e)
{
	if (r->reason[0] == '\0' || r->code == DKIM_NONE)
		abort();
	if ((r->code == DKIM_PASS || r->genuine) &&
	    (e->malformed || !e->from_signed || r->unseen ||
		e->body != SEKISHO__DKIM_BODY__BODY_MATCH ||
		e->digest.len != 32))
		abort();
	if (r->partial && (r->code != DKIM_PASS || !e->body_length))
		abort();
}

/* An accusation needs every signature to be seen and to fail. */
static void check_verdict(enum dkim_says says, const struct dkim_outcome *o)
{
	struct judge_facts f = {.names_kept = true,
	    .has_domain = true,
	    .address_known = true,
	    .spf = SPF_FAIL,
	    .message = true,
	    .header_complete = true,
	    .dkim = says};

	if (judge(&f)->verdict != VERDICT_SPOOFED)
		return;
	if (o->more)
		abort();
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].unseen || o->v[i].genuine ||
		    o->v[i].code == DKIM_PASS || o->v[i].code == DKIM_TEMPERROR)
			abort();
}

static void keep(void *arg, const struct dkim_outcome *o)
{
	const struct dkim_result *best;
	struct run *r = arg;
	enum dkim_says says;

	if (o->n > 3 || o->lookups > 3 || o->n > r->t->n_dkim)
		abort();
	for (size_t i = 0; i < o->n; i++)
		check_result(&o->v[i], r->t->dkim[i]);
	says =
	    dkim_says(o, r->psl, "football.example.com", ALIGN_RELAXED, &best);
	if (says == DKIM_SAYS_ALIGNED && best->code != DKIM_PASS)
		abort();
	check_verdict(says, o);
	r->called++;
}

static void check(struct run *r, const char *const *lines, size_t n)
{
	static const struct dkim_limits limits = {3, 4, 1024, 4096};
	struct dkim_query q = {r->t->dkim, r->t->n_dkim, false, 1780000000};
	struct fake f;
	uv_loop_t loop;

	uv_loop_init(&loop);
	fake_init(&f, &loop, lines, n);
	dkim_check_start(&loop, &f.r, &limits, &q, keep, r);
	uv_run(&loop, UV_RUN_DEFAULT);
	if (r->called != 1 || f.in_flight != 0 || uv_loop_close(&loop) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct align *psl;
	Sekisho__Transaction *t;
	char *text, *p, *lines[LINES], err[256];
	size_t n = 0, len;

	if (psl == NULL)
		psl = align_new(NULL, err, sizeof(err));
	if (psl == NULL)
		abort();
	if (size < 2 || size > 16000)
		return 0;
	len = (size_t)(data[0] << 8 | data[1]);
	if (len > size - 2)
		return 0;
	t = sekisho__transaction__unpack(NULL, len, data + 2);
	if (t == NULL)
		return 0;
	text = malloc(size - 1 - len);
	memcpy(text, data + 2 + len, size - 2 - len);
	text[size - 2 - len] = '\0';
	p = text;
	while (n < LINES && (lines[n] = strsep(&p, "\n")) != NULL)
		n++;
	check(&(struct run){.t = t, .psl = psl}, (const char *const *)lines, n);
	free(text);
	sekisho__transaction__free_unpacked(t, NULL);
	return 0;
}
