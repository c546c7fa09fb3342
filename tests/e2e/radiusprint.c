/* SPDX-License-Identifier: Apache-2.0 */
/* The RADIUS receiver alone: radiusprint CONF [REFUSE]. Prints each lease
 * event as a line of JSON; the first REFUSE batches are not committed. At
 * SIGTERM the counters come on standard error. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

#include "analyzer/identity/radius/peers.h"
#include "analyzer/identity/radius/server.h"
#include "base/jsonw.h"

struct app {
	struct jsonw json;
	struct radius_server *server;
	uv_signal_t term;
	long refuse;
};

static void print_event(struct jsonw *j, const struct lease_event *e)
{
	static const char *const verbs[] = {"begin", "refresh", "end", "reset"};
	char text[PREFIX_STRLEN];

	jsonw_object_begin(j);
	jsonw_kstring(j, "verb", verbs[e->verb]);
	jsonw_kint(j, "at_us", e->at_us);
	jsonw_kstring(j, "nas", e->nas);
	jsonw_kstring(j, "session", e->session);
	jsonw_kstring(j, "customer", e->customer);
	jsonw_kstring(j, "class", e->line_class);
	jsonw_key(j, "targets");
	jsonw_array_begin(j);
	for (int i = 0; i < e->n_targets; i++) {
		const struct target *t = &e->targets[i];

		jsonw_object_begin(j);
		jsonw_kstring(j, "prefix", prefix_format(&t->prefix, text));
		jsonw_kuint(j, "first_port", t->first_port);
		jsonw_kuint(j, "last_port", t->last_port);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
	jsonw_newline(j);
}

static int take(void *arg, const struct lease_event *e, size_t n)
{
	struct app *app = arg;

	if (app->refuse > 0) {
		app->refuse--;
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		print_event(&app->json, &e[i]);
	fflush(stdout);
	return 0;
}

static void print_counts(const struct radius_server *s)
{
	const struct radius_peers *p = radius_server_peers(s);
	struct radius_counts c;

	radius_peers_sum(p, &c);
	fprintf(stderr,
	    "received=%" PRIu64 " answered=%" PRIu64 " duplicates=%" PRIu64
	    " wrong_secret=%" PRIu64 " malformed=%" PRIu64 " over_long=%" PRIu64
	    " other_code=%" PRIu64 " not_committed=%" PRIu64 " unknown=%" PRIu64
	    " status_server=%" PRIu64 "\n",
	    c.received, c.answered, c.duplicates, c.wrong_secret, c.malformed,
	    c.over_long, c.other_code, c.not_committed, radius_peers_unknown(p),
	    c.status_server);
	for (int i = 0; i < RADIUS_SAYS_COUNT; i++)
		fprintf(stderr, "says_%s=%" PRIu64 "\n",
		    radius_says_name((enum radius_says)i), c.says[i]);
}

static void on_term(uv_signal_t *h, int signum)
{
	struct app *app = h->data;

	(void)signum;
	print_counts(app->server);
	radius_server_free(app->server);
	uv_close((uv_handle_t *)h, NULL);
}

int main(int argc, char **argv)
{
	struct app app = {.refuse = argc > 2 ? atol(argv[2]) : 0};
	char err[CONF_ERROR_BYTES] = "give a configuration file";
	uv_loop_t loop;
	struct conf c;

	if (argc < 2 || conf_load(&c, argv[1], err) != 0 ||
	    conf_check(&c, err) != 0) {
		fprintf(stderr, "radiusprint: %s\n", err);
		return 2;
	}
	uv_loop_init(&loop);
	jsonw_init(&app.json, stdout);
	uv_signal_init(&loop, &app.term);
	app.term.data = &app;
	uv_signal_start(&app.term, on_term, SIGTERM);
	app.server = radius_server_new(&loop, &c, take, &app, err, sizeof(err));
	if (app.server == NULL) {
		fprintf(stderr, "radiusprint: %s\n", err);
		return 1;
	}
	fprintf(stderr, "ready\n");
	uv_run(&loop, UV_RUN_DEFAULT);
	jsonw_free(&app.json);
	conf_free(&c);
	return uv_loop_close(&loop) == 0 ? 0 : 1;
}
