/* SPDX-License-Identifier: Apache-2.0 */
/* A filter as a condition of the store. */
#include <string.h>

#include "reports/filter.h"

/* Of one node: NULL when the store cannot say it. */
struct part {
	const struct condition *where;
	bool exact;
};

static enum condition_op op_of(enum filter_op op)
{
	switch (op) {
	case FILTER_NE:
		return CONDITION_NE;
	case FILTER_LT:
		return CONDITION_LT;
	case FILTER_GT:
		return CONDITION_GT;
	case FILTER_LE:
		return CONDITION_LE;
	case FILTER_GE:
		return CONDITION_GE;
	case FILTER_HAS:
	case FILTER_EQ:
		break;
	}
	return CONDITION_EQ;
}

/* SQLite compares at beginnings of characters alone. */
static bool begins_a_character(const char *text)
{
	return ((unsigned char)*text & 0xc0) != 0x80;
}

static bool set_any_text(const struct filter *f, struct condition *c)
{
	c->kind = CONDITION_CONTAINS;
	for (size_t i = 0; i < f->noun->n; i++) {
		const struct filter_field *d = &f->noun->fields[i];

		if (d->type != FILTER_TEXT && d->type != FILTER_NAME)
			continue;
		if (c->n_members == CONDITION_MEMBERS)
			return false;
		c->members[c->n_members++] = d->offset;
	}
	return c->n_members > 0 && begins_a_character(c->text);
}

static bool set_text(const struct filter_node *n, struct condition *c)
{
	c->kind = CONDITION_TEXT;
	if (n->op != FILTER_HAS || n->field->type == FILTER_NAME)
		return true;
	c->kind = CONDITION_CONTAINS;
	return begins_a_character(c->text);
}

static bool set_term(
    const struct filter *f, const struct filter_node *n, struct condition *c)
{
	c->op = op_of(n->op);
	c->text = n->text;
	c->number = n->number;
	c->prefix = n->prefix;
	if (!n->field)
		return set_any_text(f, c);
	c->members[c->n_members++] = n->field->offset;
	switch (n->field->type) {
	case FILTER_TEXT:
	case FILTER_NAME:
		return set_text(n, c);
	case FILTER_WORD:
		c->kind = CONDITION_TEXT;
		return true;
	case FILTER_NUMBER:
	case FILTER_MILLI:
	case FILTER_REF:
		c->kind = CONDITION_NUMBER;
		return true;
	case FILTER_TIME:
		c->kind = CONDITION_TIME;
		return true;
	case FILTER_SINCE:
		c->kind = CONDITION_NUMBER;
		c->op = CONDITION_GE;
		return true;
	case FILTER_UNTIL:
		c->kind = CONDITION_NUMBER;
		c->op = CONDITION_LT;
		return true;
	case FILTER_ADDRESS:
		c->kind = CONDITION_PREFIX;
		return true;
	}
	return false;
}

static struct part part_of(struct filter *f, int at);

/* Half of an AND is still true of every match; half of an OR is not. */
static struct part both_of(
    struct filter *f, const struct filter_node *n, struct condition *c)
{
	struct part left = part_of(f, n->left), right = part_of(f, n->right);
	bool exact = left.exact && right.exact;

	if (left.where && right.where) {
		c->kind = n->kind == FILTER_AND ? CONDITION_AND : CONDITION_OR;
		c->left = left.where;
		c->right = right.where;
		return (struct part){c, exact};
	}
	if (n->kind == FILTER_OR)
		return (struct part){NULL, false};
	return (struct part){left.where ? left.where : right.where, false};
}

static struct part part_of(struct filter *f, int at)
{
	const struct filter_node *n = &f->nodes[at];
	struct condition *c = &f->conditions[at];
	struct part left;

	memset(c, 0, sizeof(*c));
	switch (n->kind) {
	case FILTER_AND:
	case FILTER_OR:
		return both_of(f, n, c);
	case FILTER_NOT:
		left = part_of(f, n->left);
		if (!left.exact)
			return (struct part){NULL, false};
		c->kind = CONDITION_NOT;
		c->left = left.where;
		return (struct part){c, true};
	case FILTER_TERM:
		if (set_term(f, n, c))
			return (struct part){c, true};
		break;
	}
	return (struct part){NULL, false};
}

void filter_set_where(struct filter *f)
{
	struct part p = part_of(f, f->root);

	f->where = p.where;
	f->exact = p.exact;
}
