/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_clients.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLIENTS_MAX 65536

struct client {
	struct prefix prefix;
	unsigned int line;
	uint8_t len; /* of the secret */
	char secret[RADIUS_SECRET_MAX];
};

/* Clients of one prefix length stand together, the longest first. */
struct group {
	uint8_t len;
	size_t first, n;
};

struct radius_clients {
	struct client *v;
	size_t n, cap;
	struct group group[129];
	size_t n_groups;
};

void radius_clients_free(struct radius_clients *c)
{
	if (c == NULL)
		return;
	if (c->v != NULL)
		OPENSSL_cleanse(c->v, c->cap * sizeof(*c->v));
	free(c->v);
	free(c);
}

/* realloc() would leave secrets behind in what it frees. */
static bool grow(struct radius_clients *c)
{
	size_t cap = c->cap == 0 ? 16 : 2 * c->cap;
	struct client *v;

	if (c->n < c->cap)
		return true;
	v = calloc(cap, sizeof(*v));
	if (v == NULL)
		return false;
	if (c->n > 0) {
		memcpy(v, c->v, c->n * sizeof(*v));
		OPENSSL_cleanse(c->v, c->cap * sizeof(*v));
	}
	free(c->v);
	c->v = v;
	c->cap = cap;
	return true;
}

/* NULL: taken. Else what is wrong, and what to do. */
static const char *take_line(
    struct radius_clients *c, char *s, unsigned int line)
{
	struct client *k;
	char *secret;
	size_t len;

	s += strspn(s, " \t");
	s[strcspn(s, "\r\n")] = '\0';
	for (len = strlen(s); len > 0 && strchr(" \t", s[len - 1]); len--)
		s[len - 1] = '\0';
	if (*s == '\0' || *s == '#')
		return NULL;
	secret = s + strcspn(s, " \t");
	if (*secret == '\0')
		return "no secret; give PREFIX SECRET";
	*secret++ = '\0';
	secret += strspn(secret, " \t");
	len = strlen(secret);
	if (len > RADIUS_SECRET_MAX)
		return "the secret is longer than 128 bytes; shorten it";
	if (c->n >= CLIENTS_MAX)
		return "more than 65,536 clients; merge prefixes";
	if (!grow(c))
		return "out of memory";
	k = &c->v[c->n];
	switch (prefix_parse(&k->prefix, s)) {
	case 0:
		break;
	case -2:
		return "bits are set behind the length of the prefix; give "
		       "its first address";
	default:
		return "no prefix stands first; give one such as "
		       "192.0.2.0/24 or 2001:db8::1";
	}
	k->line = line;
	k->len = (uint8_t)len;
	memcpy(k->secret, secret, len);
	c->n++;
	return NULL;
}

static int by_length(const void *a, const void *b)
{
	const struct client *x = a, *y = b;

	if (x->prefix.len != y->prefix.len)
		return x->prefix.len > y->prefix.len ? -1 : 1;
	return addr_compare(&x->prefix.addr, &y->prefix.addr);
}

/* False: two lines of one prefix. */
static bool group(
    struct radius_clients *c, const char *path, char *err, size_t size)
{
	if (c->n > 1)
		qsort(c->v, c->n, sizeof(*c->v), by_length);
	for (size_t i = 0; i < c->n; i++) {
		struct group *g = &c->group[c->n_groups];

		if (i > 0 && by_length(&c->v[i - 1], &c->v[i]) == 0) {
			snprintf(err, size,
			    "%s: lines %u and %u have the same prefix; remove "
			    "one",
			    path, c->v[i - 1].line, c->v[i].line);
			return false;
		}
		if (i > 0 && g[-1].len == c->v[i].prefix.len) {
			g[-1].n++;
			continue;
		}
		*g = (struct group){c->v[i].prefix.len, i, 1};
		c->n_groups++;
	}
	return true;
}

static bool read_lines(
    struct radius_clients *c, FILE *f, const char *path, char *err, size_t size)
{
	const char *why = NULL;
	unsigned int line = 0;
	char *text = NULL;
	size_t cap = 0;

	while (why == NULL && getline(&text, &cap, f) >= 0)
		why = take_line(c, text, ++line);
	if (text != NULL)
		OPENSSL_cleanse(text, cap);
	free(text);
	if (why != NULL)
		snprintf(err, size, "%s:%u: %s", path, line, why);
	else if (c->n == 0)
		snprintf(err, size,
		    "%s: no client stands there; give lines PREFIX SECRET",
		    path);
	return why == NULL && c->n > 0;
}

struct radius_clients *radius_clients_load(
    const char *path, char *err, size_t size)
{
	struct radius_clients *c = calloc(1, sizeof(*c));
	FILE *f = fopen(path, "re");
	struct stat st;

	if (c == NULL || f == NULL) {
		snprintf(err, size,
		    "%s: cannot be read: %s; name a readable file with the "
		    "lines PREFIX SECRET",
		    path, strerror(c == NULL ? ENOMEM : errno));
		goto fail;
	}
	/* stdio keeps no copy of a secret behind. */
	setvbuf(f, NULL, _IONBF, 0);
	if (fstat(fileno(f), &st) != 0 || (st.st_mode & 07) != 0) {
		snprintf(err, size,
		    "%s: other users may read the secrets; chmod o= %s", path,
		    path);
		goto fail;
	}
	if (!read_lines(c, f, path, err, size) || !group(c, path, err, size))
		goto fail;
	fclose(f);
	return c;
fail:
	if (f != NULL)
		fclose(f);
	radius_clients_free(c);
	return NULL;
}

size_t radius_clients_count(const struct radius_clients *c)
{
	return c->n;
}

int radius_clients_find(const struct radius_clients *c, const struct addr *a)
{
	for (size_t i = 0; i < c->n_groups; i++) {
		const struct group *g = &c->group[i];
		struct prefix p = {*a, g->len};
		size_t lo = g->first, hi = g->first + g->n;

		p.addr = prefix_first(&p);
		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;
			int d = addr_compare(&c->v[mid].prefix.addr, &p.addr);

			if (d == 0)
				return (int)mid;
			if (d < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
	}
	return -1;
}

struct radius_secret radius_clients_secret(
    const struct radius_clients *c, int i)
{
	return (struct radius_secret){c->v[i].secret, c->v[i].len};
}

const struct prefix *radius_clients_prefix(
    const struct radius_clients *c, int i)
{
	return &c->v[i].prefix;
}
