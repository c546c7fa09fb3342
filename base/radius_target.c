/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_target.h"

#include <string.h>

#include "base/radius_session.h"

/* Nobody's line holds more: the rest is a typing error or a lie, and would
 * make one customer of a whole network. */
#define V4_LEN_MIN (96 + 16)
#define V6_LEN_MIN 32

static bool take_framed(struct radius_targets *t, const struct radius_attr *a)
{
	uint32_t v;

	if (t->has_framed || !radius_u32(a, &v))
		return false;
	t->has_framed = true;
	/* RFC 2865 section 5.8: the user's choice, the NAS's choice. */
	t->framed_said = v < 0xfffffffe && v != 0;
	t->framed = addr_from_v4(a->value);
	return true;
}

/* RFC 3162 section 2.3, RFC 4818 section 3: reserved, length, as many bytes
 * of the prefix as it has. Bits behind the length are no part of it. */
static bool take_prefix(struct radius_targets *t, const struct radius_attr *a)
{
	struct prefix p = {.len = 0};
	uint8_t bytes;

	if (a->len < 2 || a->len > 18 || a->value[1] > 128)
		return false;
	bytes = (uint8_t)(a->len - 2);
	p.len = a->value[1];
	if (bytes * 8 < p.len)
		return false;
	memcpy(p.addr.b, a->value + 2, bytes);
	p.addr = prefix_first(&p);
	if (t->n_v6 < RADIUS_PREFIXES_MAX)
		t->v6[t->n_v6++] = p;
	else
		t->over++;
	return true;
}

static bool take_address6(struct radius_targets *t, const struct radius_attr *a)
{
	if (a->len != 16)
		return false;
	if (t->n_v6 < RADIUS_PREFIXES_MAX)
		t->v6[t->n_v6++] = (struct prefix){addr_from_v6(a->value), 128};
	else
		t->over++;
	return true;
}

static bool take_standard(struct radius_targets *t, const struct radius_attr *a)
{
	switch (a->type) {
	case RADIUS_FRAMED_IP_ADDRESS:
		return take_framed(t, a);
	case RADIUS_FRAMED_IP_NETMASK:
		if (t->has_netmask)
			return false;
		t->has_netmask = true;
		return radius_u32(a, &t->netmask);
	case RADIUS_FRAMED_INTERFACE_ID: /* in Framed-IPv6-Prefix */
		return a->len == 8;
	case RADIUS_FRAMED_IPV6_PREFIX:
	case RADIUS_DELEGATED_IPV6_PREFIX:
		return take_prefix(t, a);
	case RADIUS_FRAMED_IPV6_ADDRESS:
		return take_address6(t, a);
	default:
		return true;
	}
}

/* --- port blocks ---------------------------------------------------------- */

/* Vendors have 2 or 4 bytes. */
static bool add_integer(
    uint32_t *v, unsigned int *n, const struct radius_attr *a)
{
	if (*n >= RADIUS_BLOCKS_MAX || (a->len != 2 && a->len != 4))
		return false;
	v[*n] = 0;
	for (uint8_t i = 0; i < a->len; i++)
		v[*n] = v[*n] << 8 | a->value[i];
	(*n)++;
	return true;
}

/* 4 bytes, or the same as text. */
static bool add_address(struct radius_targets *t, const struct radius_attr *a)
{
	char text[ADDR_STRLEN];

	if (t->n_cgn >= RADIUS_BLOCKS_MAX)
		return false;
	if (a->len == 4) {
		t->cgn[t->n_cgn++] = addr_from_v4(a->value);
		return true;
	}
	if (a->len >= sizeof(text))
		return false;
	memcpy(text, a->value, a->len);
	text[a->len] = '\0';
	return addr_parse(&t->cgn[t->n_cgn], text) == 0 &&
	       addr_is_v4(&t->cgn[t->n_cgn++]);
}

static bool digits(const char **s, uint32_t *v)
{
	if (**s < '0' || **s > '9')
		return false;
	*v = 0;
	while (**s >= '0' && **s <= '9' && *v <= 65535)
		*v = *v * 10 + (uint32_t)(*(*s)++ - '0');
	return true;
}

/* "203.0.113.5 1024..1087 whatever", as Alc-Nat-Port-Range has it. */
static bool add_block(struct radius_targets *t, const struct radius_attr *a)
{
	struct radius_attr address = *a;
	char text[254];
	const char *s = text;

	if (a->len >= sizeof(text) || t->n_first >= RADIUS_BLOCKS_MAX)
		return false;
	memcpy(text, a->value, a->len);
	text[a->len] = '\0';
	address.len = (uint8_t)strcspn(text, " ");
	s += address.len + strspn(text + address.len, " ");
	if (address.len == 4 || !add_address(t, &address) ||
	    !digits(&s, &t->first[t->n_first++]) || strncmp(s, "..", 2) != 0)
		return false;
	s += 2;
	return digits(&s, &t->last[t->n_last++]) && (*s == '\0' || *s == ' ');
}

bool radius_targets_take(struct radius_targets *t, const struct radius_map *m,
    const struct radius_attr *a)
{
	if (a->vendor == 0 && !take_standard(t, a))
		return false;
	if (radius_ref_is(&m->cgn_address, a))
		return add_address(t, a);
	if (radius_ref_is(&m->cgn_first_port, a))
		return add_integer(t->first, &t->n_first, a);
	if (radius_ref_is(&m->cgn_last_port, a) ||
	    radius_ref_is(&m->cgn_port_count, a))
		return add_integer(t->last, &t->n_last, a);
	if (radius_ref_is(&m->cgn_block, a))
		return add_block(t, a);
	return true;
}

/* --- into the session ----------------------------------------------------- */

static bool can_be_held(const struct prefix *p)
{
	const uint8_t *b = p->addr.b;

	if (addr_is_v4(&p->addr))
		return p->len >= V4_LEN_MIN && b[12] != 0 && b[12] != 127 &&
		       b[12] < 224 && !(b[12] == 169 && b[13] == 254);
	/* Global unicast (RFC 4291), unique local (RFC 4193). */
	return p->len >= V6_LEN_MIN &&
	       ((b[0] & 0xe0) == 0x20 || (b[0] & 0xfe) == 0xfc);
}

static void add(struct radius_session *s, const struct prefix *p,
    uint16_t first, uint16_t last)
{
	struct radius_target *t = &s->targets[s->n_targets];

	for (int i = 0; i < s->n_targets; i++)
		if (s->targets[i].prefix.len == p->len &&
		    addr_equal(&s->targets[i].prefix.addr, &p->addr) &&
		    s->targets[i].first_port == first &&
		    s->targets[i].last_port == last)
			return;
	if (!can_be_held(p) || s->n_targets >= RADIUS_TARGETS_MAX) {
		s->refused++;
		return;
	}
	t->prefix = *p;
	t->first_port = first;
	t->last_port = last;
	s->n_targets++;
}

/* A mask with holes names no prefix. */
static uint8_t framed_length(
    const struct radius_targets *t, const struct radius_map *m)
{
	uint32_t hosts = ~t->netmask;
	uint8_t len = 32;

	if (!m->framed_netmask || !t->has_netmask || (hosts & (hosts + 1)) != 0)
		return 128;
	for (; hosts != 0; hosts >>= 1)
		len--;
	return (uint8_t)(96 + len);
}

static bool add_blocks(const struct radius_targets *t,
    const struct radius_map *m, struct radius_session *s)
{
	bool own = m->cgn_address.type == 0 && m->cgn_block.type == 0;

	if (t->n_first != t->n_last || (own && t->n_cgn > 0) ||
	    (!own && t->n_first > 0 && t->n_cgn != t->n_first && t->n_cgn != 1))
		return false;
	for (unsigned int i = 0; i < t->n_first; i++) {
		struct prefix p = {t->framed, 128};
		uint32_t first = t->first[i], last = t->last[i];

		if (!own)
			p.addr = t->cgn[t->n_cgn == 1 ? 0 : i];
		if (m->cgn_port_count.type != 0) {
			if (last < 1 || last > 65536)
				return false;
			last = first + last - 1;
		}
		/* Both 0 would be all ports. */
		if (first > last || last == 0 || last > 65535)
			return false;
		add(s, &p, (uint16_t)first, (uint16_t)last);
	}
	/* Somebody's share, but not which one. */
	if (t->n_first == 0 && (t->n_cgn > 0 || (own && t->has_framed)))
		s->refused++;
	return true;
}

bool radius_targets_set(const struct radius_targets *t,
    const struct radius_map *m, struct radius_session *s)
{
	bool blocks = m->cgn_first_port.type != 0 || m->cgn_block.type != 0;
	bool shared = m->cgn_first_port.type != 0 && m->cgn_address.type == 0;
	struct prefix p = {t->framed, framed_length(t, m)};

	s->refused += (int)t->over;
	if (blocks && !add_blocks(t, m, s))
		return false;
	if (!shared && t->framed_said) {
		p.addr = prefix_first(&p);
		add(s, &p, 0, 0);
	}
	for (unsigned int i = 0; i < t->n_v6; i++) {
		/* Mapped, it would name somebody's IPv4 address. */
		if (addr_is_v4(&t->v6[i].addr))
			s->refused++;
		else
			add(s, &t->v6[i], 0, 0);
	}
	return true;
}
