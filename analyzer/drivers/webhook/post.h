/* SPDX-License-Identifier: Apache-2.0 */
/* One POST by libcurl, and what its answer means for the order. */
#pragma once

#include <curl/curl.h>

#include "analyzer/drivers/kit/order.h"

struct post_conf {
	const char *url;
	const char *ca_file;      /* NULL: the system's */
	const char *headers_file; /* further headers, one a line; NULL: none */
	long timeout_s;
};

struct post;

/* NULL and why: libcurl does not take the URL or a file. */
struct post *post_new(const struct post_conf *c, char *why, size_t n_why);
void post_free(struct post *p);
/* Own headers, ended by NULL. What fails is told in the order's error. */
void post_send(struct post *p, struct order *o, const char *const *headers,
    const char *body, size_t len);
