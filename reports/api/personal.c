/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/personal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/api/access.h"
#include "store/read.h"
#include "store/write.h"

bool personal_needed(struct call *c)
{
	char tier[32];

	return read_meta(c->db, "privacy_tier", tier, sizeof(tier)) != 0 ||
	       strcmp(tier, "domains") == 0;
}

/* A field of HTTP has no letters but ASCII: the rest comes as %E5. */
static void unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		size_t digits = strspn(s + 1, "0123456789abcdefABCDEF");
		const char hex[] = {s[1], digits > 1 ? s[2] : '\0', '\0'};
		unsigned long v = strtoul(hex, NULL, 16);

		if (*s == '%' && digits > 1 && v >= 0x20) {
			*to++ = (char)v;
			s += 3;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

bool personal_reason(struct call *c)
{
	struct audit a = {.at_us = c->now_us, .source = access_source(c)};
	const char *object = c->part[0] ? c->part : uri_get(&c->uri, "ip");

	if (!(c->route->flags & ROUTE_PERSONAL) || !personal_needed(c))
		return true;
	if (c->reason)
		snprintf(a.reason, sizeof(a.reason), "%s", c->reason);
	unescape(a.reason);
	if (strspn(a.reason, " ") == strlen(a.reason)) {
		call_problem(c, 400, "reason_required",
		    "the privacy tier is domains: say why you read this, in "
		    "the field X-Sekisho-Reason; it goes to the audit log");
		return false;
	}
	snprintf(a.operator, sizeof(a.operator), "%s", c->who.name);
	snprintf(a.verb, sizeof(a.verb), "read");
	snprintf(a.object, sizeof(a.object), "%.60s", object ? object : "");
	snprintf(a.detail, sizeof(a.detail), "%.200s", c->uri.path);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	if (write_audit(c->db, &a) == 0)
		return true;
	call_db_failed(c);
	return false;
}
