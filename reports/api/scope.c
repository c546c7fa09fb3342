/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/scope.h"

#include <stdio.h>
#include <string.h>

static const char *const names[SCOPES_N] = {"incidents:read", "incidents:write",
    "decisions:read", "decisions:write", "export:read", "metrics:read",
    "audit:read", "admin"};

const char *scope_name(int64_t bit)
{
	for (int i = 0; i < SCOPES_N; i++)
		if (bit == INT64_C(1) << i)
			return names[i];
	return NULL;
}

int scope_parse(const char *text, int64_t *scopes, const char **bad)
{
	*scopes = 0;
	while (*text != '\0') {
		size_t n = strcspn(text, ", ");
		int i = 0;

		while (
		    n > 0 && i < SCOPES_N &&
		    (strlen(names[i]) != n || strncmp(names[i], text, n) != 0))
			i++;
		*bad = text;
		if (i == SCOPES_N)
			return -1;
		if (n > 0)
			*scopes |= INT64_C(1) << i;
		text += n;
		text += strspn(text, ", ");
	}
	return 0;
}

const char *scope_text(int64_t scopes, char buf[static SCOPES_LEN])
{
	size_t at = 0;

	buf[0] = '\0';
	for (int i = 0; i < SCOPES_N; i++)
		if (scopes & INT64_C(1) << i)
			at += (size_t)snprintf(buf + at, SCOPES_LEN - at,
			    "%s%s", at > 0 ? " " : "", names[i]);
	return buf;
}
