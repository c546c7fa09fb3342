/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of "name=value;", the form of DKIM signatures, DKIM keys and DMARC
 * records: RFC 6376 section 3.2. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAGLIST_MAX 64

struct span {
	const char *p;
	size_t len;
};
struct tag {
	struct span name, value; /* without the white space around them */
	struct span raw;         /* all between '=' and ';' or the end */
};
/* Spans point into the text that was parsed. */
struct taglist {
	struct tag v[TAGLIST_MAX];
	size_t n;
};

enum taglist_next { TAGLIST_END, TAGLIST_TAG, TAGLIST_BAD };

/* Takes the next tag off *rest. BAD: what stood there is none, an empty one
 * included. */
enum taglist_next taglist_next(struct span *rest, struct tag *t);
/* The whole list. False: a bad or repeated tag, more than TAGLIST_MAX, none
 * at all. */
bool taglist_parse(struct taglist *l, const char *text, size_t len);
/* NULL: not there. Names are case-sensitive. */
const struct tag *taglist_get(const struct taglist *l, const char *name);

struct span span_trim(struct span s);
/* In any case. */
bool span_is(struct span s, const char *text);
/* Takes what stands before the next separator off *list, trimmed; a list has
 * one more of them than separators. False: no more; list->p is then NULL. */
bool span_next(struct span *list, char separator, struct span *item);
/* RFC 4648 with white space anywhere. False: bad, empty or too long. */
bool span_base64(struct span s, uint8_t *out, size_t size, size_t *out_len);
