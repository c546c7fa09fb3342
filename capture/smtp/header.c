/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/header.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "capture/smtp/address_list.h"
#include "capture/smtp/path.h"

#define LINE_MAX_BYTES 998 /* RFC 5322 section 2.1.1: the colon is in it */
/* So that text is not much larger than its limits. */
#define PIECE_BYTES    2048
#define IN_PLACE_BYTES 16384

enum field { FIELD_OTHER, FIELD_FROM, FIELD_MESSAGE_ID, FIELD_AUTO_SUBMITTED };

void smtp_header_init(struct smtp_header *h)
{
	memset(h, 0, sizeof(*h));
	h->first_line = h->whole = true;
}

static void free_text(struct smtp_header *h)
{
	if (h->text != NULL) {
		explicit_bzero(h->text, h->text_size);
		free(h->text);
	}
	h->text = NULL;
	h->text_len = h->text_size = 0;
}

void smtp_header_clear(struct smtp_header *h)
{
	free_text(h);
	if (h->from != NULL)
		explicit_bzero(h->from, h->n_from * sizeof(*h->from));
	free(h->from);
	free(h->message_id);
	dkim_free(h->dkim);
	memset(h, 0, sizeof(*h));
	h->over = true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void take_from(struct smtp_header *h, const char *p, size_t len)
{
	struct smtp_mailbox v[SMTP_HEADER_FROM_MAX], *all;
	size_t n = 0, room = SMTP_HEADER_FROM_MAX - h->n_from;

	if (room == 0)
		return;
	if (h->value_lost) /* it ends somewhere in an address */
		smtp_address_parse(&v[n++], "", 0);
	else
		smtp_address_list(p, len, v, &n, room);
	if (n == 0)
		return;
	all = malloc((h->n_from + n) * sizeof(*all));
	if (all != NULL) {
		if (h->from != NULL)
			memcpy(all, h->from, h->n_from * sizeof(*all));
		memcpy(all + h->n_from, v, n * sizeof(*all));
		if (h->from != NULL)
			explicit_bzero(h->from, h->n_from * sizeof(*all));
		free(h->from);
		h->from = all;
		h->n_from = (uint8_t)(h->n_from + n);
	}
	explicit_bzero(v, n * sizeof(*v));
}

/* "<left@domain>"; what stands left may be anything. */
static void take_message_id(struct smtp_header *h, const char *p, size_t len)
{
	const char *open = memchr(p, '<', len), *end, *at;
	char domain[256];

	if (open == NULL || h->value_lost || h->message_id != NULL)
		return;
	end = memchr(open, '>', (size_t)(p + len - open));
	if (end == NULL)
		return;
	at = memrchr(open, '@', (size_t)(end - open));
	if (at != NULL &&
	    smtp_domain_copy(domain, at + 1, (size_t)(end - at - 1)))
		h->message_id = strdup(domain);
}

/* RFC 3834 section 5: a keyword, then parameters. */
static void take_auto_submitted(
    struct smtp_header *h, const char *p, size_t len)
{
	static const struct {
		const char *word;
		uint8_t value;
	} words[] = {{"no", SEKISHO__AUTO_SUBMITTED__AUTO_NO},
	    {"auto-generated", SEKISHO__AUTO_SUBMITTED__AUTO_GENERATED},
	    {"auto-replied", SEKISHO__AUTO_SUBMITTED__AUTO_REPLIED}};
	const char *end = p + len, *word;

	if (h->auto_submitted != SEKISHO__AUTO_SUBMITTED__AUTO_NONE)
		return;
	h->auto_submitted = SEKISHO__AUTO_SUBMITTED__AUTO_OTHER;
	if (h->value_lost)
		return;
	while (p < end && (is_space(*p) || *p == '(')) {
		if (*p == '(')
			p = smtp_comment_end(p, end);
		else
			p++;
	}
	for (word = p; p < end && !is_space(*p) && *p != ';' && *p != '(';)
		p++;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].word) == (size_t)(p - word) &&
		    strncasecmp(word, words[i].word, (size_t)(p - word)) == 0)
			h->auto_submitted = words[i].value;
}

/* Its value is base[value_at, end). */
static void finish_field(struct smtp_header *h, const char *base, size_t end)
{
	const char *value = base + h->value_at;
	size_t len = h->field != FIELD_OTHER ? end - h->value_at : 0;

	if (h->field != FIELD_OTHER && len > SMTP_FIELD_BYTES_MAX)
		h->value_lost = true;
	h->overlong |= h->value_lost;
	switch ((enum field)h->field) {
	case FIELD_FROM:
		take_from(h, value, len);
		break;
	case FIELD_MESSAGE_ID:
		take_message_id(h, value, len);
		break;
	case FIELD_AUTO_SUBMITTED:
		take_auto_submitted(h, value, len);
		break;
	case FIELD_OTHER:
		break;
	}
	h->field = FIELD_OTHER;
	h->in_field = h->value_lost = false;
}

/* len octets from base are the header, body_at with the empty line. */
static void finish_header(struct smtp_header *h, const char *base, size_t len,
    size_t body_at, bool complete)
{
	h->complete = complete;
	h->over = true;
	if (body_at > SMTP_HEADER_BYTES_MAX)
		h->whole = false;
	h->overlong |= !h->whole;
	if (complete && h->whole && h->dkim_signature && !h->no_dkim)
		h->dkim = dkim_new(base, len);
	h->scan_at = (uint32_t)body_at;
}

static bool is_name(const char *p, const char *name, size_t len)
{
	return strncasecmp(p, name, len) == 0;
}

static enum field classify(struct smtp_header *h, const char *p, size_t len)
{
	switch (len) {
	case 4:
		if (is_name(p, "From", len))
			return FIELD_FROM;
		break;
	case 7:
		h->list_id |= is_name(p, "List-Id", len);
		break;
	case 8:
		if (is_name(p, "Received", len) &&
		    h->received_count < UINT32_MAX)
			h->received_count++;
		break;
	case 10:
		if (is_name(p, "Message-ID", len))
			return FIELD_MESSAGE_ID;
		break;
	case 14:
		if (is_name(p, "Auto-Submitted", len))
			return FIELD_AUTO_SUBMITTED;
		h->dkim_signature |= is_name(p, "DKIM-Signature", len);
		break;
	default:
		break;
	}
	return FIELD_OTHER;
}

/* "From user date" and ">From ..." of an mbox file may come first. */
static bool is_mbox(const struct smtp_header *h, const char *p, const char *end)
{
	if (!h->first_line || end - p < 6 ||
	    (!is_name(p, "From ", 5) && !is_name(p, ">From", 5)))
		return false;
	for (p += 5; p < end && (*p == ' ' || *p == '\t');)
		p++;
	return p < end && *p != ':';
}

/* A line that is no continuation. */
static void begin_field(
    struct smtp_header *h, const char *base, const char *p, size_t end)
{
	const char *colon = memchr(p, ':', (size_t)(base + end - p)), *name;

	if (is_mbox(h, p, base + end))
		return;
	if (colon == NULL) {
		/* Most servers begin the body here, some do not. */
		finish_header(h, base, h->line_at, end, false);
		return;
	}
	for (name = colon; name > p && (name[-1] == ' ' || name[-1] == '\t');)
		name--;
	h->in_field = colon > p;
	h->field = (uint8_t)classify(h, p, (size_t)(name - p));
	h->value_at = (uint32_t)(colon + 1 - base);
}

/* The line is base[line_at, end), or that is the beginning of a long one. */
static void take_line(struct smtp_header *h, const char *base, size_t end)
{
	const char *p = base + h->line_at, *last = base + end;

	if (end - h->line_at > LINE_MAX_BYTES)
		last = p + LINE_MAX_BYTES;
	if ((*p == ' ' || *p == '\t') && h->in_field)
		return;
	while (p < last && *p == '\r')
		p++;
	if (p < last && *p == '\n') {
		finish_field(h, base, h->line_at);
		finish_header(h, base, h->line_at, end, true);
		return;
	}
	if ((p < last && (*p == ' ' || *p == '\t')) && h->in_field)
		return;
	finish_field(h, base, h->line_at);
	begin_field(h, base, p, (size_t)(last - base));
}

static void read_lines(struct smtp_header *h, const char *base, size_t len)
{
	const char *lf;
	size_t end;

	while (!h->over && h->scan_at < len) {
		lf = memchr(base + h->scan_at, '\n', len - h->scan_at);
		end = lf != NULL ? (size_t)(lf - base) + 1 : len;
		h->scan_at = (uint32_t)end;
		if (lf == NULL &&
		    (h->in_rest || len - h->line_at < LINE_MAX_BYTES))
			return;
		if (!h->in_rest)
			take_line(h, base, end);
		h->in_rest = lf == NULL;
		if (lf != NULL) {
			h->line_at = (uint32_t)end;
			h->first_line = false;
		}
	}
}

/* Only what is needed of a header that is too large. */
static void trim(struct smtp_header *h)
{
	uint32_t from = h->in_rest ? h->scan_at : h->line_at;

	if (h->text_len > SMTP_HEADER_BYTES_MAX)
		h->whole = false;
	if (h->whole)
		return;
	if (h->field != FIELD_OTHER && !h->value_lost) {
		if (h->scan_at - h->value_at >
		    SMTP_FIELD_BYTES_MAX + LINE_MAX_BYTES)
			h->value_lost = true;
		else
			from = h->value_at;
	}
	memmove(h->text, h->text + from, h->text_len - from);
	h->text_len -= from;
	h->scan_at -= from;
	h->line_at = h->line_at > from ? h->line_at - from : 0;
	h->value_at = h->value_at > from ? h->value_at - from : 0;
}

static bool append(struct smtp_header *h, const uint8_t *data, size_t len)
{
	uint32_t size = h->text_size;
	char *text = h->text;

	while (size - h->text_len < len)
		size = size == 0 ? PIECE_BYTES : size * 2;
	if (size != h->text_size) {
		text = malloc(size);
		if (text == NULL)
			return false;
		if (h->text != NULL) {
			memcpy(text, h->text, h->text_len);
			explicit_bzero(h->text, h->text_len);
			free(h->text);
		}
		h->text = text;
		h->text_size = size;
	}
	memcpy(text + h->text_len, data, len);
	h->text_len += (uint32_t)len;
	return true;
}

/* The usual case: all of it in one segment, nothing is copied. */
static size_t read_in_place(
    struct smtp_header *h, const uint8_t *data, size_t len)
{
	read_lines(h, (const char *)data, len);
	if (h->over)
		return h->scan_at;
	if (!append(h, data, len))
		smtp_header_gap(h);
	else
		trim(h);
	return len;
}

size_t smtp_header_feed(struct smtp_header *h, const uint8_t *data, size_t len)
{
	size_t i = 0, n, before;

	while (i < len && !h->over) {
		before = h->text_len;
		n = before == 0 ? IN_PLACE_BYTES : PIECE_BYTES;
		n = len - i < n ? len - i : n;
		if (before == 0) {
			i += read_in_place(h, data + i, n);
			continue;
		}
		if (!append(h, data + i, n)) {
			smtp_header_gap(h);
			return len;
		}
		read_lines(h, h->text, h->text_len);
		i += h->over ? h->scan_at - before : n;
		if (!h->over)
			trim(h);
	}
	if (h->over)
		free_text(h);
	return i;
}

void smtp_header_end(struct smtp_header *h)
{
	const char *base = h->text != NULL ? h->text : "";

	if (h->over)
		return;
	if (h->line_at < h->text_len && !h->in_rest && base[h->line_at] != '\r')
		take_line(h, base, h->text_len);
	if (!h->over) {
		finish_field(h, base, h->text_len);
		finish_header(h, base, h->text_len, h->text_len, true);
	}
	free_text(h);
}

void smtp_header_gap(struct smtp_header *h)
{
	if (h->over)
		return;
	/* The field that stands open may go on in what was lost, unless the
	 * next one has begun. */
	if (h->text_len > h->line_at && !h->in_rest &&
	    !is_space(h->text[h->line_at]))
		finish_field(h, h->text, h->line_at);
	free_text(h);
	h->over = true;
}

size_t smtp_header_bytes(const struct smtp_header *h)
{
	return h->text_size + h->n_from * sizeof(*h->from) +
	       (h->message_id != NULL ? strlen(h->message_id) + 1 : 0) +
	       dkim_bytes(h->dkim);
}
