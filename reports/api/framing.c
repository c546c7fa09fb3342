/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/framing.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reports/api/uri.h"

enum { HOST, CONTENT_LENGTH };
/* Of each of these we would heed the first, another program the last. */
static const char *const single[] = {[HOST] = "Host",
    [CONTENT_LENGTH] = "Content-Length",
    "Transfer-Encoding",
    "Content-Type",
    "Authorization",
    "Cookie",
    "X-Api-Key",
    "X-Sekisho-CSRF",
    "X-Sekisho-Reason",
    "If-Match",
    "If-None-Match",
    "Idempotency-Key",
    "Last-Event-ID"};
#define SINGLE (sizeof(single) / sizeof(single[0]))

struct head {
	struct framing *f;
	size_t bytes;
	int count[SINGLE];
	const char *encoding;
};

static void fault(struct framing *f, int status, const char *code,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static void fault(
    struct framing *f, int status, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (f->status != 0)
		return;
	f->status = status;
	f->code = code;
	va_start(ap, fmt);
	vsnprintf(f->detail, sizeof(f->detail), fmt, ap);
	va_end(ap);
}

/* RFC 9110 section 5.6.2 */
static bool is_token(const char *s)
{
	const char *p = s;

	for (; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			(*p >= '0' && *p <= '9') ||
			strchr("!#$%&'*+-.^_`|~", *p)))
			return false;
	return p > s;
}

static enum MHD_Result take_field(
    void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct head *h = arg;

	(void)kind;
	h->bytes += strlen(name) + (value ? strlen(value) : 0) + 4;
	if (!is_token(name))
		fault(h->f, 400, "bad_request",
		    "a field has a name that is none");
	for (size_t i = 0; i < SINGLE; i++)
		if (strcasecmp(name, single[i]) == 0)
			h->count[i]++;
	if (strcasecmp(name, "Transfer-Encoding") == 0)
		h->encoding = value ? value : "";
	return MHD_YES;
}

static void check_length(const struct head *h, bool old)
{
	if (!h->encoding)
		return;
	if (old || h->count[CONTENT_LENGTH] > 0)
		fault(h->f, 400, "bad_request",
		    "Transfer-Encoding stands with %s: how long the body is "
		    "cannot be known",
		    old ? "HTTP/1.0" : "Content-Length");
	else if (strcasecmp(h->encoding, "chunked") != 0)
		fault(h->f, 501, "not_implemented",
		    "Transfer-Encoding: only chunked is understood");
}

void framing_check(struct framing *f, struct MHD_Connection *m,
    const char *version, const char *target, size_t head_bytes)
{
	struct head h = {.f = f, .bytes = strlen(target)};
	bool old = strcmp(version, "HTTP/1.1") != 0;

	memset(f, 0, sizeof(*f));
	(void)MHD_get_connection_values(m, MHD_HEADER_KIND, take_field, &h);
	for (size_t i = 0; i < SINGLE; i++)
		if (h.count[i] > 1)
			fault(f, 400, "bad_request", "%s is there twice",
			    single[i]);
	if (!old && h.count[HOST] == 0)
		fault(f, 400, "bad_request", "Host is missing");
	check_length(&h, old);
	if (strlen(target) >= URI_BYTES)
		fault(f, 414, "uri_too_long",
		    "a target has at most %d bytes here", URI_BYTES - 1);
	else if (h.bytes > head_bytes)
		fault(f, 431, "header_too_large",
		    "the fields of a request have at most %zu bytes here",
		    head_bytes);
}
