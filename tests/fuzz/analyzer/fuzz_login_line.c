/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/logins/line.h"
#include "analyzer/follow/splitter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_line(void *arg, const char *line, size_t len)
{
	struct login_context c = {.services = "submission-login",
	    .now_us = INT64_C(1795650000000000)};
	char *copy = malloc(len > 0 ? len : 1); /* a sanitizer sees its end */
	struct login_event e;
	enum login_line l;

	(void)arg;
	if (copy == NULL)
		abort();
	memcpy(copy, line, len);
	l = login_line_parse(&c, copy, len, &e);
	if (l == LOGIN_LINE_MAIL) {
		const struct login_answers *a = &e.mail.answers;

		/* One step of a mail, and an answer is one. */
		if (e.mail.step == LOGIN_MAIL_NONE ||
		    e.mail.queue.id[0] == '\0' ||
		    a->delivered + a->rejected + a->unknown !=
			(e.mail.step == LOGIN_MAIL_ANSWERED))
			abort();
	}
	if (l == LOGIN_LINE_EVENT) {
		/* What is taken is whole, and stood in the line. */
		if (e.result == LOGIN_NONE || e.attempts < 1 ||
		    e.messages < 0 || strlen(e.account) >= sizeof(e.account))
			abort();
		for (const char *p = e.account; *p != '\0'; p++)
			if (!login_is_account((unsigned char)*p))
				abort();
		/* JSON may have written it with escapes */
		if (e.account[0] != '\0' && copy[0] != '{' &&
		    memmem(copy, len, e.account, strlen(e.account)) == NULL)
			abort();
	}
	free(copy);
	return 0;
}

static void on_too_long(void *arg)
{
	(void)arg;
}

/* The first byte is the size of the parts in which the rest comes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct splitter_owner o = {on_line, on_too_long, NULL};
	static struct splitter s;
	size_t part = size > 0 ? (size_t)data[0] + 1 : 1;

	splitter_seek(&s, 0);
	for (size_t at = 1; at < size; at += part) {
		size_t n = size - at < part ? size - at : part;

		splitter_feed(&s, (const char *)data + at, n, &o);
	}
	if (size > 0 && (s.at != (int64_t)size - 1 || s.line_at > s.at))
		abort();
	splitter_feed(&s, "\n", 1, &o);
	return 0;
}
