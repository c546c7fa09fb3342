/* SPDX-License-Identifier: Apache-2.0 */
/* What a stranger shows of himself: a cookie and a token. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "reports/api/access.h"
#include "reports/api/scope.h"
#include "reports/api/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void try_scopes(const char *text)
{
	char again[SCOPES_LEN];
	const char *bad;
	int64_t a, b;

	if (scope_parse(text, &a, &bad) != 0) {
		must(bad >= text && bad < text + strlen(text));
		return;
	}
	must((a & ~(int64_t)SCOPES_ALL) == 0);
	must(scope_parse(scope_text(a, again), &b, &bad) == 0 && a == b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct call c;
	static struct conf conf;
	char value[SECRET_TEXT_LEN], id[TOKEN_ID_LEN];
	uint8_t hash[SECRET_BYTES];
	char *text = malloc(len + 1);

	if (!text)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	memset(&c, 0, sizeof(c));
	c.conf = &conf;
	c.cookie = text;
	for (int tls = 0; tls < 2; tls++) {
		c.tls = tls;
		if (access_cookie(&c, value, sizeof(value)) == 0)
			must(value[0] != '\0' && strstr(text, value));
	}
	if (token_split(text, id, hash) == 0)
		must(strlen(id) == TOKEN_ID_LEN - 1 &&
		     strlen(text) == TOKEN_TEXT_LEN - 1);
	try_scopes(text);
	free(text);
	return 0;
}
