/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_lookup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void on_answer(void *arg, const struct dns_answer *d)
{
	struct spf_answer *a = arg;
	struct spf_lookups *l = a->owner;
	size_t most = d->n < SPF_RDATA_MAX ? d->n : SPF_RDATA_MAX;

	a->handle = NULL;
	a->known = true;
	a->status = d->status;
	a->ttl_s = d->ttl_s;
	a->rr = most > 0 ? calloc(most, sizeof(*a->rr)) : NULL;
	for (size_t i = 0; i < most; i++) {
		uint8_t *copy =
		    a->rr ? malloc(d->len[i] ? d->len[i] : 1) : NULL;

		if (!copy) {
			a->status = DNS_FAIL;
			break;
		}
		memcpy(copy, d->data[i], d->len[i]);
		a->rr[a->n].data = copy;
		a->rr[a->n++].len = d->len[i];
	}
	if (--l->waiting == 0)
		l->progress(l->arg);
}

static struct spf_answer *new_answer(
    struct spf_lookups *l, const char *name, size_t len)
{
	const struct spf_asker *w = &l->asker;
	bool keep = l->keep_askers && w->domain != NULL;
	size_t domain_len = keep ? strlen(w->domain) : 0;
	size_t more = keep ? domain_len + 1 + (size_t)w->term_len + 1 : 0;
	struct spf_answer *a = calloc(1, sizeof(*a) + len + 1 + more);

	if (!a)
		return NULL;
	memcpy(a->name, name, len + 1);
	a->owner = l;
	a->has_asker = keep;
	if (keep) {
		memcpy(a->name + len + 1, w->domain, domain_len);
		memcpy(a->name + len + 1 + domain_len + 1, w->term,
		    (size_t)w->term_len);
	}
	return a;
}

struct spf_asker spf_answer_asker(const struct spf_answer *a)
{
	struct spf_asker w = {.domain = NULL};

	if (a->has_asker) {
		w.domain = a->name + strlen(a->name) + 1;
		w.term = w.domain + strlen(w.domain) + 1;
		w.term_len = (int)strlen(w.term);
	}
	return w;
}

enum spf_lookup spf_lookup(struct spf_lookups *l, const char *name,
    enum rr_type type, const struct spf_answer **out)
{
	struct spf_answer *a;
	size_t len = strlen(name);

	for (a = l->answers; a; a = a->next) {
		if (a->type == type && strcasecmp(a->name, name) == 0) {
			*out = a;
			return a->known ? SPF_LOOKUP_KNOWN : SPF_LOOKUP_WAIT;
		}
	}
	if (l->n >= SPF_ANSWERS_MAX || len >= 256)
		return SPF_LOOKUP_FAILED;
	a = new_answer(l, name, len);
	if (!a)
		return SPF_LOOKUP_FAILED;
	a->type = type;
	if (l->r->ask(l->r, a->name, type, on_answer, a, &a->handle) != 0) {
		free(a);
		return SPF_LOOKUP_FAILED;
	}
	a->next = l->answers;
	l->answers = a;
	l->n++;
	l->waiting++;
	return SPF_LOOKUP_WAIT;
}

void spf_lookups_free(struct spf_lookups *l)
{
	struct spf_answer *a;

	while ((a = l->answers) != NULL) {
		l->answers = a->next;
		if (a->handle)
			l->r->cancel(l->r, a->handle);
		for (size_t i = 0; i < a->n; i++)
			free(a->rr[i].data);
		free(a->rr);
		free(a);
	}
}

int spf_rdata_name(
    const uint8_t *data, size_t len, size_t offset, char name[256])
{
	size_t at = offset, out = 0;

	for (;;) {
		size_t n;

		if (at >= len)
			return -1;
		n = data[at++];
		if (n == 0)
			break;
		if (n > 63 || n > len - at || out + n + 1 > 254)
			return -1;
		if (out)
			name[out++] = '.';
		for (size_t i = 0; i < n; i++) {
			uint8_t c = data[at + i];

			/* a dot or NUL inside a label has no text form */
			if (c == '.' || c <= ' ' || c > 126)
				return -1;
			name[out++] = (char)c;
		}
		at += n;
	}
	name[out] = '\0';
	return 0;
}

size_t spf_rdata_text(const uint8_t *d, size_t left, char *out, size_t size)
{
	size_t n = 0;

	while (left > 0 && d[0] < left) {
		size_t k = d[0];

		if (n + k >= size)
			k = size - 1 - n;
		memcpy(out + n, d + 1, k);
		n += k;
		left -= (size_t)d[0] + 1;
		d += d[0] + 1;
	}
	return n;
}
