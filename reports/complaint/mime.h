/* SPDX-License-Identifier: Apache-2.0 */
/* Enough of MIME (RFC 2045, 2046, 5322) to find one part of a mail that a
 * stranger wrote. Nothing is allocated; a part is a piece of the text. What a
 * forwarded message holds (message/rfc822) is never looked into. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define MIME_NAME_LEN  64
#define MIME_VALUE_LEN 1024
#define MIME_DEPTH_MAX 8   /* multiparts in each other */
#define MIME_PARTS_MAX 100 /* of a mail */

/* Fields "Name: value", unfolded, one after the other. */
struct mime_fields {
	const char *at, *end;       /* what is left */
	bool stop_at_blank;         /* a header: an empty line ends it */
	char name[MIME_NAME_LEN];   /* in small letters */
	char value[MIME_VALUE_LEN]; /* cut; control characters are '?' */
};
void mime_fields_of(
    struct mime_fields *f, const char *text, size_t len, bool stop_at_blank);
/* False: there is none left; of a header, f->at is then where the body
 * begins. Lines that are no field are passed over. */
bool mime_next(struct mime_fields *f);
/* The value of a parameter, as boundary in "multipart/mixed; boundary=x".
 * False: it has none. */
bool mime_parameter(
    const char *value, const char *name, char *buf, size_t size);

enum mime_encoding { MIME_PLAIN, MIME_BASE64, MIME_QUOTED, MIME_OTHER };
struct mime_part {
	char type[MIME_NAME_LEN]; /* "text/plain", in small letters */
	enum mime_encoding encoding;
	const char *body; /* as it stands */
	size_t len;
};
/* Not 0: the walk ends and returns it. */
typedef int (*mime_part_cb)(void *arg, const struct mime_part *p);
/* Every part that is no multipart, in order. A multipart without its last
 * boundary ends where the one around it does. */
int mime_walk(const char *text, size_t len, mime_part_cb cb, void *arg);
/* The body decoded into buf, at most size bytes; the number of them. What is
 * not of the encoding is passed over. */
size_t mime_decode(const struct mime_part *p, char *buf, size_t size);
