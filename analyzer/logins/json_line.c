/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/json_line.h"

#include <jansson.h>

#include "analyzer/logins/stamp.h"

#define MESSAGES_MAX 1000000

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
	else
		return false;
	return s.p == s.end;
}

static bool messages(const json_t *object, int64_t *n)
{
	const json_t *v = json_object_get(object, "messages");

	*n = 0;
	if (v == NULL)
		return true;
	if (!json_is_integer(v))
		return false;
	*n = json_integer_value(v);
	return *n >= 0 && *n <= MESSAGES_MAX;
}

static bool take(const json_t *object, struct login_event *e)
{
	struct scan time = text_of(object, "time");
	struct scan account = text_of(object, "account");
	struct scan client = text_of(object, "client");

	e->attempts = 1;
	return stamp_rfc3339(&time, &e->ts_us) && time.p == time.end &&
	       scan_word(&account, login_is_account, e->account,
		   sizeof(e->account)) &&
	       account.p == account.end && scan_addr(&client, &e->client) &&
	       client.p == client.end &&
	       result(text_of(object, "result"), &e->result) &&
	       messages(object, &e->messages) &&
	       (e->result == LOGIN_SUCCESS || e->messages == 0);
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
