/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/answer.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *read_object(const char *line, size_t len)
{
	json_t *o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);

	if (o != NULL && !json_is_object(o)) {
		json_decref(o);
		return NULL;
	}
	return o;
}

int answer_read_hello(const char *line, size_t len, struct hello *h)
{
	json_t *o = read_object(line, len);

	memset(h, 0, sizeof(*h));
	if (o == NULL)
		return -1;
	h->ports = !json_is_false(json_object_get(o, "ports"));
	h->port_sets = json_is_true(json_object_get(o, "port_sets"));
	h->sees_refused = json_is_true(json_object_get(o, "sees_refused"));
	h->max_entries = json_integer_value(json_object_get(o, "max_entries"));
	h->window = json_integer_value(json_object_get(o, "window"));
	if (h->window < 1)
		h->window = 1;
	json_decref(o);
	return 0;
}

int answer_read(const char *line, size_t len, struct answer *a)
{
	json_t *o = read_object(line, len), *seq, *ok;
	const char *error;
	int rc = -1;

	memset(a, 0, sizeof(*a));
	if (o == NULL)
		return -1;
	seq = json_object_get(o, "seq");
	ok = json_object_get(o, "ok");
	error = json_string_value(json_object_get(o, "error"));
	if (json_is_integer(seq) && json_is_boolean(ok)) {
		a->seq = json_integer_value(seq);
		a->ok = json_is_true(ok);
		a->permanent =
		    !a->ok && json_is_true(json_object_get(o, "permanent"));
		snprintf(a->error, sizeof(a->error), "%s",
		    error != NULL ? error : "the driver gave no reason");
		rc = 0;
	}
	json_decref(o);
	return rc;
}

int answer_read_list(const char *line, size_t len, struct list_part *p)
{
	json_t *ok, *id;
	const char *error;

	memset(p, 0, sizeof(*p));
	p->json = read_object(line, len);
	ok = json_object_get(p->json, "ok");
	id = json_object_get(p->json, "id");
	p->held = json_object_get(p->json, "held");
	if (p->held == NULL)
		p->held = json_object_get(p->json, "counters");
	if (p->held == NULL)
		p->held = json_object_get(p->json, "tested");
	if (!json_is_boolean(ok) || json_object_get(p->json, "seq") != NULL ||
	    (json_is_true(ok) && !json_is_array(p->held))) {
		json_decref(p->json);
		p->json = NULL;
		return -1;
	}
	if (json_is_false(ok))
		p->held = NULL;
	error = json_string_value(json_object_get(p->json, "error"));
	snprintf(p->error, sizeof(p->error), "%s",
	    error != NULL ? error : "the driver gave no reason");
	p->has_id = json_is_integer(id);
	p->id = json_integer_value(id);
	p->more =
	    p->held != NULL && json_is_true(json_object_get(p->json, "more"));
	return 0;
}
