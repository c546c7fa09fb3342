/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/read.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/complaint/arf.h"
#include "reports/complaint/mime.h"
#include "reports/complaint/xarf_read.h"

/* No feedback report is longer; more of one is not read. */
#define FIELDS_BYTES 65536

struct reading {
	const char *mail;
	size_t len;
	complaint_cb cb;
	void *arg;
	char *why;
	int n;
};

static int out_of_memory(struct reading *r)
{
	snprintf(r->why, COMPLAINT_WHY_LEN, "out of memory");
	return -1;
}

static int take_arf(struct reading *r, const struct mime_part *p)
{
	struct complaint c;
	char *fields = malloc(FIELDS_BYTES);
	size_t n;
	int rc;

	if (fields == NULL)
		return out_of_memory(r);
	n = mime_decode(p, fields, FIELDS_BYTES);
	rc = arf_read(r->mail, r->len, fields, n, &c, r->why);
	free(fields);
	if (rc != 0)
		return rc;
	r->n++;
	rc = r->cb(r->arg, &c);
	/* One report a mail: what follows may be anybody's. */
	return rc != 0 ? rc : 1;
}

static int take_xarf(struct reading *r, const struct mime_part *p)
{
	char *text = malloc(p->len + 1);
	size_t n;
	int rc;

	if (text == NULL)
		return out_of_memory(r);
	n = mime_decode(p, text, p->len);
	rc = xarf_read(text, n, r->cb, r->arg, r->why);
	free(text);
	if (rc < 0)
		return rc;
	r->n += rc;
	return 1;
}

static int take_part(void *arg, const struct mime_part *p)
{
	if (strcmp(p->type, "message/feedback-report") == 0)
		return take_arf(arg, p);
	if (strcmp(p->type, "application/json") == 0 ||
	    strcmp(p->type, "application/xarf+json") == 0 ||
	    strcmp(p->type, "text/json") == 0)
		return take_xarf(arg, p);
	return 0;
}

int complaint_read(const char *text, size_t len, complaint_cb cb, void *arg,
    char why[static COMPLAINT_WHY_LEN])
{
	struct reading r = {text, len, cb, arg, why, 0};
	size_t at = 0; /* what editors and mailers leave before it */
	int rc;

	why[0] = '\0';
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < len && isspace((unsigned char)text[at]))
		at++;
	if (at == len) {
		snprintf(why, COMPLAINT_WHY_LEN, "it is empty");
		return -1;
	}
	if (text[at] == '{' || text[at] == '[')
		return xarf_read(text + at, len - at, cb, arg, why);
	r.mail += at;
	r.len -= at;
	rc = mime_walk(r.mail, r.len, take_part, &r);
	if (rc < 0)
		return rc;
	if (r.n > 0)
		return r.n;
	snprintf(why, COMPLAINT_WHY_LEN,
	    "it is neither an ARF mail (no message/feedback-report part) nor "
	    "XARF (no JSON)");
	return -1;
}
