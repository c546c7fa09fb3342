/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_lookup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void on_answer(void *arg, const struct dns_answer *d)
{
	struct spf_answer *a = arg;
	struct spf_lookups *l = a->owner;

	a->handle = NULL;
	a->known = true;
	a->status = d->status;
	a->ttl_s = d->ttl_s;
	for (size_t i = 0; i < d->n && a->n < SPF_RDATA_MAX; i++) {
		uint8_t *copy = malloc(d->len[i] ? d->len[i] : 1);

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

enum spf_lookup spf_lookup(struct spf_lookups *l, const char *name,
    enum rr_type type, const struct spf_answer **out)
{
	struct spf_answer *a;

	for (a = l->answers; a; a = a->next) {
		if (a->type == type && strcasecmp(a->name, name) == 0) {
			*out = a;
			return a->known ? SPF_LOOKUP_KNOWN : SPF_LOOKUP_WAIT;
		}
	}
	if (l->n >= SPF_ANSWERS_MAX || strlen(name) >= sizeof(a->name))
		return SPF_LOOKUP_FAILED;
	a = calloc(1, sizeof(*a));
	if (!a)
		return SPF_LOOKUP_FAILED;
	snprintf(a->name, sizeof(a->name), "%s", name);
	a->type = type;
	a->owner = l;
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
