/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/align.h"

#include <libpsl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct align {
	psl_ctx_t *psl;
};

struct align *align_new(const char *psl, char *err, size_t errsize)
{
	struct align *a = calloc(1, sizeof(*a));

	if (a == NULL) {
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	/* psl_latest() would pass over a file that is bad. */
	a->psl = psl != NULL ? psl_load_file(psl) : psl_latest(NULL);
	if (a->psl != NULL && psl_suffix_count(a->psl) != 0)
		return a;
	snprintf(err, errsize,
	    "%s: no public suffix list; install Debian's publicsuffix or name "
	    "another file",
	    psl != NULL ? psl : "libpsl");
	align_free(a);
	return NULL;
}

void align_free(struct align *a)
{
	if (a == NULL)
		return;
	psl_free(a->psl);
	free(a);
}

/* Lower case, no last dot. */
static bool normalise(const char *domain, char out[static 256])
{
	size_t len = strlen(domain), label = 0;

	if (len > 0 && domain[len - 1] == '.')
		len--;
	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = domain[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		label = c == '.' ? 0 : label + 1;
		if ((c == '.' && (i == 0 || out[i - 1] == '.')) || label > 63)
			return false;
		out[i] = c;
	}
	out[len] = '\0';
	return out[len - 1] != '.';
}

bool align_organisation(
    const struct align *a, const char *domain, char out[static 256])
{
	const char *found;

	if (!normalise(domain, out))
		return false;
	found = psl_registrable_domain(a->psl, out);
	if (found != NULL)
		memmove(out, found, strlen(found) + 1);
	return true;
}

bool align_domains(const struct align *a, const char *one, const char *other,
    enum align_mode mode)
{
	char x[256], y[256];

	if (!normalise(one, x) || !normalise(other, y))
		return false;
	if (strcmp(x, y) == 0)
		return true;
	return mode == ALIGN_RELAXED && align_organisation(a, one, x) &&
	       align_organisation(a, other, y) && strcmp(x, y) == 0;
}
