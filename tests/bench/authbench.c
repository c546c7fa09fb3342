/* SPDX-License-Identifier: Apache-2.0 */
/* What a check of a sender costs: authbench MODE SERVER N, with N domains
 * d0.bench.example and so on, each with TXT "v=spf1 mx -all", MX and A.
 *   raw      the same three look-ups by ub_resolve_async() alone
 *   cold     a check for each domain
 *   cached   100 checks for each domain, all but one of them known
 *   flight   all at once, of a server that does not answer */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unbound.h>

#include "analyzer/auth/check.h"
#include "analyzer/auth/resolver.h"

#define AT_ONCE 1000
#define AGAIN   100

static uv_loop_t loop;
static struct auth_means means;
static long total, begun, done, in_flight, most, wrong;
static long domains, at_once = AT_ONCE;
static bool starting;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "authbench: %s\n", what);
	exit(1);
}

static long peak_kib(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* --- checks --------------------------------------------------------------- */

static void start_some(void);

static void on_answer(void *arg, const struct auth_outcome *o)
{
	(void)arg;
	wrong += o->spf->result != SPF_FAIL;
	in_flight--;
	if (++done == total)
		uv_stop(&loop);
	else if (!starting)
		start_some();
}

static void start_some(void)
{
	struct auth_query q = {.header_from = ""};
	char domain[64];

	starting = true;
	addr_parse(&q.spf.ip, "192.0.2.1");
	q.spf.helo = "helo.example";
	while (begun < total && in_flight < at_once) {
		snprintf(domain, sizeof(domain), "d%ld.bench.example",
		    begun++ % domains);
		q.spf.domain = domain;
		if (auth_check_start(&means, &q, on_answer, NULL) == NULL)
			die("out of memory");
		if (++in_flight > most)
			most = in_flight;
	}
	starting = false;
}

static void on_late(uv_timer_t *t)
{
	(void)t;
	uv_stop(&loop);
}

static void check(const char *server, long again, bool flight)
{
	static struct auth_limits limits = {
	    .spf = {10, 2, 10, 20000}, .timeout_ms = 20000};
	char err[256];
	long before;
	uv_timer_t late;

	uv_loop_init(&loop);
	uv_timer_init(&loop, &late);
	means.loop = &loop;
	means.limits = &limits;
	means.resolver =
	    resolver_new_unbound(&loop, server, NULL, err, sizeof(err));
	means.align = align_new(NULL, err, sizeof(err));
	if (means.resolver == NULL || means.align == NULL)
		die(err);
	means.cache = again > 1 ? spf_cache_new((size_t)domains) : NULL;
	before = peak_kib();
	total = domains * again;
	if (flight) {
		at_once = total;
		uv_timer_start(&late, on_late, 3000, 0);
	}
	start_some();
	uv_run(&loop, UV_RUN_DEFAULT);
	printf("%ld checks, %ld of another result, %ld at once at the most, "
	       "%ld KiB more memory\n",
	    done, wrong, most, peak_kib() - before);
}

/* --- the look-ups alone --------------------------------------------------- */

static void on_raw(void *arg, int err, struct ub_result *r)
{
	(void)arg;
	wrong += err != 0 || r == NULL || !r->havedata;
	ub_resolve_free(r);
	in_flight--;
	done++;
}

static void ask_raw(struct ub_ctx *c, const char *name, int type)
{
	if (ub_resolve_async(c, name, type, 1, NULL, on_raw, NULL) != 0)
		die("ub_resolve_async");
	in_flight++;
}

static void raw(const char *server)
{
	struct ub_ctx *c = ub_ctx_create();
	char name[64];

	if (c == NULL || ub_ctx_async(c, 1) != 0 ||
	    ub_ctx_set_option(c, "do-not-query-localhost:", "no") != 0 ||
	    ub_ctx_set_option(c, "module-config:", "iterator") != 0 ||
	    ub_ctx_set_fwd(c, server) != 0)
		die("libunbound");
	for (long i = 0; i < domains; i++) {
		snprintf(name, sizeof(name), "d%ld.bench.example", i);
		ask_raw(c, name, RR_TXT);
		ask_raw(c, name, RR_MX);
		snprintf(name, sizeof(name), "m%ld.bench.example", i);
		ask_raw(c, name, RR_A);
		while (in_flight >= AT_ONCE)
			if (ub_process(c) != 0)
				die("ub_process");
	}
	if (ub_wait(c) != 0)
		die("ub_wait");
	ub_ctx_delete(c);
	printf("%ld look-ups, %ld without data\n", done, wrong);
}

int main(int argc, char **argv)
{
	if (argc != 4 || (domains = atol(argv[3])) < 1)
		die("usage: authbench raw|cold|cached|flight ADDR@PORT N");
	if (strcmp(argv[1], "raw") == 0)
		raw(argv[2]);
	else if (strcmp(argv[1], "cold") == 0)
		check(argv[2], 1, false);
	else if (strcmp(argv[1], "cached") == 0)
		check(argv[2], AGAIN, false);
	else if (strcmp(argv[1], "flight") == 0)
		check(argv[2], 1, true);
	else
		die("no such mode");
	return 0;
}
