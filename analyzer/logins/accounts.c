/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/accounts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/csv.h"
#include "analyzer/logins/event.h"
#include "store/rows.h"

#define LINE_MAX_BYTES 4095

struct owner {
	uint8_t id[KEYED_HASH_BYTES];
	uint32_t customer; /* where its name begins */
	uint32_t line;
};

struct login_accounts {
	struct keyed_hash *hash;
	const char *domain;
	struct owner *v; /* by id */
	size_t n, cap;
	char *names; /* each with its NUL */
	size_t names_len, names_cap;
};

struct load {
	struct login_accounts *a;
	const char *path;
	size_t line;
	char *err;
	size_t errsize;
};

/* The value is not shown: it may be somebody's account. */
static int bad(struct load *l, const char *what)
{
	snprintf(l->err, l->errsize, "%s:%zu: %s", l->path, l->line, what);
	return -1;
}

bool login_accounts_id(struct login_accounts *a, const char *account,
    uint8_t id[static KEYED_HASH_BYTES])
{
	char name[LOGIN_ACCOUNT_LEN];
	size_t n = 0;
	bool ok;

	for (; account[n] != '\0' && n + 1 < sizeof(name); n++)
		name[n] = account[n] >= 'A' && account[n] <= 'Z'
			      ? (char)(account[n] + 32)
			      : account[n];
	name[n] = '\0';
	ok = keyed_hash(a->hash, "account", name,
	    strchr(name, '@') == NULL ? a->domain : NULL, id);
	explicit_bzero(name, sizeof(name));
	return ok;
}

/* --- the file ------------------------------------------------------------- */

static bool is_account(const char *s)
{
	size_t n = 0;

	while (login_is_account((unsigned char)s[n]))
		n++;
	return n > 0 && n < LOGIN_ACCOUNT_LEN && s[n] == '\0';
}

static bool is_customer(const char *s)
{
	if (*s == '\0' || strlen(s) >= ROW_ID_LEN ||
	    strncmp(s, LOGIN_NOBODYS, strlen(LOGIN_NOBODYS)) == 0)
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 127)
			return false;
	return true;
}

static void *grown(void *v, size_t *cap, size_t need, size_t size)
{
	size_t more = *cap > 0 ? *cap : 256;

	if (need <= *cap)
		return v;
	while (more < need)
		more *= 2;
	v = realloc(v, more * size);
	if (v != NULL)
		*cap = more;
	return v;
}

static int keep(struct load *l, const char *account, const char *customer)
{
	struct login_accounts *a = l->a;
	size_t n = strlen(customer) + 1;
	struct owner *v = grown(a->v, &a->cap, a->n + 1, sizeof(*a->v));
	char *names;

	if (v == NULL)
		return bad(l, "out of memory");
	a->v = v;
	names = grown(a->names, &a->names_cap, a->names_len + n, 1);
	if (names == NULL || a->names_len + n > UINT32_MAX)
		return bad(l, "out of memory");
	a->names = names;
	v = &v[a->n];
	if (!login_accounts_id(a, account, v->id))
		return bad(l, "the account cannot be hashed");
	v->customer = (uint32_t)a->names_len;
	v->line = (uint32_t)l->line;
	memcpy(a->names + a->names_len, customer, n);
	a->names_len += n;
	a->n++;
	return 0;
}

static int take_line(struct load *l, char *line, size_t bytes)
{
	char *f[CSV_FIELDS_MAX];
	size_t len = strcspn(line, "\r\n");

	if (strlen(line) != bytes)
		return bad(l, "it holds a NUL byte");
	if (len > LINE_MAX_BYTES)
		return bad(l, "longer than 4095 bytes");
	line[len] = '\0';
	if (l->line == 1) {
		if (strncmp(line, "\xef\xbb\xbf", 3) == 0)
			line += 3;
		return strcmp(line, "account,customer") == 0
			   ? 0
			   : bad(l, "the header line must be account,customer");
	}
	if (len == 0)
		return 0;
	if (csv_split(line, f) != 2)
		return bad(l, "2 fields are needed: account,customer");
	if (!is_account(f[0]))
		return bad(l,
		    "the account must be as logs have it: 1 to 255 bytes "
		    "without spaces, commas, quotes or brackets");
	if (!is_customer(f[1]))
		return bad(l,
		    "the customer must be 1 to 63 bytes without spaces, and "
		    "not begin with " LOGIN_NOBODYS);
	return keep(l, f[0], f[1]);
}

static int by_id(const void *x, const void *y)
{
	const struct owner *a = x, *b = y;

	return memcmp(a->id, b->id, sizeof(a->id));
}

static int sort(struct load *l)
{
	struct login_accounts *a = l->a;

	if (a->n > 0)
		qsort(a->v, a->n, sizeof(*a->v), by_id);
	for (size_t i = 1; i < a->n; i++) {
		if (by_id(&a->v[i - 1], &a->v[i]) != 0)
			continue;
		snprintf(l->err, l->errsize,
		    "%s: lines %u and %u have the same account; remove one",
		    l->path, a->v[i - 1].line, a->v[i].line);
		return -1;
	}
	return 0;
}

static int load(struct load *l)
{
	FILE *f = fopen(l->path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;
	int rc = 0;

	if (f == NULL) {
		snprintf(l->err, l->errsize,
		    "%s: %s; logins.accounts_file names the file", l->path,
		    strerror(errno));
		return -1;
	}
	while (rc == 0 && (len = getline(&line, &cap, f)) >= 0) {
		l->line++;
		rc = take_line(l, line, (size_t)len);
	}
	if (rc == 0 && ferror(f))
		rc = bad(l, strerror(errno));
	fclose(f);
	if (line != NULL)
		explicit_bzero(line, cap);
	free(line);
	if (rc == 0 && l->line == 0) {
		l->line = 1;
		rc = bad(l, "the header line must be account,customer");
	}
	return rc == 0 ? sort(l) : -1;
}

/* --- open and close ------------------------------------------------------- */

struct login_accounts *login_accounts_new(
    const struct conf *c, char *err, size_t errsize)
{
	struct login_accounts *a = calloc(1, sizeof(*a));
	struct load l = {.a = a,
	    .path = c->login_accounts_file,
	    .err = err,
	    .errsize = errsize};

	if (a == NULL) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	a->domain = c->login_domain;
	a->hash = keyed_hash_load(c->hash_key_file, err, errsize);
	if (a->hash == NULL || (l.path != NULL && load(&l) != 0)) {
		login_accounts_free(a);
		return NULL;
	}
	return a;
}

int login_accounts_reload(
    struct login_accounts *a, const struct conf *c, char *err, size_t errsize)
{
	struct login_accounts *b = login_accounts_new(c, err, errsize);
	struct login_accounts old = *a;

	if (b == NULL)
		return -1;
	*a = *b;
	*b = old;
	login_accounts_free(b);
	return 0;
}

void login_accounts_free(struct login_accounts *a)
{
	if (a == NULL)
		return;
	keyed_hash_free(a->hash);
	free(a->v);
	free(a->names);
	free(a);
}

const char *login_accounts_customer(
    const struct login_accounts *a, const uint8_t id[static KEYED_HASH_BYTES])
{
	const struct owner *o;
	struct owner key = {0};

	if (a->n == 0)
		return NULL;
	memcpy(key.id, id, sizeof(key.id));
	o = bsearch(&key, a->v, a->n, sizeof(*a->v), by_id);
	return o != NULL ? a->names + o->customer : NULL;
}

size_t login_accounts_count(const struct login_accounts *a)
{
	return a->n;
}
