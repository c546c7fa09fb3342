/* SPDX-License-Identifier: Apache-2.0 */
/* POSTs by libcurl, several at once, and what each answer means for the
 * order. */
#pragma once

#include <curl/curl.h>

#include "analyzer/drivers/kit/order.h"

struct post_conf {
	const char *url;
	const char *ca_file;      /* NULL: the system's */
	const char *headers_file; /* further headers, one a line; NULL: none */
	long timeout_s;
};

/* Under way at once, each on a connection of its own. */
#define POST_MAX 8

struct post;

/* NULL and why: libcurl does not take the URL or a file. */
struct post *post_new(const struct post_conf *c, char *why, size_t n_why);
void post_free(struct post *p);
/* Own headers, ended by NULL; copies all. With POST_MAX under way it waits for
 * all of them. What fails is told in the order's error, when it has ended. */
void post_send(struct post *p, struct order *o, const char *const *headers,
    const char *body, size_t len);
/* All have ended. */
void post_finish(struct post *p);
