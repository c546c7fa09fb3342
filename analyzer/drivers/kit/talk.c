/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/talk.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* Of the entries in one line of an answer; a line has at most 64 KiB. */
#define PART_BYTES 60000
#define KEPT_BYTES (64 << 20)
/* So many orders are no single event: a moment's wait for the rest of them
 * costs less than one more batch. */
#define MANY    32
#define MANY_MS 20

struct session {
	const struct talk *talk;
	FILE *out;
	char line[ORDER_LINE_MAX];
	size_t len;
	bool skip; /* the rest of a line that was too long */
	struct order **batch;
	size_t n;
};

static void say(const struct session *s, struct jsonw *j)
{
	const char *text = jsonw_take(j);

	if (text == NULL || fputs(text, s->out) == EOF)
		log_fatal(s->talk->mod, "the answer cannot be written; "
					"sekisho-hooks is gone");
}

static void flush(const struct session *s)
{
	if (fflush(s->out) != 0)
		log_fatal(s->talk->mod, "the answer cannot be written; "
					"sekisho-hooks is gone");
}

static void answer_order(const struct session *s, const struct order *o)
{
	struct jsonw j;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	jsonw_kint(&j, "seq", o->seq);
	jsonw_kbool(&j, "ok", o->error == NULL);
	if (o->error != NULL)
		jsonw_kstring(&j, "error", o->error);
	if (o->error != NULL && o->permanent)
		jsonw_kbool(&j, "permanent", true);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	say(s, &j);
	jsonw_free(&j);
}

static void answer_hello(const struct session *s)
{
	struct jsonw j;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	jsonw_kbool(&j, "ports", s->talk->ports);
	jsonw_kbool(&j, "port_sets", s->talk->port_sets);
	jsonw_kbool(&j, "sees_refused", s->talk->sees_refused);
	jsonw_kint(&j, "max_entries", s->talk->max_entries);
	jsonw_kuint(&j, "window", s->talk->batch_max);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	say(s, &j);
	jsonw_free(&j);
}

static int list_held(
    const struct session *s, struct jsonw *j, char *why, size_t n)
{
	const struct ledger_entry *e =
	    s->talk->told != NULL ? ledger_entries(s->talk->told) : NULL;

	if (s->talk->told == NULL && s->talk->list == NULL)
		return -1;
	if (s->talk->told == NULL)
		return s->talk->list(s->talk->arg, j, why, n);
	for (; e != NULL; e = e->hh.next)
		talk_write_held(
		    j, e->subscriber, e->seq, e->targets, e->n, e->until_us);
	return 0;
}

static int list_counters(
    const struct session *s, struct jsonw *j, char *why, size_t n)
{
	if (s->talk->counters == NULL)
		return -1;
	return s->talk->counters(s->talk->arg, j, why, n);
}

typedef int (*talk_writer)(
    const struct session *s, struct jsonw *j, char *why, size_t n);

/* "ok", the question's "id" when it had one, and what follows. */
static void begin_answer(
    const struct session *s, const struct order *o, bool ok)
{
	fprintf(s->out, "{\"ok\":%s", ok ? "true" : "false");
	if (o->has_id)
		fprintf(s->out, ",\"id\":%" PRId64, o->id);
}

static void answer_failure(
    const struct session *s, const struct order *o, const char *why)
{
	struct jsonw j;

	jsonw_init(&j, NULL);
	jsonw_string(&j, why);
	begin_answer(s, o, false);
	fputs(",\"error\":", s->out);
	say(s, &j);
	fputs("}\n", s->out);
	jsonw_free(&j);
}

/* An entry begins with a line feed, which JSON has nowhere within, and a
 * comma; the last line feed ends them. */
static bool is_entry(const char *text)
{
	return text[0] == '\n' && text[1] != '\0';
}

/* As many entries as a line has room for; gives the rest of them. */
static const char *answer_part(const struct session *s, const struct order *o,
    const char *key, const char *text)
{
	size_t len = 0;

	begin_answer(s, o, true);
	fprintf(s->out, ",\"%s\":[", key);
	while (is_entry(text)) {
		const char *entry = text + 1 + (text[1] == ',');
		size_t n = strcspn(entry, "\n");

		if (len > 0 && len + n > PART_BYTES)
			break;
		if (len > 0)
			putc(',', s->out);
		(void)fwrite(entry, 1, n, s->out);
		len += n + 1;
		text = entry + n;
	}
	fputs(is_entry(text) ? "],\"more\":true}\n" : "]}\n", s->out);
	return text;
}

static void answer_list(const struct session *s, const struct order *o,
    const char *key, talk_writer write)
{
	char why[ORDER_ERROR_SIZE] = "this driver does not know the op";
	const char *text;
	struct jsonw j;
	int rc;

	jsonw_init(&j, NULL);
	jsonw_array_begin(&j);
	rc = write(s, &j, why, sizeof(why));
	jsonw_newline(&j);
	text = jsonw_take(&j);
	if (rc == 0 && text == NULL) {
		snprintf(why, sizeof(why), "no memory");
		rc = -1;
	}
	if (rc != 0) {
		answer_failure(s, o, why);
	} else {
		text++; /* its bracket */
		do
			text = answer_part(s, o, key, text);
		while (is_entry(text));
	}
	jsonw_free(&j);
}

static void answer_test(const struct session *s, const struct order *o)
{
	char why[ORDER_ERROR_SIZE] = "?";

	if (s->talk->test != NULL &&
	    s->talk->test(s->talk->arg, o, why, sizeof(why)) != 0)
		answer_failure(s, o, why);
	else
		(void)answer_part(s, o, "tested", "");
}

/* What a driver says that it cannot do comes all the same at times. */
static void check_port_sets(const struct session *s, struct order *o)
{
	for (size_t i = 0; i < o->n_targets && !s->talk->port_sets; i++) {
		char text[PREFIX_STRLEN];

		if (!target_is_shared(&o->targets[i]))
			continue;
		order_refuse(o,
		    "%s is shared by source ports, which this driver cannot "
		    "tell apart (port_sets)",
		    prefix_format(&o->targets[i].prefix, text));
		o->permanent = true;
		return;
	}
}

/* Does what was gathered, and answers it. */
static void finish_batch(struct session *s)
{
	struct order **wanted = s->batch + s->talk->batch_max;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->batch[i]->error == NULL)
			check_port_sets(s, s->batch[i]);
		if (s->batch[i]->error == NULL)
			wanted[n++] = s->batch[i];
	}
	if (n > 0)
		s->talk->apply(s->talk->arg, wanted, n);
	for (size_t i = 0; i < s->n; i++) {
		answer_order(s, s->batch[i]);
		order_free(s->batch[i]);
	}
	s->n = 0;
	flush(s);
}

static void on_line(struct session *s)
{
	struct order *o = order_parse(s->line, s->len);

	if (o == NULL) {
		log_warn(s->talk->mod,
		    "a line of %zu bytes is no order and was ignored", s->len);
		return;
	}
	if (s->talk->keeps_lines && order_keep_line(o, s->line, s->len) != 0)
		log_fatal(s->talk->mod, "no memory");
	if (o->op == ORDER_BLOCK || o->op == ORDER_UNBLOCK ||
	    o->op == ORDER_UNKNOWN) {
		s->batch[s->n++] = o;
		if (s->n == s->talk->batch_max)
			finish_batch(s);
		return;
	}
	finish_batch(s);
	switch (o->op) {
	case ORDER_HELLO:
		answer_hello(s);
		break;
	case ORDER_LIST:
		answer_list(s, o, "held", list_held);
		break;
	case ORDER_COUNTERS:
		answer_list(s, o, "counters", list_counters);
		break;
	case ORDER_TEST:
		answer_test(s, o);
		break;
	case ORDER_BLOCK:
	case ORDER_UNBLOCK:
	case ORDER_UNKNOWN:
		break;
	}
	order_free(o);
	flush(s);
}

static void feed(struct session *s, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] != '\n') {
			if (s->len < sizeof(s->line))
				s->line[s->len++] = data[i];
			else
				s->skip = true;
			continue;
		}
		if (s->skip)
			log_warn(s->talk->mod,
			    "a line was longer than %d bytes and was ignored",
			    ORDER_LINE_MAX);
		else if (s->len > 0)
			on_line(s);
		s->len = 0;
		s->skip = false;
	}
}

static bool is_waiting(int in, size_t gathered)
{
	struct pollfd p = {.fd = in, .events = POLLIN};

	return poll(&p, 1, gathered < MANY ? 0 : MANY_MS) > 0;
}

static void serve(struct session *s, int in)
{
	char data[65536];
	ssize_t n;

	for (;;) {
		n = read(in, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		feed(s, data, (size_t)n);
		if (!is_waiting(in, s->n))
			finish_batch(s);
	}
	finish_batch(s);
}

void talk_run(const struct talk *t, int in, FILE *out)
{
	struct order **batch = calloc(2 * t->batch_max, sizeof(struct order *));
	struct session *s = calloc(1, sizeof(*s));

	/* What one batch gives back, the next one takes. */
	(void)mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
	(void)mallopt(M_TOP_PAD, 1 << 20);
	if (batch == NULL || s == NULL) {
		log_fatal(t->mod, "no memory");
	} else {
		s->batch = batch;
		s->talk = t;
		s->out = out;
		serve(s, in);
		free(batch);
		free(s);
	}
}

void talk_write_held(struct jsonw *j, const char *subscriber, int64_t seq,
    const struct target *v, size_t n, int64_t until_us)
{
	talk_begin_entry(j);
	jsonw_kstring(j, "subscriber", subscriber);
	jsonw_kint(j, "seq", seq);
	targets_write_json(j, v, n);
	jsonw_kint(j, "until_us", until_us);
	jsonw_object_end(j);
}

void talk_begin_entry(struct jsonw *j)
{
	jsonw_newline(j);
	jsonw_object_begin(j);
}
