/* SPDX-License-Identifier: Apache-2.0 */
/* One request on its way through a handler: what it asks, who asks, the
 * store, and the answer that grows. A handler runs in a worker thread and
 * touches nothing else. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/jsonw.h"
#include "reports/api/uri.h"
#include "store/db.h"
#include "store/rows.h"

#define CALL_FIELDS     8
#define CALL_FIELD_LEN  256
#define CALL_LIMIT      50
#define CALL_LIMIT_MAX  500
#define CALL_PATH_LEN   128
#define CALL_DETAIL_LEN 600

struct api;
struct http_request;
struct call;

struct route {
	const char *method;
	const char *path; /* "*" stands for one part */
	int64_t scope;    /* 0: for all; -1: for who is known */
	void (*run)(struct call *c);
	/* Names of its parameters, by spaces. */
	const char *query;
	unsigned int flags;
};
#define ROUTE_PERSONAL 1  /* reads what the reason is asked for */
#define ROUTE_BODY     2  /* takes JSON */
#define ROUTE_CHANGES  4  /* needs CSRF when by cookie */
#define ROUTE_STREAM   8  /* handled on the loop's thread */
#define ROUTE_ONCE     16 /* heeds Idempotency-Key */
#define ROUTE_CROWDSEC 32 /* a key of its own, errors of its own */

enum via { VIA_NOBODY, VIA_TOKEN, VIA_SESSION, VIA_SOCKET };
struct principal {
	enum via via;
	char name[ROW_ID_LEN];
	int64_t scopes, expires_us;
	char token_id[20];
	char csrf[48];
};

struct call {
	struct api *api;
	struct call *next;
	const struct conf *conf;
	struct http_request *http;
	const struct route *route;
	struct uri uri;
	char part[CALL_PATH_LEN]; /* for the route's "*" */
	/* fields of the request; borrowed */
	const char *method, *authorization, *cookie, *api_key, *csrf, *reason;
	const char *if_match, *if_none_match, *once_key, *content_type;
	const char *last_event_id, *accept_language, *text;
	size_t n_text;
	struct addr peer;
	unsigned int peer_uid;
	bool local, tls, too_large;
	json_t *body;
	/* set before the handler */
	struct db *db;
	int64_t now_us;
	struct principal who;
	/* long poll: try again when something has changed, until then */
	bool waits;
	int64_t wait_until_us, version; /* of the store, when it began */
	/* the answer */
	int status;
	const char *type;
	struct jsonw json;
	bool begun;
	char *out; /* instead of json; malloc'd */
	size_t n_out;
	const void *fixed; /* instead of out */
	char fields[CALL_FIELDS][2][CALL_FIELD_LEN];
	int n_fields;
};

/* --- the answer ------------------------------------------------------------
 */

/* Begins a JSON answer; the handler fills it. */
struct jsonw *call_json(struct call *c, int status);
/* A problem (RFC 9457) instead of all that was begun. */
void call_problem(struct call *c, int status, const char *code, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
void call_bad_query(struct call *c, size_t at, const char *why);
void call_db_failed(struct call *c);
/* The path takes these methods, which is 204 to who asks for them by OPTIONS
 * (RFC 9110 section 9.3.7) and 405 to others. */
void call_allow(struct call *c, const char *methods);
void call_field(struct call *c, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Plain text; taken over. */
void call_text(
    struct call *c, int status, const char *type, char *text, size_t n);
/* The text of the answer; owned by c. */
const char *call_body(struct call *c, size_t *n);
void call_clear(struct call *c);

/* --- what is asked ---------------------------------------------------------
 */

/* Each: false after a problem. Absent: *v stays as it is. */
bool call_number(
    struct call *c, const char *name, int64_t min, int64_t max, int64_t *v);
bool call_time(struct call *c, const char *name, int64_t *ts_us);
/* A word of a vocabulary. */
bool call_word(
    struct call *c, const char *name, int (*parse)(const char *), int *v);
bool call_limit(struct call *c, int64_t *limit);
bool call_wants_count(const struct call *c);
/* "I12", "D7" of the path; false after 404. */
bool call_id(struct call *c, char letter, int64_t *id);
/* A member of the body, of at most size - 1 bytes and without controls but
 * line ends; false after a problem. Absent and not needed: "". */
bool call_string(
    struct call *c, const char *name, bool needed, char *buf, size_t size);

/* --- cursors of lists ------------------------------------------------------
 */

/* Opaque; bound to the route and the order: VALUE and ID of the last row. */
void cursor_format(
    char buf[static 64], const char *tag, int64_t value, int64_t id);
/* 0, or -1. */
int cursor_parse(
    const char *text, const char *tag, int64_t *value, int64_t *id);
/* Of the query: 1 there, 0 not, -1 after a problem. */
int call_cursor(struct call *c, const char *tag, int64_t *value, int64_t *id);
/* next_cursor (NULL: none), the Link field, and total (-1: null). */
void call_end_page(struct call *c, const char *next, int64_t total);
