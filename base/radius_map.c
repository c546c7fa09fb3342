/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/radius.h"

static const struct {
	const char *name;
	uint8_t type;
} names[] = {
    {"user_name", RADIUS_USER_NAME},
    {"class", RADIUS_CLASS},
    {"chargeable_user_identity", RADIUS_CHARGEABLE_USER_IDENTITY},
    {"nas_port_id", RADIUS_NAS_PORT_ID},
};

/* Digits, 1 to max; the end is where they end. */
static bool number(const char *s, char **end, unsigned long max, uint32_t *v)
{
	unsigned long x;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	x = strtoul(s, end, 10);
	*v = (uint32_t)x;
	return errno == 0 && x >= 1 && x <= max;
}

int radius_ref_parse(struct radius_ref *r, const char *text)
{
	uint32_t v;
	char *end;

	r->vendor = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, text) == 0) {
			r->type = names[i].type;
			return 0;
		}
	if (strchr(text, ':') != NULL) {
		if (!number(text, &end, UINT32_MAX, &r->vendor) || *end != ':')
			return -1;
		text = end + 1;
	}
	if (!number(text, &end, 255, &v) || *end != '\0')
		return -1;
	r->type = (uint8_t)v;
	return 0;
}

struct key {
	const char *name, *text;
	struct radius_ref *ref;
};

static int read_refs(const struct key *k, size_t n, char *err, size_t size)
{
	for (size_t i = 0; i < n; i++) {
		*k[i].ref = (struct radius_ref){0};
		if (k[i].text == NULL ||
		    radius_ref_parse(k[i].ref, k[i].text) == 0)
			continue;
		snprintf(err, size,
		    "radius: %s: \"%.40s\" is no attribute; give user_name, "
		    "class, chargeable_user_identity, nas_port_id, a number, "
		    "or VENDOR:NUMBER such as 2011:162",
		    k[i].name, k[i].text);
		return -1;
	}
	return 0;
}

/* A block that is told by halves would be read as somebody's whole address.
 */
static const char *check_cgn(const struct radius_map *m)
{
	bool ports = m->cgn_first_port.type != 0;
	bool last = m->cgn_last_port.type != 0;
	bool count = m->cgn_port_count.type != 0;

	if (m->cgn_block.type != 0 &&
	    (ports || last || count || m->cgn_address.type != 0))
		return "cgn_block says all of a block; remove the other "
		       "cgn_ keys, or it";
	if (ports && last == count)
		return "cgn_first_port needs one of cgn_last_port and "
		       "cgn_port_count";
	if (!ports && (last || count || m->cgn_address.type != 0))
		return "cgn_address, cgn_last_port and cgn_port_count "
		       "need cgn_first_port; set it";
	return NULL;
}

static const char *text_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

int radius_map_set(
    struct radius_map *m, const struct conf *c, char *err, size_t size)
{
	const struct key keys[] = {
	    {"customer_attribute", c->radius_customer, &m->customer},
	    {"class_attribute", c->radius_class, &m->line_class},
	    {"cgn_address", c->radius_cgn_address, &m->cgn_address},
	    {"cgn_first_port", c->radius_cgn_first_port, &m->cgn_first_port},
	    {"cgn_last_port", c->radius_cgn_last_port, &m->cgn_last_port},
	    {"cgn_port_count", c->radius_cgn_port_count, &m->cgn_port_count},
	    {"cgn_block", c->radius_cgn_block, &m->cgn_block},
	};
	const char *why;

	if (read_refs(keys, sizeof(keys) / sizeof(keys[0]), err, size) != 0)
		return -1;
	m->customer_prefix = text_or_empty(c->radius_customer_prefix);
	m->class_prefix = text_or_empty(c->radius_class_prefix);
	m->strip_realms = text_or_empty(c->radius_strip_realms);
	m->framed_netmask = c->radius_framed_netmask;
	why = check_cgn(m);
	if (why == NULL)
		return 0;
	snprintf(err, size, "radius: %s", why);
	return -1;
}
