/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/kea.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/dhcp/name.h"
#include "analyzer/identity/dhcp/relay.h"

#define FIELDS_MAX 40
#define LINE_BYTES 8192

/* enum of Kea's Lease::STATE_*; what it adds later counts as not held. */
#define STATE_ASSIGNED 0

static const char *const column_names[KEA_COLUMNS] = {
    [KEA_ADDRESS] = "address",
    [KEA_LIFETIME] = "valid_lifetime",
    [KEA_EXPIRE] = "expire",
    [KEA_STATE] = "state",
    [KEA_TYPE] = "lease_type",
    [KEA_LENGTH] = "prefix_len",
    [KEA_HWADDR] = "hwaddr",
    [KEA_CLIENT_ID] = "client_id",
    [KEA_DUID] = "duid",
    [KEA_HOSTNAME] = "hostname",
    [KEA_CONTEXT] = "user_context",
};

/* A line, split in place. */
struct row {
	char text[LINE_BYTES];
	char *v[FIELDS_MAX];
	int n;
};

static int split(struct row *r, const char *line, size_t len)
{
	char *s = r->text;

	if (len >= sizeof(r->text) || memchr(line, '\0', len))
		return -1;
	memcpy(r->text, line, len);
	r->text[len] = '\0';
	for (r->n = 0; s != NULL; r->n++) {
		if (r->n == FIELDS_MAX)
			return -1;
		r->v[r->n] = s;
		s = strchr(s, ',');
		if (s != NULL)
			*s++ = '\0';
	}
	return 0;
}

/* &#x2c is a comma; in place. A sequence that stands for NUL stays. */
static void unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		uint8_t byte;

		if (strncmp(s, "&#x", 3) == 0 && s[3] != '\0' &&
		    name_hex(&byte, 1, s + 3, 2) == 1 && byte != 0) {
			*to++ = (char)byte;
			s += 5;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

static void take_header(struct kea *k, const struct row *r)
{
	for (int c = 0; c < KEA_COLUMNS; c++) {
		k->column[c] = -1;
		for (int i = 0; i < r->n; i++)
			if (strcmp(r->v[i], column_names[c]) == 0)
				k->column[c] = i;
	}
}

void kea_init(struct kea *k, bool v6, const char *field)
{
	static const char v4_header[] =
	    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,"
	    "fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id";
	static const char v6_header[] =
	    "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,"
	    "lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,"
	    "state,user_context,hwtype,hwaddr_source,pool_id";
	const char *header = v6 ? v6_header : v4_header;
	struct row r = {.n = 0};

	k->v6 = v6;
	k->field = field;
	if (split(&r, header, strlen(header)) == 0)
		take_header(k, &r);
}

static const char *get(
    const struct kea *k, const struct row *r, enum kea_column c)
{
	int i = k->column[c];

	return i >= 0 && i < r->n ? r->v[i] : "";
}

/* Digits only, at most 12 of them. */
static bool number(const char *s, int64_t *v)
{
	size_t n = strspn(s, "0123456789");

	if (n == 0 || n > 12 || s[n] != '\0')
		return false;
	*v = strtoll(s, NULL, 10);
	return true;
}

static bool take_prefix(
    const struct kea *k, const struct row *r, struct grant *g)
{
	int64_t type, len;

	if (addr_parse(&g->prefix.addr, get(k, r, KEA_ADDRESS)) != 0 ||
	    addr_is_v4(&g->prefix.addr) == k->v6)
		return false;
	g->prefix.len = 128;
	if (!k->v6)
		return true;
	if (!number(get(k, r, KEA_TYPE), &type) ||
	    !number(get(k, r, KEA_LENGTH), &len) || len > 128 || type > 2)
		return false;
	if (type == 2) /* IA_PD */
		g->prefix.len = (uint8_t)len;
	g->prefix.addr = prefix_first(&g->prefix);
	return true;
}

static void take_hex(struct grant *g, const char *text)
{
	uint8_t v[ROW_ID_LEN];
	int n = name_hex(v, sizeof(v), text, strlen(text));

	if (n > 0)
		name_of_hardware(g->customer, v, (size_t)n);
}

/* The member of the user context that names the customer. */
static void take_context(const struct kea *k, struct grant *g, char *text)
{
	const char *name = strchr(k->field, ':');
	json_t *o;

	unescape(text);
	o = json_loads(text, 0, NULL);
	if (name != NULL) {
		const char *v = json_string_value(json_object_get(o, name + 1));

		if (v != NULL)
			name_of_text(g->customer, v, strlen(v), false);
	} else if (k->v6) {
		relay_name_v6(g->customer, o, k->field);
	} else {
		relay_name_v4(g->customer, o, k->field);
	}
	json_decref(o);
}

static void take_customer(const struct kea *k, struct row *r, struct grant *g)
{
	int context = k->column[KEA_CONTEXT];
	char *host;

	if (strcmp(k->field, "hwaddr") == 0) {
		take_hex(g, get(k, r, KEA_HWADDR));
	} else if (strcmp(k->field, "client-id") == 0) {
		take_hex(g, get(k, r, KEA_CLIENT_ID));
	} else if (strcmp(k->field, "duid") == 0) {
		take_hex(g, get(k, r, KEA_DUID));
	} else if (strcmp(k->field, "hostname") == 0) {
		if (k->column[KEA_HOSTNAME] < 0 ||
		    k->column[KEA_HOSTNAME] >= r->n)
			return;
		host = r->v[k->column[KEA_HOSTNAME]];
		unescape(host);
		if (host[0] != '\0' && host[strlen(host) - 1] == '.')
			host[strlen(host) - 1] = '\0';
		name_of_text(g->customer, host, strlen(host), true);
	} else if (context >= 0 && context < r->n) {
		take_context(k, g, r->v[context]);
	}
}

int kea_line(struct kea *k, const char *line, size_t len, struct grant *g)
{
	int64_t lifetime, expire, state;
	struct row r = {.n = 0};

	memset(g, 0, sizeof(*g));
	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return 0;
	if (split(&r, line, len) != 0)
		return -1;
	if (strcmp(r.v[0], column_names[KEA_ADDRESS]) == 0) {
		take_header(k, &r);
		return 0;
	}
	if (!take_prefix(k, &r, g) ||
	    !number(get(k, &r, KEA_LIFETIME), &lifetime) ||
	    !number(get(k, &r, KEA_EXPIRE), &expire) ||
	    !number(get(k, &r, KEA_STATE), &state) || expire < lifetime)
		return -1;
	/* A life of 0 is how an address that was given back is written. */
	g->held = state == STATE_ASSIGNED && lifetime > 0;
	g->at_s = g->held ? expire - lifetime : expire;
	g->expires_s = lifetime == UINT32_MAX ? GRANT_NEVER : expire;
	if (g->held)
		take_customer(k, &r, g);
	return 1;
}
