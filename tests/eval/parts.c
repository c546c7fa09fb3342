/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/parts.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES 512

/* Another program may judge otherwise: FNV-1a of this one. */
static uint64_t program(void)
{
	FILE *f = fopen("/proc/self/exe", "r");
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	int c;

	while (f != NULL && (c = getc(f)) != EOF)
		h = (h ^ (uint64_t)c) * UINT64_C(0x100000001b3);
	if (f != NULL)
		fclose(f);
	return h;
}

/* Two parts with the same head are the same customers. */
static void write_head(
    const struct run_plan *p, size_t k, char head[static HEAD_BYTES])
{
	const struct trial *t = p->trial;

	memset(head, 0, HEAD_BYTES);
	snprintf(head, HEAD_BYTES,
	    "sekisho eval, program %016" PRIx64 ", kind %s, customers %" PRIu64
	    ", seed %" PRIu64 ", days %d, tier %d, load %.17g, shift %.17g, "
	    "peers %g, policy %s\n",
	    program(), kinds[k].name, p->customers[k], t->seed, t->days,
	    (int)t->tier, t->load, t->shift, t->peer_factor, t->policy->hash);
}

static size_t samples_of(const struct run_plan *p, size_t k)
{
	if (kinds[k].aim == AIM_NONE)
		return 0;
	return p->customers[k] < RUN_SAMPLES ? p->customers[k] : RUN_SAMPLES;
}

static int fail(const char *path, const char *why)
{
	fprintf(stderr, "eval: %s: %s\n", path, why);
	return -1;
}

/* 1: it was there; 0: not; -1: it is another's, or damaged. */
static int load(
    const struct run_plan *p, size_t k, const char *path, struct run *r)
{
	char want[HEAD_BYTES], have[HEAD_BYTES];
	size_t n = samples_of(p, k);
	struct sample *v;
	FILE *f = fopen(path, "r");
	bool whole;

	if (f == NULL)
		return errno == ENOENT ? 0 : fail(path, strerror(errno));
	v = calloc(n + 1, sizeof(*v));
	if (v == NULL) {
		fclose(f);
		return fail(path, "no memory is left");
	}
	write_head(p, k, want);
	whole = fread(have, sizeof(have), 1, f) == 1 &&
		memcmp(have, want, sizeof(have)) == 0 &&
		fread(&r->v[k], sizeof(r->v[k]), 1, f) == 1 &&
		fread(v, sizeof(*v), n, f) == n && getc(f) == EOF;
	fclose(f);
	if (!whole) {
		free(v);
		return fail(path,
		    "is of another program or other options, or damaged: "
		    "remove it, or keep parts in another directory");
	}
	if (n > 0)
		r->samples[k] = v;
	else
		free(v);
	return 1;
}

/* Under its name once it is whole. */
static int keep(
    const struct run_plan *p, size_t k, const char *path, const struct run *r)
{
	char head[HEAD_BYTES], draft[PATH_MAX + 8];
	size_t n = samples_of(p, k);
	bool whole;
	FILE *f;

	snprintf(draft, sizeof(draft), "%s.new", path);
	f = fopen(draft, "w");
	if (f == NULL)
		return fail(draft, strerror(errno));
	write_head(p, k, head);
	whole = fwrite(head, sizeof(head), 1, f) == 1 &&
		fwrite(&r->v[k], sizeof(r->v[k]), 1, f) == 1 &&
		fwrite(r->samples[k], sizeof(struct sample), n, f) == n;
	whole &= fclose(f) == 0;
	if (!whole || rename(draft, path) != 0)
		return fail(path, strerror(errno));
	return 0;
}

static int run_kind(const struct run_plan *p, size_t k, struct run *r)
{
	struct run_plan one = *p;
	struct run part;
	int rc;

	memset(one.customers, 0, sizeof(one.customers));
	one.customers[k] = p->customers[k];
	one.progress = kinds[k].name;
	rc = run_all(&one, &part);
	r->v[k] = part.v[k];
	r->samples[k] = part.samples[k];
	part.samples[k] = NULL;
	r->took_s += part.took_s;
	run_free(&part);
	return rc == 0 ? 0 : fail(kinds[k].name, "its customers did not run");
}

int parts_run(const struct run_plan *p, const char *dir, struct run *r)
{
	memset(r, 0, sizeof(*r));
	if (dir != NULL && mkdir(dir, 0777) != 0 && errno != EEXIST)
		return fail(dir, strerror(errno));
	for (size_t k = 0; k < kinds_n; k++) {
		char path[PATH_MAX];
		int there = 0;

		if (p->customers[k] == 0)
			continue;
		if (snprintf(path, sizeof(path), "%s/%s-%g",
			dir != NULL ? dir : "", kinds[k].name,
			p->trial->shift) >= (int)sizeof(path))
			return fail(dir, strerror(ENAMETOOLONG));
		if (dir != NULL && (there = load(p, k, path, r)) == -1)
			return -1;
		if (there == 1)
			continue;
		if (run_kind(p, k, r) != 0 ||
		    (dir != NULL && keep(p, k, path, r) != 0))
			return -1;
	}
	return 0;
}
