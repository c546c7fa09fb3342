/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/filter.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

static int64_t load(const void *row, const struct filter_field *d)
{
	const char *p = (const char *)row + d->offset;
	int64_t wide;
	int32_t narrow;

	if (d->size == sizeof(wide)) {
		memcpy(&wide, p, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, p, sizeof(narrow));
	return narrow;
}

static bool compare(enum filter_op op, int64_t a, int64_t b)
{
	switch (op) {
	case FILTER_HAS:
	case FILTER_EQ:
		return a == b;
	case FILTER_NE:
		return a != b;
	case FILTER_LT:
		return a < b;
	case FILTER_GT:
		return a > b;
	case FILTER_LE:
		return a <= b;
	case FILTER_GE:
		return a >= b;
	}
	return false;
}

static bool is_text(const struct filter_field *d)
{
	return d->type == FILTER_TEXT || d->type == FILTER_NAME;
}

static bool match_text(
    const struct filter_node *n, const struct filter_field *d, const char *text)
{
	if (n->op == FILTER_HAS && (d->type == FILTER_TEXT || !n->field))
		return strcasestr(text, n->text) != NULL;
	return (strcmp(text, n->text) == 0) != (n->op == FILTER_NE);
}

static bool match_any(
    const struct filter *f, const struct filter_node *n, const void *row)
{
	for (size_t i = 0; i < f->noun->n; i++) {
		const struct filter_field *d = &f->noun->fields[i];

		if (is_text(d) &&
		    match_text(n, d, (const char *)row + d->offset))
			return true;
	}
	return false;
}

static bool match_term(
    const struct filter *f, const struct filter_node *n, const void *row)
{
	const struct filter_field *d = n->field;
	struct addr a;

	if (!d)
		return match_any(f, n, row);
	switch (d->type) {
	case FILTER_TEXT:
	case FILTER_NAME:
		return match_text(n, d, (const char *)row + d->offset);
	case FILTER_ADDRESS:
		memcpy(&a, (const char *)row + d->offset, sizeof(a));
		return prefix_contains(&n->prefix, &a) != (n->op == FILTER_NE);
	case FILTER_TIME:
		return load(row, d) != 0 &&
		       compare(n->op, load(row, d), n->number);
	case FILTER_SINCE:
		return load(row, d) >= n->number;
	case FILTER_UNTIL:
		return load(row, d) < n->number;
	case FILTER_WORD:
	case FILTER_NUMBER:
	case FILTER_MILLI:
	case FILTER_REF:
		return compare(n->op, load(row, d), n->number);
	}
	return false;
}

/* The parser bounds the depth. */
static bool match(const struct filter *f, int at, const void *row)
{
	const struct filter_node *n = &f->nodes[at];

	switch (n->kind) {
	case FILTER_AND:
		return match(f, n->left, row) && match(f, n->right, row);
	case FILTER_OR:
		return match(f, n->left, row) || match(f, n->right, row);
	case FILTER_NOT:
		return !match(f, n->left, row);
	case FILTER_TERM:
		return match_term(f, n, row);
	}
	return false;
}

bool filter_match(const struct filter *f, const void *row)
{
	return f->root < 0 || match(f, f->root, row);
}

/* score>20 and >=20: what the least is. */
static bool narrow_score(const struct filter_node *n, struct read_range *r)
{
	int64_t least = n->op == FILTER_GT ? n->number + 1 : n->number;

	if ((n->op != FILTER_GT && n->op != FILTER_GE) || least <= 0)
		return false;
	if (least > r->least_milli)
		r->least_milli = least;
	return true;
}

/* What the number is at least and at most; false: another than one. */
static bool bound_of(const struct filter_node *n, struct read_bound *b)
{
	*b = (struct read_bound){INT64_MIN, INT64_MAX};
	switch (n->op) {
	case FILTER_HAS:
	case FILTER_EQ:
		b->least = b->most = n->number;
		return true;
	case FILTER_LT:
		b->most = n->number - 1;
		return true;
	case FILTER_LE:
		b->most = n->number;
		return true;
	case FILTER_GT:
		b->least = n->number + 1;
		return true;
	case FILTER_GE:
		b->least = n->number;
		return true;
	case FILTER_NE:
		break;
	}
	return false;
}

/* The store leaves out what cannot match; the filter has the last word. */
static void narrow_number(const struct filter_node *n, struct read_range *r)
{
	static const char *const names[INCIDENT_NUMBER_COUNT] = {"id", "opened",
	    "peak", "observations", "servers", "unknown_users", "blocklisted",
	    "spoofed"};
	struct read_bound b, *to;

	for (int i = 0; i < INCIDENT_NUMBER_COUNT; i++) {
		if (strcmp(n->field->name, names[i]) != 0 || !bound_of(n, &b))
			continue;
		to = &r->bounds[i];
		if (!(r->bounded & UINT32_C(1) << i))
			*to = b;
		r->bounded |= UINT32_C(1) << i;
		if (b.least > to->least)
			to->least = b.least;
		if (b.most < to->most)
			to->most = b.most;
	}
}

/* last>T is since T, but for the instant. */
static bool narrow_last(const struct filter_node *n, struct read_range *r)
{
	struct read_bound b;

	if ((n->op != FILTER_GT && n->op != FILTER_GE) || !bound_of(n, &b) ||
	    b.least <= 0)
		return false;
	if (b.least > r->since_us)
		r->since_us = b.least;
	return true;
}

/* Of what only incidents have a range for. */
static bool narrow_incident(const struct filter_node *n, struct read_range *r)
{
	const char *name = n->field->name;

	if (strcmp(name, "score") == 0)
		return narrow_score(n, r);
	if (strcmp(name, "last") == 0)
		return narrow_last(n, r);
	narrow_number(n, r);
	if (n->op != FILTER_HAS && n->op != FILTER_EQ)
		return false;
	if (r->state < 0 && strcmp(name, "state") == 0)
		r->state = (int)n->number;
	else if (r->kind < 0 && strcmp(name, "kind") == 0)
		r->kind = (int)n->number;
	else if (!r->line_class && strcmp(name, "class") == 0)
		r->line_class = line_class_name((enum line_class)n->number);
	else
		return false;
	return true;
}

/* Whether the range says all that the term does. */
static bool narrow_term(
    const struct filter *f, const struct filter_node *n, struct read_range *r)
{
	const struct filter_field *d = n->field;
	bool is = n->op == FILTER_HAS || n->op == FILTER_EQ;

	if (!d)
		return false;
	if (d->type == FILTER_SINCE) {
		if (n->number > r->since_us)
			r->since_us = n->number;
		return n->number != 0;
	}
	if (d->type == FILTER_UNTIL) {
		if (r->until_us == 0 || n->number < r->until_us)
			r->until_us = n->number;
		return n->number != 0;
	}
	/* "": nobody's, which is no customer to look for. */
	if (is && !r->customer && n->text[0] != '\0' &&
	    strcmp(d->name, "customer") == 0) {
		r->customer = n->text;
		return true;
	}
	return f->noun == &filter_incident && narrow_incident(n, r);
}

static bool narrow(const struct filter *f, int at, struct read_range *r)
{
	const struct filter_node *n = &f->nodes[at];
	bool left;

	switch (n->kind) {
	case FILTER_AND:
		left = narrow(f, n->left, r);
		return narrow(f, n->right, r) && left;
	case FILTER_TERM:
		return narrow_term(f, n, r);
	case FILTER_OR:
	case FILTER_NOT:
		break;
	}
	return false;
}

bool filter_narrow(const struct filter *f, struct read_range *r)
{
	if (f->root < 0 || narrow(f, f->root, r))
		return true;
	r->where = f->where;
	return f->exact;
}
