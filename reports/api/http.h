/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 on a libuv loop: all that is known of libmicrohttpd. A request is
 * handed over whole, once its body is there; it is answered now or later,
 * always on the loop's thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "base/addr.h"
#include "reports/api/framing.h"

struct http;
struct http_request;

struct http_limits {
	unsigned int connections, per_address;
	size_t memory_bytes; /* of one connection; half of it: its head */
	size_t body_bytes;
	int64_t timeout_s; /* for a request to be there; for an idle one */
};
struct http_field {
	const char *name, *value;
};
struct http_answer {
	int status;
	const struct http_field *fields; /* copied */
	size_t n_fields;
	char *body; /* malloc'd, taken over; NULL: none */
	size_t n;
	/* instead of body: bytes that stay until the end */
	const void *fixed;
};
struct http_owner {
	/* A request is there. */
	void (*request)(void *arg, struct http_request *r);
	/* It is over; what hangs on it goes. */
	void (*done)(void *arg, struct http_request *r);
	void *arg;
};

struct http *http_new(uv_loop_t *loop, const struct http_limits *limits,
    const struct http_owner *owner);
/* Serves a socket that listens, and takes it over. cert, key: PEM texts, or
 * NULL without TLS. 0, or -1 with why. */
int http_serve(struct http *h, int fd, const char *cert, const char *key,
    char *why, size_t size);
/* New connections to all sockets with TLS are shown this one. 0, or -1 with
 * why: the one before stays. */
int http_certificate(const char *cert, const char *key, char *why, size_t size);
/* Ends all streams and takes no new connections. */
void http_quiesce(struct http *h);
/* Cuts all connections off; requests end when they are answered. */
void http_drop(struct http *h);
/* Requests whose answer is not yet sent, streams aside. */
size_t http_pending(const struct http *h);
size_t http_connections(const struct http *h);
/* The loop must run once more before h is gone. NULL is legal. */
void http_free(struct http *h);

/* Borrowed until the answer. */
const char *http_method(const struct http_request *r);
const char *http_target(const struct http_request *r); /* as it was sent */
const char *http_field(const struct http_request *r, const char *name);
const char *http_body(const struct http_request *r, size_t *n);
/* What is wrong with its head; status 0: nothing. */
const struct framing *http_framing(const struct http_request *r);
/* The body was longer than the limit: answer 413. */
bool http_too_large(const struct http_request *r);
/* The peer's address; all zero on a unix socket, then *uid is the peer's. */
void http_peer(const struct http_request *r, struct addr *a, uid_t *uid,
    bool *local, bool *tls);
/* For the owner. */
void http_set_data(struct http_request *r, void *data);
void *http_data(const struct http_request *r);

void http_reply(struct http_request *r, const struct http_answer *a);
/* An answer without an end: 200 with these fields, then what is pushed. */
void http_stream(
    struct http_request *r, const struct http_field *fields, size_t n);
void http_end(struct http_request *r); /* the stream, when all is sent */
/* 0; -1: the client is too slow, the stream ends. */
int http_push(struct http_request *r, const char *text, size_t n);
