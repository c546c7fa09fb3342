/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: API and console, on an address and a unix socket. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "reports/api/api.h"
#include "reports/api/http.h"
#include "reports/cli/listen.h"
#include "reports/cli/verb.h"

#define GRACE_MS 5000 /* for requests that are being answered */

struct server {
	struct cli *c;
	uv_loop_t loop;
	uv_signal_t term, intr, hup;
	uv_timer_t end;
	struct api api;
};

static void on_end(uv_timer_t *t)
{
	struct server *s = t->data;

	api_close(&s->api);
	uv_close((uv_handle_t *)&s->term, NULL);
	uv_close((uv_handle_t *)&s->intr, NULL);
	uv_close((uv_handle_t *)&s->hup, NULL);
	uv_close((uv_handle_t *)&s->end, NULL);
}

static void on_idle(void *arg)
{
	struct server *s = arg;

	uv_timer_start(&s->end, on_end, 0, 0);
}

static void on_grace(uv_timer_t *t)
{
	struct server *s = t->data;

	log_warn("serve", "clients are cut off: they take too long");
	http_drop(s->api.http);
}

static void on_signal(uv_signal_t *signal, int signum)
{
	struct server *s = signal->data;

	if (s->api.stopping)
		return;
	log_info("serve", "ends signal=%d", signum);
	uv_timer_start(&s->end, on_grace, GRACE_MS, 0);
	api_stop(&s->api, on_idle, s);
}

/* The certificate anew; a bad one changes nothing. */
static void on_hangup(uv_signal_t *signal, int signum)
{
	const struct server *s = signal->data;
	const struct conf *conf = &s->c->conf;
	char why[LISTEN_WHY_LEN];
	struct listen_tls tls;

	(void)signum;
	if (s->api.stopping || !conf->serve_tls_cert ||
	    *conf->serve_tls_cert == '\0')
		return;
	if (listen_tls_read(&tls, conf, why) != 0) {
		log_error("serve", "%s; the certificate before stays", why);
		return;
	}
	if (http_certificate(tls.cert, tls.key, why, sizeof(why)) != 0)
		log_error("serve",
		    "serve { tls_cert } %s: %s; the one before stays",
		    conf->serve_tls_cert, why);
	else
		log_info("serve", "certificate read again file=%s",
		    conf->serve_tls_cert);
	listen_tls_free(&tls);
}

/* --- sockets ---------------------------------------------------------------
 */

static int serve_address(struct server *s)
{
	const struct conf *conf = &s->c->conf;
	char why[LISTEN_WHY_LEN];
	struct listen_tls tls;
	bool crypt = conf->serve_tls_cert && *conf->serve_tls_cert != '\0';
	int fd = -1, code = CLI_OK;

	if (listen_tls_read(&tls, conf, why) != 0)
		return cli_fail(s->c, CLI_USAGE, "%s", why);
	fd = listen_address(conf, why);
	if (fd < 0)
		code = cli_fail(s->c, CLI_FAILED, "%s", why);
	else if (http_serve(s->api.http, fd, tls.cert, tls.key, why,
		     sizeof(why)) != 0) {
		close(fd);
		code = cli_fail(s->c, CLI_FAILED, "serve { listen } %s: %s",
		    conf->serve_listen, why);
	} else
		log_info("serve", "listens at=%s tls=%s", conf->serve_listen,
		    crypt ? "yes" : "no");
	listen_tls_free(&tls);
	return code;
}

static int serve_socket(struct server *s)
{
	const char *path = s->c->conf.serve_socket;
	char why[LISTEN_WHY_LEN];
	int fd = listen_unix(path, why);

	if (fd < 0)
		return cli_fail(s->c, CLI_FAILED, "%s", why);
	if (http_serve(s->api.http, fd, NULL, NULL, why, sizeof(why)) != 0) {
		close(fd);
		return cli_fail(
		    s->c, CLI_FAILED, "serve { socket } %s: %s", path, why);
	}
	log_info("serve", "listens at=%s", path);
	return CLI_OK;
}

static int open_sockets(struct server *s)
{
	const struct conf *conf = &s->c->conf;
	bool address = conf->serve_listen && *conf->serve_listen != '\0';
	bool local = conf->serve_socket && *conf->serve_socket != '\0';
	int code = CLI_OK;

	if (!address && !local)
		return cli_fail(s->c, CLI_USAGE,
		    "serve: neither serve { listen } nor serve { socket } is "
		    "set: set one");
	if (address)
		code = serve_address(s);
	if (code == CLI_OK && local)
		code = serve_socket(s);
	return code;
}

/* A connection that finds no descriptor would wait for ever. */
static void raise_files(const struct conf *conf)
{
	rlim_t want = (rlim_t)conf->serve_connections + 128;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < want)
		log_warn("serve",
		    "serve { connections } is %lld, but only %lld files may "
		    "be open: raise LimitNOFILE= of the unit",
		    (long long)conf->serve_connections,
		    (long long)limit.rlim_cur);
}

/* --- the verb --------------------------------------------------------------
 */

static void begin(struct server *s)
{
	uv_signal_init(&s->loop, &s->term);
	uv_signal_init(&s->loop, &s->intr);
	uv_signal_init(&s->loop, &s->hup);
	uv_timer_init(&s->loop, &s->end);
	s->term.data = s->intr.data = s->hup.data = s->end.data = s;
	uv_signal_start(&s->hup, on_hangup, SIGHUP);
	uv_signal_start(&s->term, on_signal, SIGTERM);
	uv_signal_start(&s->intr, on_signal, SIGINT);
}

static int run(struct server *s)
{
	char why[512];
	int code;

	if (api_open(&s->api, &s->loop, &s->c->conf, s->c->config,
		cli_db_path(s->c), why, sizeof(why)) != 0)
		return cli_fail(s->c, CLI_FAILED, "%s", why);
	begin(s);
	code = open_sockets(s);
	if (code != CLI_OK)
		api_stop(&s->api, on_idle, s);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	return code;
}

int cli_serve(struct cli *c)
{
	struct server s = {.c = c};
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	umask(0027);
	raise_files(&c->conf);
	signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&s.loop) != 0)
		return cli_fail(c, CLI_FAILED, "no event loop");
	code = run(&s);
	if (c->conf.serve_socket && *c->conf.serve_socket != '\0' &&
	    code == CLI_OK)
		(void)unlink(c->conf.serve_socket);
	uv_loop_close(&s.loop);
	return code;
}
