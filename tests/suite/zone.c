/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/suite/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ALIASES_MAX 8
#define ANSWERS_MAX 128

struct record {
	struct record *next;
	char name[256];
	int type;
	size_t len;
	uint8_t rdata[];
};

struct zone {
	struct resolver r; /* first: it is what ask() gets */
	uv_loop_t *loop;
	struct record *records, **last;
	int asked;
};

struct question {
	uv_timer_t timer;
	struct zone *z;
	char name[256];
	enum rr_type type;
	dns_cb cb;
	void *arg;
};

static void plain_name(const char *name, char out[256])
{
	size_t n;

	snprintf(out, 256, "%s", name);
	n = strlen(out);
	if (n > 0 && out[n - 1] == '.')
		out[n - 1] = '\0';
}

static void on_closed(uv_handle_t *h)
{
	free(h->data);
}

static void name_of(const struct record *r, char out[256])
{
	size_t at = 0, n = 0;

	while (at < r->len && r->rdata[at] != 0) {
		if (n > 0)
			out[n++] = '.';
		memcpy(out + n, r->rdata + at + 1, r->rdata[at]);
		n += r->rdata[at];
		at += r->rdata[at] + (size_t)1;
	}
	out[n] = '\0';
}

/* Fills a; an alias's target goes to alias. */
static void find(const struct zone *z, const char *name, enum rr_type type,
    struct dns_answer *a, const uint8_t **data, size_t *len, char alias[256])
{
	bool exists = false;

	alias[0] = '\0';
	for (const struct record *r = z->records; r != NULL; r = r->next) {
		if (strcasecmp(r->name, name) != 0)
			continue;
		exists = true;
		if (r->type == ZONE_TIMEOUT && a->n == 0) {
			a->status = DNS_FAIL;
			return;
		}
		if (r->type == ZONE_CNAME)
			name_of(r, alias);
		if (r->type != (int)type || a->n == ANSWERS_MAX)
			continue;
		data[a->n] = r->rdata;
		len[a->n++] = r->len;
	}
	a->status = a->n > 0 ? DNS_OK : exists ? DNS_NODATA : DNS_NXDOMAIN;
}

static void on_due(uv_timer_t *timer)
{
	struct question *q = timer->data;
	const uint8_t *data[ANSWERS_MAX];
	size_t len[ANSWERS_MAX];
	struct dns_answer a = {.data = data, .len = len, .ttl_s = 300};
	char name[256], alias[256];
	dns_cb cb = q->cb;
	void *arg = q->arg;

	memcpy(name, q->name, sizeof(name));
	for (int i = 0; i < ALIASES_MAX; i++) {
		find(q->z, name, q->type, &a, data, len, alias);
		if (a.status != DNS_NODATA || alias[0] == '\0')
			break;
		memcpy(name, alias, sizeof(name));
	}
	uv_close((uv_handle_t *)timer, on_closed);
	cb(arg, &a);
}

static int ask(struct resolver *r, const char *name, enum rr_type type,
    dns_cb cb, void *arg, void **handle)
{
	struct zone *z = (struct zone *)r;
	struct question *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return -1;
	q->z = z;
	plain_name(name, q->name);
	q->type = type;
	q->cb = cb;
	q->arg = arg;
	z->asked++;
	uv_timer_init(z->loop, &q->timer);
	q->timer.data = q;
	uv_timer_start(&q->timer, on_due, 0, 0);
	*handle = q;
	return 0;
}

static void cancel(struct resolver *r, void *handle)
{
	struct question *q = handle;

	(void)r;
	uv_timer_stop(&q->timer);
	uv_close((uv_handle_t *)&q->timer, on_closed);
}

static void no_free(struct resolver *r)
{
	(void)r;
}

struct zone *zone_new(uv_loop_t *loop)
{
	struct zone *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->r.ask = ask;
	z->r.cancel = cancel;
	z->r.free = no_free;
	z->loop = loop;
	z->last = &z->records;
	return z;
}

void zone_free(struct zone *z)
{
	if (z == NULL)
		return;
	while (z->records != NULL) {
		struct record *r = z->records;

		z->records = r->next;
		free(r);
	}
	free(z);
}

struct resolver *zone_resolver(struct zone *z)
{
	return &z->r;
}

int zone_add(
    struct zone *z, const char *name, int type, const void *rdata, size_t len)
{
	struct record *r = malloc(sizeof(*r) + len);

	if (r == NULL)
		return -1;
	r->next = NULL;
	r->type = type;
	r->len = len;
	plain_name(name, r->name);
	if (len > 0)
		memcpy(r->rdata, rdata, len);
	*z->last = r;
	z->last = &r->next;
	return 0;
}

size_t zone_name(const char *text, uint8_t *out)
{
	size_t at = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, ".");

		if (n == 0 || n > 63 || at + n + 2 > 255)
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

int zone_asked(struct zone *z)
{
	int n = z->asked;

	z->asked = 0;
	return n;
}
