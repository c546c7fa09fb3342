/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/run.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define UNIT          50 /* customers that a process takes at a time */
#define PROCESSES_MAX 64
#define LOG_S         60

/* In memory that all processes share. */
struct shared {
	atomic_ullong next_unit, done;
	struct tally v[PROCESSES_MAX][RUN_KINDS];
	struct sample samples[]; /* of each bot kind in turn */
};

struct place {
	const struct run_plan *plan;
	struct shared *s;
	size_t bytes;
	size_t first_sample[RUN_KINDS];
	uint64_t units[RUN_KINDS], units_all, customers_all;
	double told_s; /* of the last line about progress */
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool keeps_samples(const struct run_plan *p, size_t k)
{
	return kinds[k].aim != AIM_NONE && p->customers[k] > 0;
}

static uint64_t samples_of(const struct run_plan *p, size_t k)
{
	if (!keeps_samples(p, k))
		return 0;
	return p->customers[k] < RUN_SAMPLES ? p->customers[k] : RUN_SAMPLES;
}

static int place_begin(struct place *at, const struct run_plan *p)
{
	size_t samples = 0;
	void *m;

	memset(at, 0, sizeof(*at));
	at->plan = p;
	for (size_t k = 0; k < kinds_n; k++) {
		at->units[k] = (p->customers[k] + UNIT - 1) / UNIT;
		at->units_all += at->units[k];
		at->customers_all += p->customers[k];
		at->first_sample[k] = samples;
		samples += samples_of(p, k);
	}
	at->bytes = sizeof(struct shared) + samples * sizeof(struct sample);
	m = mmap(NULL, at->bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (m == MAP_FAILED)
		return -1;
	at->s = m;
	return 0;
}

static void add(struct tally *t, const struct outcome *o, uint64_t number)
{
	uint32_t c = o->blocks < STATS_HIST ? o->blocks : STATS_HIST - 1;

	t->customers++;
	t->days += o->active_days;
	t->rows += o->rows;
	t->lost += o->lost;
	t->blocks += o->blocks;
	t->block_days += o->block_days;
	t->on_static += o->on_static;
	t->blocked_customers += o->blocks > 0;
	t->hist[c]++;
	t->accused += o->accused;
	t->accused_customers += o->accused > 0;
	for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
		t->by_kind[i] += o->by_kind[i];
	for (int i = 0; i < PEER_COUNT; i++) {
		t->peer_alarms[i] += o->peer_alarms[i];
		t->peer_found[i] += o->peer_found[i];
	}
	t->refused += o->refused;
	for (int i = 0; i < NOVELTY_FEATURES; i++)
		t->holds[i] += o->holds[i];
	t->began += o->began;
	t->found += o->began && o->found_us != -1;
	if (o->blocks + o->accused > 0 &&
	    (t->example == 0 || number + 1 < t->example))
		t->example = number + 1;
}

static int run_customer(
    struct place *at, struct lab *l, int process, size_t k, uint64_t number)
{
	struct outcome o;

	if (lab_run(l, at->plan->trial, &kinds[k], number, &o) != 0)
		return -1;
	add(&at->s->v[process][k], &o, number);
	if (number < samples_of(at->plan, k)) {
		struct sample *s =
		    &at->s->samples[at->first_sample[k] + number];

		s->seconds = -1;
		if (o.began && o.found_us != -1)
			s->seconds = (float)(o.found_us - o.began_us) / 1e6f;
		s->messages = (float)o.messages;
	}
	return 0;
}

/* The kinds' units one after the other. */
static size_t kind_of_unit(const struct place *at, uint64_t *unit)
{
	size_t k = 0;

	while (*unit >= at->units[k])
		*unit -= at->units[k++];
	return k;
}

static int work(struct place *at, int process)
{
	struct lab *l = lab_new();
	int rc = l != NULL ? 0 : -1;

	while (rc == 0) {
		uint64_t unit = atomic_fetch_add(&at->s->next_unit, 1);
		uint64_t end;
		size_t k;

		if (unit >= at->units_all)
			break;
		k = kind_of_unit(at, &unit);
		end = (unit + 1) * UNIT;
		if (end > at->plan->customers[k])
			end = at->plan->customers[k];
		for (uint64_t n = unit * UNIT; n < end && rc == 0; n++)
			rc = run_customer(at, l, process, k, n);
		atomic_fetch_add(&at->s->done, end - unit * UNIT);
	}
	lab_free(l);
	return rc;
}

/* In a file: a line a minute, and one at the end of what took so long. */
static void log_progress(struct place *at, double done, double took)
{
	double all = (double)at->customers_all;

	if (took < at->told_s + LOG_S && (done < all || at->told_s == 0))
		return;
	at->told_s = took;
	fprintf(stderr, "%s: %.1f %%, %.0f s, %.0f s left\n",
	    at->plan->progress, 100 * done / all, took,
	    took / done * (all - done));
}

static void show_progress(struct place *at, double start_s)
{
	double done = (double)atomic_load(&at->s->done);
	double all = (double)at->customers_all, took = now_s() - start_s;

	if (at->plan->progress == NULL || done == 0)
		return;
	if (!isatty(STDERR_FILENO)) {
		log_progress(at, done, took);
		return;
	}
	fprintf(stderr, "\r%-24s %5.1f %%, %.0f s left   ", at->plan->progress,
	    100 * done / all, took / done * (all - done));
	if (done == all)
		fprintf(stderr, "\r%60s\r", "");
}

/* Each is waited for, whatever became of the others. */
static int wait_all(struct place *at, pid_t *pids, int n, double start_s)
{
	int rc = 0, left = n;

	while (left > 0) {
		const struct timespec nap = {.tv_nsec = 100000000};

		for (int i = 0; i < n; i++) {
			int status;

			if (pids[i] <= 0 ||
			    waitpid(pids[i], &status, WNOHANG) != pids[i])
				continue;
			pids[i] = 0;
			left--;
			if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
				rc = -1;
		}
		show_progress(at, start_s);
		if (left > 0)
			nanosleep(&nap, NULL);
	}
	return rc;
}

static int fork_all(struct place *at, int n, double start_s)
{
	pid_t pids[PROCESSES_MAX];
	int rc = 0, begun = 0;

	fflush(NULL);
	for (; begun < n; begun++) {
		pids[begun] = fork();
		if (pids[begun] == 0) {
			/* Who ends the run ends all of it. */
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			_exit(work(at, begun) == 0 ? 0 : 1);
		}
		if (pids[begun] == -1) {
			rc = -1;
			break;
		}
	}
	return wait_all(at, pids, begun, start_s) == 0 ? rc : -1;
}

static void sum(struct tally *to, const struct tally *from)
{
	uint64_t example = to->example;
	uint64_t *a = (uint64_t *)to;
	const uint64_t *b = (const uint64_t *)from;

	for (size_t i = 0; i < sizeof(*to) / sizeof(*a); i++)
		a[i] += b[i];
	to->example =
	    example == 0 || (from->example != 0 && from->example < example)
		? from->example
		: example;
}

static int collect(const struct place *at, int processes, struct run *r)
{
	for (int i = 0; i < processes; i++)
		for (size_t k = 0; k < kinds_n; k++)
			sum(&r->v[k], &at->s->v[i][k]);
	for (size_t k = 0; k < kinds_n; k++) {
		size_t bytes = samples_of(at->plan, k) * sizeof(struct sample);

		if (bytes == 0)
			continue;
		r->samples[k] = malloc(bytes);
		if (r->samples[k] == NULL)
			return -1;
		memcpy(
		    r->samples[k], &at->s->samples[at->first_sample[k]], bytes);
	}
	return 0;
}

int run_all(const struct run_plan *p, struct run *r)
{
	struct place at;
	int processes =
	    p->processes < PROCESSES_MAX ? p->processes : PROCESSES_MAX;
	double start_s = now_s();
	int rc = -1;

	memset(r, 0, sizeof(*r));
	if (kinds_n > RUN_KINDS || place_begin(&at, p) != 0)
		return -1;
	if (fork_all(&at, processes, start_s) == 0)
		rc = collect(&at, processes, r);
	munmap(at.s, at.bytes);
	r->took_s = now_s() - start_s;
	return rc;
}

void run_free(struct run *r)
{
	for (size_t k = 0; k < RUN_KINDS; k++)
		free(r->samples[k]);
	memset(r, 0, sizeof(*r));
}
