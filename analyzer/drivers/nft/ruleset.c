/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/nft/ruleset.h"
#include "base/room.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct nft_element *element_new(struct nft_ruleset *r)
{
	if (!ROOM_FOR_ONE(r->v, r->n, r->cap))
		return NULL;
	memset(&r->v[r->n], 0, sizeof(r->v[0]));
	return &r->v[r->n++];
}

/* "192.0.2.7", or {"prefix":{"addr":"192.0.2.0","len":24}} of a foreigner. */
static int read_address(struct prefix *p, json_t *val, uint8_t len)
{
	json_t *o = json_object_get(val, "prefix");
	const char *text =
	    json_string_value(o != NULL ? json_object_get(o, "addr") : val);
	json_int_t bits = json_integer_value(json_object_get(o, "len"));

	if (text == NULL || addr_parse(&p->addr, text) != 0)
		return -1;
	p->len = len;
	if (o != NULL)
		p->len = (uint8_t)(addr_is_v4(&p->addr) ? bits + 96 : bits);
	return p->len <= 128 ? 0 : -1;
}

/* 4096, or {"range":[1024,2047]} */
static int read_ports(struct target *t, json_t *val)
{
	json_t *range = json_object_get(val, "range");
	json_t *a = range != NULL ? json_array_get(range, 0) : val;
	json_t *b = range != NULL ? json_array_get(range, 1) : val;

	if (!json_is_integer(a) || json_integer_value(b) < 1)
		return -1;
	t->first_port = (uint16_t)json_integer_value(a);
	t->last_port = (uint16_t)json_integer_value(b);
	return 0;
}

static int read_value(struct target *t, json_t *val)
{
	json_t *pair = json_object_get(val, "concat");

	if (pair == NULL)
		return read_address(&t->prefix, val, t->prefix.len);
	if (read_address(&t->prefix, json_array_get(pair, 0), 128) != 0)
		return -1;
	return read_ports(t, json_array_get(pair, 1));
}

/* set: what all of its elements have in common. An element without
 * attributes is its value. */
static int read_element(
    struct nft_ruleset *r, const struct target *set, json_t *o)
{
	json_t *attributes = json_object_get(o, "elem");
	json_t *val =
	    attributes != NULL ? json_object_get(attributes, "val") : o;
	json_t *counter = json_object_get(attributes, "counter");
	const char *comment =
	    json_string_value(json_object_get(attributes, "comment"));
	struct target t = *set;
	struct nft_element *e;

	if (read_value(&t, val) != 0) {
		r->n_strange++;
		return 0;
	}
	e = element_new(r);
	if (e == NULL)
		return -1;
	e->target = t;
	if (comment == NULL || nft_comment_parse(comment, e->subscriber,
				   &e->seq, &e->until_us) != 0) {
		e->subscriber[0] = '\0';
		e->seq = 0;
		e->until_us = 0;
	}
	e->packets =
	    (uint64_t)json_integer_value(json_object_get(counter, "packets"));
	e->bytes =
	    (uint64_t)json_integer_value(json_object_get(counter, "bytes"));
	return 0;
}

static int read_set(struct nft_ruleset *r, json_t *set)
{
	const char *name = json_string_value(json_object_get(set, "name"));
	json_t *list = json_object_get(set, "elem"), *o;
	struct target t;
	size_t i;

	if (name == NULL || !nft_set_parse(&t, name))
		return 0;
	nft_lengths_add(&r->lengths, &t);
	json_array_foreach(list, i, o)
	{
		if (read_element(r, &t, o) != 0)
			return -1;
	}
	return 0;
}

static void read_table(struct nft_ruleset *r, json_t *table)
{
	json_t *flags = json_object_get(table, "flags"), *flag;
	const char *one = json_string_value(flags);
	size_t i;

	r->is_there = true;
	r->dormant = one != NULL && strcmp(one, "dormant") == 0;
	json_array_foreach(flags, i, flag)
	{
		const char *text = json_string_value(flag);

		if (text != NULL && strcmp(text, "dormant") == 0)
			r->dormant = true;
	}
}

/* A chain of somebody else in our table is left alone. */
static bool is_our_rule(json_t *rule)
{
	const char *chain = json_string_value(json_object_get(rule, "chain"));

	return chain != NULL &&
	       (strcmp(chain, "forward") == 0 || strcmp(chain, "refuse") == 0);
}

int nft_ruleset_parse(struct nft_ruleset *r, const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, 0, NULL), *o, *set;
	json_t *list = json_object_get(root, "nftables");
	size_t i;
	int rc = json_is_array(list) ? 0 : -1;

	memset(r, 0, sizeof(*r));
	json_array_foreach(list, i, o)
	{
		set = json_object_get(o, "set");
		if (json_object_get(o, "table") != NULL)
			read_table(r, json_object_get(o, "table"));
		else if (is_our_rule(json_object_get(o, "rule")))
			r->n_rules++;
		else if (set != NULL && rc == 0)
			rc = read_set(r, set);
	}
	json_decref(root);
	if (rc != 0)
		nft_ruleset_free(r);
	return rc;
}

void nft_ruleset_free(struct nft_ruleset *r)
{
	free(r->v);
	memset(r, 0, sizeof(*r));
}
