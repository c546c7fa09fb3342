/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/page.h"

#include <string.h>

#include "reports/api/routes.h"
#include "reports/console/embed.h"

extern const char api_openapi[];
extern const size_t api_openapi_n;

/* The files are compressed as they are; who cannot read that gets them, too,
 * as every browser can (RFC 9110 section 12.5.3 leaves it to us). */
bool page_serve(struct call *c)
{
	const struct console_file *f = console_find(c->uri.path);

	if (!f)
		return false;
	if (strcmp(c->method, "GET") != 0 && strcmp(c->method, "HEAD") != 0) {
		call_allow(c, "GET, HEAD");
		return true;
	}
	call_clear(c);
	call_field(c, "ETag", "%s", f->etag);
	call_field(c, "Cache-Control", "%s",
	    f->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (c->if_none_match && strstr(c->if_none_match, f->etag)) {
		c->status = 304;
		c->type = NULL;
		return true;
	}
	c->status = 200;
	c->type = f->type;
	c->fixed = f->gzip;
	c->n_out = f->n;
	call_field(c, "Content-Encoding", "gzip");
	return true;
}

void openapi_get(struct call *c)
{
	call_clear(c);
	c->status = 200;
	c->type = "application/json";
	c->fixed = api_openapi;
	c->n_out = api_openapi_n;
	call_field(c, "Cache-Control", "no-cache");
}

/* The stream itself begins on the loop's thread: events.c. */
void events_get(struct call *c)
{
	call_clear(c);
	c->status = 200;
	c->type = "text/event-stream";
}
