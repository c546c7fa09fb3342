/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/dhcpd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "analyzer/identity/dhcp/name.h"

#define NOT_SAID INT64_MIN

void dhcpd_init(
    struct dhcpd *d, bool v6, const char *field, struct dhcpd_owner owner)
{
	memset(d, 0, sizeof(*d));
	d->v6 = v6;
	d->field = field;
	d->owner = owner;
}

bool dhcpd_is_between(const struct dhcpd *d)
{
	return d->block == DHCPD_OUTSIDE && d->skipped == 0 && d->n == 0;
}

/* --- words of a statement ------------------------------------------------- */

static const struct dhcpd_token *token(const struct dhcpd *d, size_t i)
{
	static const struct dhcpd_token none;

	return i < d->n && i < DHCPD_TOKENS_MAX ? &d->tokens[i] : &none;
}

static bool is(const struct dhcpd *d, size_t i, const char *word)
{
	const struct dhcpd_token *t = token(d, i);

	return !t->quoted && strcmp((const char *)t->b, word) == 0;
}

static const char *text(const struct dhcpd *d, size_t i)
{
	return (const char *)token(d, i)->b;
}

/* "4 2026/11/25 08:00:00" in UTC, "epoch 1764057600", "never". */
static bool take_time(struct dhcpd *d, size_t at, int64_t *out)
{
	struct tm tm = {0};
	char whole[64], *end;

	if (is(d, at, "never")) {
		*out = GRANT_NEVER;
		return true;
	}
	if (is(d, at, "epoch")) {
		*out = strtoll(text(d, at + 1), &end, 10);
		return end != text(d, at + 1) && *end == '\0' && *out >= 0 &&
		       *out < INT64_C(1) << 40;
	}
	snprintf(whole, sizeof(whole), "%.20s %.20s", text(d, at + 1),
	    text(d, at + 2));
	end = strptime(whole, "%Y/%m/%d %H:%M:%S", &tm);
	if (end == NULL || *end != '\0' || tm.tm_year < 70)
		return false;
	*out = timegm(&tm);
	return true;
}

/* --- the customer --------------------------------------------------------- */

/* A string, or bytes as 1:a:2b. */
static void take_name(
    struct dhcpd *d, char out[static ROW_ID_LEN], size_t at, bool hardware)
{
	const struct dhcpd_token *t = token(d, at);
	uint8_t v[DHCPD_TOKEN_BYTES];
	int n = t->len;

	if (t->too_long || n == 0)
		return;
	memcpy(v, t->b, t->len);
	if (!t->quoted && (n = name_hex(v, sizeof(v), text(d, at), t->len)) < 0)
		return;
	if (hardware)
		name_of_hardware(out, v, (size_t)n);
	else
		name_of_bytes(out, v, (size_t)n);
}

/* The statements of a declaration that may name the customer. */
static void look_for_name(struct dhcpd *d)
{
	const char *name = strchr(d->field, ':');

	if (name != NULL) {
		if (is(d, 0, "set") && is(d, 1, name + 1) && is(d, 2, "="))
			take_name(d, d->customer, 3, false);
	} else if (strcmp(d->field, "hwaddr") == 0) {
		if (is(d, 0, "hardware"))
			take_name(d, d->customer, 2, true);
	} else if (strcmp(d->field, "client-id") == 0) {
		if (is(d, 0, "uid"))
			take_name(d, d->customer, 1, true);
	} else if (strcmp(d->field, "hostname") == 0) {
		if (is(d, 0, "client-hostname") && !token(d, 1)->too_long)
			name_of_text(
			    d->customer, text(d, 1), token(d, 1)->len, true);
	} else if (is(d, 0, "option") &&
		   strncmp(text(d, 1), "agent.", 6) == 0) {
		if (is(d, 1, "agent.circuit-id") ==
			(strcmp(d->field, "circuit-id") == 0) &&
		    (is(d, 1, "agent.circuit-id") ||
			is(d, 1, "agent.remote-id")))
			take_name(d, d->customer, 2, false);
	}
}

/* --- declarations --------------------------------------------------------- */

static void begin(struct dhcpd *d, enum dhcpd_block block)
{
	d->block = block;
	d->active = d->known_state = d->spoilt = d->by_end = false;
	d->starts_s = d->ends_s = d->cltt_s = NOT_SAID;
	d->customer[0] = '\0';
}

/* In dhcpd6.leases the name is IAID and DUID in one string. */
static void begin_ia(struct dhcpd *d)
{
	const struct dhcpd_token *t = token(d, 1);

	begin(d, DHCPD_IA);
	d->ia_cltt_s = NOT_SAID;
	d->ia_customer[0] = '\0';
	if (strcmp(d->field, "duid") == 0 && t->quoted && !t->too_long &&
	    t->len > 4)
		name_of_hardware(d->ia_customer, t->b + 4, t->len - 4U);
}

static void open_block(struct dhcpd *d)
{
	enum dhcpd_block was = d->block;
	bool prefix = is(d, 0, "iaprefix");

	/* Neither stands inside of another: the file was cut, or made anew. */
	if (was != DHCPD_OUTSIDE &&
	    (is(d, 0, "lease") || strncmp(text(d, 0), "ia-", 3) == 0)) {
		d->owner.bad(d->owner.arg);
		d->skipped = 0;
		was = DHCPD_OUTSIDE;
	}
	if (d->skipped > 0) {
		d->skipped++;
	} else if (was == DHCPD_OUTSIDE && !d->v6 && is(d, 0, "lease")) {
		begin(d, DHCPD_LEASE);
		d->prefix.len = 128;
		d->spoilt = addr_parse(&d->prefix.addr, text(d, 1)) != 0 ||
			    !addr_is_v4(&d->prefix.addr);
	} else if (was == DHCPD_OUTSIDE && d->v6 &&
		   (is(d, 0, "ia-na") || is(d, 0, "ia-ta") ||
		       is(d, 0, "ia-pd"))) {
		begin_ia(d);
	} else if (was == DHCPD_IA && (is(d, 0, "iaaddr") || prefix)) {
		begin(d, DHCPD_PART);
		d->spoilt = prefix_parse(&d->prefix, text(d, 1)) != 0 ||
			    addr_is_v4(&d->prefix.addr) ||
			    prefix == (strchr(text(d, 1), '/') == NULL);
	} else {
		d->skipped = 1;
	}
}

/* What the declaration says, whole. False: it says too little. */
static bool finish(const struct dhcpd *d, struct grant *g)
{
	int64_t heard_s = d->cltt_s;

	if (heard_s == NOT_SAID)
		heard_s = d->block == DHCPD_PART ? d->ia_cltt_s : d->starts_s;
	memset(g, 0, sizeof(*g));
	g->prefix = d->prefix;
	g->held = d->active;
	g->at_s = heard_s;
	g->expires_s = d->ends_s == NOT_SAID ? GRANT_NEVER : d->ends_s;
	if (!d->active && d->by_end && d->ends_s != NOT_SAID &&
	    d->ends_s != GRANT_NEVER)
		g->at_s = d->ends_s;
	if (d->active)
		memcpy(g->customer,
		    d->customer[0] == '\0' && d->block == DHCPD_PART
			? d->ia_customer
			: d->customer,
		    sizeof(g->customer));
	return d->known_state && !d->spoilt && g->at_s >= 0 &&
	       g->at_s != GRANT_NEVER;
}

static int close_block(struct dhcpd *d)
{
	struct grant g;

	if (d->skipped > 0) {
		d->skipped--;
		return 0;
	}
	switch (d->block) {
	case DHCPD_OUTSIDE:
		d->owner.bad(d->owner.arg);
		return 0;
	case DHCPD_IA:
		d->block = DHCPD_OUTSIDE;
		return 0;
	case DHCPD_LEASE:
	case DHCPD_PART:
		break;
	}
	if (finish(d, &g)) {
		d->block = d->v6 ? DHCPD_IA : DHCPD_OUTSIDE;
		return d->owner.grant(d->owner.arg, &g);
	}
	d->block = d->v6 ? DHCPD_IA : DHCPD_OUTSIDE;
	d->owner.bad(d->owner.arg);
	return 0;
}

static void take_binding(struct dhcpd *d)
{
	d->known_state = true;
	d->active = is(d, 2, "active");
	d->by_end =
	    is(d, 2, "free") || is(d, 2, "expired") || is(d, 2, "released");
}

static void take_statement(struct dhcpd *d)
{
	int64_t *at = NULL;

	if (d->skipped > 0 || d->block == DHCPD_OUTSIDE)
		return;
	if (is(d, 0, "starts"))
		at = &d->starts_s;
	else if (is(d, 0, "ends"))
		at = &d->ends_s;
	else if (is(d, 0, "cltt"))
		at = d->block == DHCPD_IA ? &d->ia_cltt_s : &d->cltt_s;
	if (at != NULL)
		d->spoilt |= !take_time(d, 1, at);
	else if (is(d, 0, "binding") && is(d, 1, "state"))
		take_binding(d);
	else
		look_for_name(d);
}

/* --- tokens --------------------------------------------------------------- */

static void put(struct dhcpd_token *t, char c)
{
	if (t->len + 1U >= sizeof(t->b)) {
		t->too_long = true;
		return;
	}
	t->b[t->len++] = (uint8_t)c;
	t->b[t->len] = '\0';
}

/* The next one of the statement; what is too much goes where nobody looks. */
static struct dhcpd_token *new_token(struct dhcpd *d, bool quoted)
{
	struct dhcpd_token *t =
	    &d->tokens[d->n < DHCPD_TOKENS_MAX ? d->n : DHCPD_TOKENS_MAX - 1];

	if (d->n < DHCPD_TOKENS_MAX)
		d->n++;
	t->len = 0;
	t->b[0] = '\0';
	t->quoted = quoted;
	t->too_long = false;
	return t;
}

/* Behind the opening quote: \ooo is a byte. Returns what is behind the
 * closing one. */
static const char *take_string(struct dhcpd *d, const char *s, const char *end)
{
	struct dhcpd_token *t = new_token(d, true);

	while (s < end && *s != '"') {
		char c = *s++;

		if (c == '\\' && s < end) {
			int v = 0, n = 0;

			while (n < 3 && s < end && *s >= '0' && *s <= '7') {
				v = v * 8 + (*s++ - '0');
				n++;
			}
			c = n > 0 ? (char)v : *s++;
		}
		put(t, c);
	}
	if (s == end)
		t->too_long = true; /* it was cut */
	return s < end ? s + 1 : s;
}

static const char *take_word(struct dhcpd *d, const char *s, const char *end)
{
	struct dhcpd_token *t = new_token(d, false);

	while (s < end && strchr(" \t{};\"#", *s) == NULL)
		put(t, *s++);
	/* A NUL is no part of a word, nor of anything else. */
	if (s < end && *s == '\0')
		s++;
	return s;
}

int dhcpd_line(struct dhcpd *d, const char *line, size_t len)
{
	const char *s = line, *end = line + len;
	int rc = 0;

	while (s < end && *s != '#' && rc == 0) {
		switch (*s) {
		case ' ':
		case '\t':
		case '\r':
			s++;
			break;
		case '"':
			s = take_string(d, s + 1, end);
			break;
		case ';':
			take_statement(d);
			d->n = 0;
			s++;
			break;
		case '{':
			open_block(d);
			d->n = 0;
			s++;
			break;
		case '}':
			d->n = 0;
			rc = close_block(d);
			s++;
			break;
		default:
			s = take_word(d, s, end);
			break;
		}
	}
	return rc;
}
