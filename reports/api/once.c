/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/once.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/api/secret.h"
#include "store/access.h"

static int hash_request(const struct call *c, uint8_t hash[static SECRET_BYTES])
{
	size_t n = strlen(c->method) + strlen(c->uri.path) + 3 + c->n_text;
	char *text = malloc(n);
	int head;

	if (!text)
		return -1;
	head = snprintf(text, n, "%s %s ", c->method, c->uri.path);
	memcpy(text + head, c->text, c->n_text);
	secret_hash(text, (size_t)head + c->n_text, hash);
	free(text);
	return 0;
}

static bool is_key(const char *key)
{
	size_t n = strlen(key);

	for (const char *p = key; *p != '\0'; p++)
		if (*p < 0x21 || *p > 0x7e)
			return false;
	return n > 0 && n < ACCESS_KEY_LEN;
}

bool once_begin(struct once *o, struct call *c)
{
	uint8_t hash[SECRET_BYTES];
	char *body = NULL;
	int status = 0;

	if (!is_key(c->once_key)) {
		call_problem(c, 400, "bad_value",
		    "Idempotency-Key: give 1 to 64 visible characters");
		return false;
	}
	snprintf(
	    o->actor, sizeof(o->actor), "%s %s", c->who.token_id, c->who.name);
	switch (hash_request(c, hash) != 0
		    ? -1
		    : idempotency_claim(c->db, o->actor, c->once_key, hash,
			  c->now_us, &status, &body)) {
	case 0:
		return true;
	case 1:
		call_text(c, status,
		    status < 300 ? "application/json"
				 : "application/problem+json",
		    body, body ? strlen(body) : 0);
		call_field(c, "Idempotent-Replayed", "true");
		return false;
	case 2:
		call_problem(c, 422, "idempotency_reuse",
		    "this Idempotency-Key was used for another request; take "
		    "a new one");
		return false;
	case 3:
		call_problem(c, 409, "conflict",
		    "the first request with this Idempotency-Key is still at "
		    "work; ask again in a moment");
		return false;
	default:
		call_db_failed(c);
		return false;
	}
}

void once_end(struct once *o, struct call *c)
{
	size_t n;
	const char *body = call_body(c, &n);

	(void)idempotency_done(c->db, o->actor, c->once_key,
	    c->status < 500 && body ? c->status : 0, body);
}
