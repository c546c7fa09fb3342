/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/header.h"

#include <string.h>
#include <strings.h>

#include "capture/smtp/address_list.h"
#include "capture/smtp/path.h"

void smtp_header_init(struct smtp_header *h)
{
	memset(h, 0, sizeof(*h));
	h->first_line = true;
}

static bool name_is(const struct smtp_header *h, const char *name)
{
	return h->name_len == strlen(name) &&
	       strncasecmp(h->name, name, h->name_len) == 0;
}

static void wipe(struct smtp_header *h)
{
	explicit_bzero(h->value, h->value_len);
	h->value_len = 0;
	h->value_too_long = false;
}

static void finish_field(struct smtp_header *h)
{
	size_t len = h->value_len;

	if (h->in_field && h->is_from) {
		/* A value that was cut ends somewhere in an address. */
		if (h->value_too_long && h->n_from < SMTP_HEADER_FROM_MAX)
			smtp_address_parse(&h->from[h->n_from++], "", 0);
		else if (!h->value_too_long)
			smtp_address_list(h->value, len, h->from, &h->n_from,
			    SMTP_HEADER_FROM_MAX);
	}
	wipe(h);
	h->in_field = h->is_from = false;
}

static void finish_header(struct smtp_header *h, bool complete)
{
	finish_field(h);
	h->complete = complete;
	h->over = true;
}

static void add_value(struct smtp_header *h, char c)
{
	if (!h->is_from || c == '\r')
		return;
	if (h->value_len < sizeof(h->value))
		h->value[h->value_len++] = c;
	else
		h->value_too_long = true;
}

/* The colon was reached. */
static void begin_value(struct smtp_header *h)
{
	while (h->name_len > 0 && (h->name[h->name_len - 1] == ' ' ||
				      h->name[h->name_len - 1] == '\t'))
		h->name_len--;
	h->in_field = true;
	h->is_from = name_is(h, "From");
	if (name_is(h, "DKIM-Signature"))
		h->dkim_signature = true;
	if (name_is(h, "Received") && h->received_count < UINT32_MAX)
		h->received_count++;
	h->state = SMTP_HEADER_VALUE;
}

static void take_line_start(struct smtp_header *h, char c)
{
	if (c == '\r')
		return; /* of an empty line, or a bare one: LF decides */
	if (c == '\n') {
		finish_header(h, true);
		return;
	}
	if ((c == ' ' || c == '\t') && h->in_field) {
		h->state = SMTP_HEADER_VALUE;
		add_value(h, ' ');
		return;
	}
	finish_field(h);
	h->name[0] = c;
	h->name_len = 1;
	h->state = SMTP_HEADER_NAME;
	if (c == ':')
		h->state = SMTP_HEADER_SKIP;
}

static void take_name(struct smtp_header *h, char c)
{
	/* "From user date" and ">From ..." of an mbox file may come first. */
	bool mbox = h->first_line && h->name_len >= 6 &&
		    (strncasecmp(h->name, "From ", 5) == 0 ||
			strncasecmp(h->name, ">From", 5) == 0);

	if (c == ':' && !mbox) {
		begin_value(h);
	} else if (c == '\n') {
		h->state = SMTP_HEADER_LINE_START;
		/* No colon: most servers begin the body here, some do not. */
		if (!mbox)
			finish_header(h, false);
		h->first_line = false;
	} else if (h->name_len < sizeof(h->name)) {
		h->name[h->name_len++] = c;
	}
}

static void take(struct smtp_header *h, char c)
{
	switch (h->state) {
	case SMTP_HEADER_LINE_START:
		take_line_start(h, c);
		break;
	case SMTP_HEADER_NAME:
		take_name(h, c);
		break;
	case SMTP_HEADER_VALUE:
	case SMTP_HEADER_SKIP:
		if (c == '\n') {
			h->state = SMTP_HEADER_LINE_START;
			h->first_line = false;
		} else if (h->state == SMTP_HEADER_VALUE) {
			add_value(h, c);
		}
		break;
	}
}

bool smtp_header_feed(struct smtp_header *h, const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len && !h->over; i++)
		take(h, (char)data[i]);
	return !h->over;
}

void smtp_header_end(struct smtp_header *h)
{
	if (!h->over)
		finish_header(h, h->state != SMTP_HEADER_NAME);
}

void smtp_header_gap(struct smtp_header *h)
{
	if (h->over)
		return;
	/* The field that stands open may go on in what was lost. */
	wipe(h);
	h->in_field = h->is_from = false;
	h->over = true;
}
