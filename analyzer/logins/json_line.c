/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/json_line.h"

#include <jansson.h>

#include "analyzer/logins/stamp.h"

#define NUMBER_MAX 1000000

static struct scan text_of(const json_t *object, const char *name)
{
	const json_t *v = json_object_get(object, name);
	const char *text = json_is_string(v) ? json_string_value(v) : "";
	size_t len = json_is_string(v) ? json_string_length(v) : 0;

	return (struct scan){text, text + len};
}

static bool result(struct scan s, enum login_result *r)
{
	if (scan_text(&s, "success"))
		*r = LOGIN_SUCCESS;
	else if (scan_text(&s, "failure"))
		*r = LOGIN_FAILURE;
	else if (scan_text(&s, "delivery"))
		*r = LOGIN_DELIVERY;
	else
		return false;
	return s.p == s.end;
}

static bool number(const json_t *object, const char *name, int64_t *n)
{
	const json_t *v = json_object_get(object, name);

	*n = 0;
	if (v == NULL)
		return true;
	if (!json_is_integer(v))
		return false;
	*n = json_integer_value(v);
	return *n >= 0 && *n <= NUMBER_MAX;
}

static bool numbers(const json_t *object, struct login_event *e)
{
	struct login_answers *a = &e->answers;
	int64_t said;

	if (!number(object, "messages", &e->messages) ||
	    !number(object, "delivered", &a->delivered) ||
	    !number(object, "rejected", &a->rejected) ||
	    !number(object, "unknown", &a->unknown))
		return false;
	said = a->delivered + a->rejected + a->unknown;
	e->attempts = e->result == LOGIN_DELIVERY ? said : 1;
	return e->attempts > 0 &&
	       (e->result == LOGIN_SUCCESS || e->messages == 0) &&
	       (e->result == LOGIN_DELIVERY || said == 0);
}

static bool take(const json_t *object, struct login_event *e)
{
	struct scan time = text_of(object, "time");
	struct scan account = text_of(object, "account");
	struct scan client = text_of(object, "client");

	return stamp_rfc3339(&time, &e->ts_us) && time.p == time.end &&
	       scan_word(&account, login_is_account, e->account,
		   sizeof(e->account)) &&
	       account.p == account.end && scan_addr(&client, &e->client) &&
	       client.p == client.end &&
	       result(text_of(object, "result"), &e->result) &&
	       numbers(object, e);
}

enum login_line json_line(struct scan s, struct login_event *e)
{
	json_t *object = json_loadb(
	    s.p, (size_t)(s.end - s.p), JSON_REJECT_DUPLICATES, NULL);
	enum login_line l = LOGIN_LINE_BAD;

	if (json_is_object(object) && take(object, e))
		l = LOGIN_LINE_EVENT;
	json_decref(object);
	return l;
}
