/* SPDX-License-Identifier: Apache-2.0 */
/* A table in memory behind the resolver's interface. Answers come from the
 * loop, as real ones do. Lines: "name TYPE value"; TYPE FAIL makes every
 * question for the name fail. TXT strings are split at '|'. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "analyzer/auth/resolver.h"
#include "base/addr.h"

struct fake_question {
	uv_timer_t timer;
	struct fake *f;
	char name[256];
	enum rr_type type;
	dns_cb cb;
	void *arg;
};

struct fake {
	struct resolver r;
	uv_loop_t *loop;
	const char *const *lines;
	size_t n;
	int asked, in_flight, most_in_flight;
	uint64_t late_ms;
};

static inline size_t fake_name(const char *text, uint8_t *out)
{
	size_t at = 0;

	while (*text) {
		size_t n = strcspn(text, ".");

		if (n == 0)
			break;
		out[at++] = (uint8_t)n;
		memcpy(out + at, text, n);
		at += n;
		text += n;
		if (*text == '.')
			text++;
	}
	out[at++] = 0;
	return at;
}

/* The rdata of one value; its length. */
static inline size_t fake_rdata(enum rr_type type, const char *v, uint8_t *out)
{
	struct addr a;
	size_t at = 0;

	switch (type) {
	case RR_A:
	case RR_AAAA:
		if (addr_parse(&a, v) != 0)
			return 0;
		memcpy(
		    out, type == RR_A ? a.b + 12 : a.b, type == RR_A ? 4 : 16);
		return type == RR_A ? 4 : 16;
	case RR_MX:
		memcpy(out, "\0\012", 2);
		return 2 + fake_name(v, out + 2);
	case RR_PTR:
		return fake_name(v, out);
	case RR_TXT:
		for (;;) {
			size_t n = strcspn(v, "|");

			for (size_t i = 0; i < n || i == 0; i += 255) {
				size_t k = n - i > 255 ? 255 : n - i;

				out[at++] = (uint8_t)k;
				memcpy(out + at, v + i, k);
				at += k;
			}
			if (v[n] == '\0')
				return at;
			v += n + 1;
		}
	}
	return 0;
}

static inline enum rr_type fake_type(const char *s, size_t n)
{
	static const struct {
		const char *name;
		enum rr_type t;
	} types[] = {{"A", RR_A}, {"AAAA", RR_AAAA}, {"MX", RR_MX},
	    {"PTR", RR_PTR}, {"TXT", RR_TXT}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i].name) == n &&
		    strncmp(types[i].name, s, n) == 0)
			return types[i].t;
	return (enum rr_type)0;
}

static inline void fake_closed(uv_handle_t *h)
{
	free(h->data);
}

static inline void fake_answer(uv_timer_t *t)
{
	struct fake_question *q = t->data;
	static uint8_t buf[64][8192];
	const uint8_t *data[64];
	size_t len[64];
	struct dns_answer a = {.status = DNS_NXDOMAIN, .ttl_s = 60};

	for (size_t i = 0; i < q->f->n; i++) {
		const char *l = q->f->lines[i];
		size_t n = strcspn(l, " "), k;
		const char *type = l[n] ? l + n + 1 : "";

		if (strlen(q->name) != n || strncasecmp(l, q->name, n) != 0)
			continue;
		if (a.status == DNS_NXDOMAIN)
			a.status = DNS_NODATA;
		k = strcspn(type, " ");
		if (k == 4 && strncmp(type, "FAIL", 4) == 0) {
			a.status = DNS_FAIL;
			a.n = 0;
			break;
		}
		if (fake_type(type, k) != q->type || a.n == 64)
			continue;
		len[a.n] =
		    fake_rdata(q->type, type[k] ? type + k + 1 : "", buf[a.n]);
		data[a.n] = buf[a.n];
		a.n++;
		a.status = DNS_OK;
	}
	a.data = data;
	a.len = len;
	q->f->in_flight--;
	q->cb(q->arg, &a);
	uv_close((uv_handle_t *)t, fake_closed);
}

static inline int fake_ask(struct resolver *r, const char *name,
    enum rr_type type, dns_cb cb, void *arg, void **handle)
{
	struct fake *f = (struct fake *)r;
	struct fake_question *q = calloc(1, sizeof(*q));

	q->f = f;
	snprintf(q->name, sizeof(q->name), "%s", name);
	q->type = type;
	q->cb = cb;
	q->arg = arg;
	uv_timer_init(f->loop, &q->timer);
	q->timer.data = q;
	uv_timer_start(&q->timer, fake_answer, f->late_ms, 0);
	*handle = q;
	f->asked++;
	if (++f->in_flight > f->most_in_flight)
		f->most_in_flight = f->in_flight;
	return 0;
}

static inline void fake_cancel(struct resolver *r, void *handle)
{
	struct fake_question *q = handle;

	((struct fake *)r)->in_flight--;
	uv_close((uv_handle_t *)&q->timer, fake_closed);
}

static inline void fake_init(
    struct fake *f, uv_loop_t *loop, const char *const *lines, size_t n)
{
	memset(f, 0, sizeof(*f));
	f->r.ask = fake_ask;
	f->r.cancel = fake_cancel;
	f->loop = loop;
	f->lines = lines;
	f->n = n;
}
