/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/resolver.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unbound.h>
#include <uthash.h>
#include <utlist.h>

/* Who waits for a question. Several may wait for the same. */
struct waiter {
	dns_cb cb;
	void *arg;
	struct question *q;
	struct waiter *prev, *next;
};

struct question {
	char key[280]; /* type and name */
	struct waiter *waiters;
	struct unbound *r;
	int async_id;
	UT_hash_handle hh;
};

struct unbound {
	struct resolver r; /* first: the interface's pointer is ours */
	struct ub_ctx *ctx;
	uv_poll_t poll;
	struct question *questions;
};

static void finish_question(struct question *q, const struct dns_answer *a)
{
	struct waiter *w;

	HASH_DEL(q->r->questions, q);
	while ((w = q->waiters) != NULL) {
		DL_DELETE(q->waiters, w);
		w->cb(w->arg, a);
		free(w);
	}
	free(q);
}

static size_t take_rdata(
    const struct ub_result *res, const uint8_t ***data, size_t **len)
{
	size_t n = 0;

	while (res->data && res->data[n])
		n++;
	*data = calloc(n + 1, sizeof(**data));
	*len = calloc(n + 1, sizeof(**len));
	if (!*data || !*len)
		return 0;
	for (size_t i = 0; i < n; i++) {
		(*data)[i] = (const uint8_t *)res->data[i];
		(*len)[i] = (size_t)res->len[i];
	}
	return n;
}

static void on_result(void *arg, int err, struct ub_result *res)
{
	struct dns_answer a = {.status = DNS_FAIL};
	const uint8_t **data = NULL;
	struct question *q = arg;
	size_t *len = NULL;

	if (err == 0 && res) {
		if (res->havedata)
			a.n = take_rdata(res, &data, &len);
		a.data = data;
		a.len = len;
		a.ttl_s = res->ttl > 0 ? (uint32_t)res->ttl : 0;
		if (a.n > 0)
			a.status = DNS_OK;
		else if (res->nxdomain || res->rcode == 3)
			a.status = DNS_NXDOMAIN;
		else if (res->rcode == 0 && !res->havedata)
			a.status = DNS_NODATA;
	}
	finish_question(q, &a);
	free(data);
	free(len);
	ub_resolve_free(res);
}

static void on_readable(uv_poll_t *h, int status, int events)
{
	struct unbound *u = h->data;

	(void)status;
	(void)events;
	ub_process(u->ctx);
}

static struct question *ask_anew(
    struct unbound *u, const char *key, const char *name, enum rr_type type)
{
	struct question *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	snprintf(q->key, sizeof(q->key), "%s", key);
	q->r = u;
	if (ub_resolve_async(
		u->ctx, name, (int)type, 1, q, on_result, &q->async_id) != 0) {
		free(q);
		return NULL;
	}
	HASH_ADD_STR(u->questions, key, q);
	return q;
}

static int ask(struct resolver *r, const char *name, enum rr_type type,
    dns_cb cb, void *arg, void **handle)
{
	struct unbound *u = (struct unbound *)r;
	struct waiter *w;
	struct question *q;
	char key[280];

	if (strlen(name) > 255 || !(w = calloc(1, sizeof(*w))))
		return -1;
	snprintf(key, sizeof(key), "%d %s", (int)type, name);
	for (char *p = key; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
	HASH_FIND_STR(u->questions, key, q);
	if (!q)
		q = ask_anew(u, key, name, type);
	if (!q) {
		free(w);
		return -1;
	}
	w->cb = cb;
	w->arg = arg;
	w->q = q;
	DL_APPEND(q->waiters, w);
	*handle = w;
	return 0;
}

/* The question goes on without this waiter: its answer is worth caching. */
static void cancel(struct resolver *r, void *handle)
{
	struct waiter *w = handle;

	(void)r;
	DL_DELETE(w->q->waiters, w);
	free(w);
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

static void free_unbound(struct resolver *r)
{
	struct unbound *u = (struct unbound *)r;
	struct question *q = u->questions, *next;

	uv_poll_stop(&u->poll);
	HASH_CLEAR(hh, u->questions);
	for (; q; q = next) {
		struct waiter *w;

		next = q->hh.next;
		ub_cancel(u->ctx, q->async_id);
		while ((w = q->waiters) != NULL) {
			DL_DELETE(q->waiters, w);
			free(w);
		}
		free(q);
	}
	ub_ctx_delete(u->ctx);
	uv_close((uv_handle_t *)&u->poll, on_closed);
}

/* Everything outside of the file's names is NXDOMAIN: no packet leaves. */
static int add_zone(
    struct ub_ctx *ctx, const char *path, char *err, size_t errsize)
{
	char line[4096];
	FILE *f = fopen(path, "r");
	unsigned int no = 0;
	int rc = 0;

	if (!f) {
		snprintf(err, errsize, "%s: %s; analyzer.zone names the file",
		    path, strerror(errno));
		return -1;
	}
	/* Its word about a bad line would stand beside ours. */
	ub_ctx_debugout(ctx, NULL);
	rc = ub_ctx_zone_add(ctx, ".", "static");
	if (rc != 0)
		snprintf(err, errsize, "libunbound: %s", ub_strerror(rc));
	while (rc == 0 && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\r\n")] = '\0';
		no++;
		if (line[0] == '\0' || line[0] == ';' ||
		    strncmp(line, "$TTL", 4) == 0 || strstr(line, " SOA ") ||
		    strstr(line, "\tSOA\t"))
			continue;
		rc = ub_ctx_data_add(ctx, line);
		if (rc != 0)
			snprintf(err, errsize,
			    "%s:%u: no resource record: one line each, with "
			    "absolute names",
			    path, no);
	}
	fclose(f);
	return rc == 0 ? 0 : -1;
}

static int configure(struct ub_ctx *ctx, const char *server, const char *zone,
    char *err, size_t errsize)
{
	int rc;

	/* A resolver on loopback is what most machines have; DNSSEC is its
	 * work. Names of a hosts file are none of ours. The same answer
	 * stands in the same order each time. */
	if (ub_ctx_set_option(ctx, "do-not-query-localhost:", "no") != 0 ||
	    ub_ctx_set_option(ctx, "module-config:", "iterator") != 0 ||
	    ub_ctx_set_option(ctx, "rrset-roundrobin:", "no") != 0 ||
	    ub_ctx_async(ctx, 1) != 0) {
		snprintf(err, errsize, "libunbound takes no options");
		return -1;
	}
	if (zone)
		return add_zone(ctx, zone, err, errsize);
	rc = server && *server ? ub_ctx_set_fwd(ctx, server)
			       : ub_ctx_resolvconf(ctx, NULL);
	if (rc == 0)
		return 0;
	snprintf(err, errsize,
	    "%s: %s; analyzer.resolver is ADDRESS or ADDRESS@PORT",
	    server && *server ? server : "/etc/resolv.conf", ub_strerror(rc));
	return -1;
}

struct resolver *resolver_new_unbound(uv_loop_t *loop, const char *server,
    const char *zone, char *err, size_t errsize)
{
	struct unbound *u = calloc(1, sizeof(*u));

	if (!u || !(u->ctx = ub_ctx_create())) {
		free(u);
		snprintf(err, errsize, "libunbound: out of memory");
		return NULL;
	}
	if (configure(u->ctx, server, zone, err, errsize) != 0) {
		ub_ctx_delete(u->ctx);
		free(u);
		return NULL;
	}
	u->r.ask = ask;
	u->r.cancel = cancel;
	u->r.free = free_unbound;
	if (uv_poll_init(loop, &u->poll, ub_fd(u->ctx)) != 0) {
		snprintf(err, errsize, "libunbound gives no descriptor");
		ub_ctx_delete(u->ctx);
		free(u);
		return NULL;
	}
	u->poll.data = u;
	uv_poll_start(&u->poll, UV_READABLE, on_readable);
	return &u->r;
}
