/* SPDX-License-Identifier: Apache-2.0 */
#include "store/member.h"

#include <string.h>

#include "store/row.h"

static enum member_type number_type(const struct column *c)
{
	size_t len = strlen(c->name);

	return len > 3 && strcmp(c->name + len - 3, "_us") == 0 ? MEMBER_TIME
								: MEMBER_NUMBER;
}

static void take_number(
    struct member *m, const struct column *c, const void *p, bool absent)
{
	m->type = number_type(c);
	m->number = column_number(c, p);
	m->absent = absent;
}

static void take_text(struct member *m, const char *text)
{
	m->type = MEMBER_TEXT;
	m->text = text;
	m->absent = *text == '\0';
}

static void take_bytes(struct member *m, const uint8_t *p, size_t len)
{
	bool zero = true;

	for (size_t i = 0; i < len; i++)
		zero &= p[i] == 0;
	m->type = MEMBER_BYTES;
	m->bytes = p;
	m->len = len;
	m->absent = zero;
}

static void take(struct member *m, const struct column *c, const void *p)
{
	const struct row_blob *blob = p;

	switch (c->type) {
	case COLUMN_NUMBER:
	case COLUMN_PORT:
	case COLUMN_LENGTH:
		take_number(m, c, p, false);
		return;
	case COLUMN_OPTIONAL:
		take_number(m, c, p, column_number(c, p) == 0);
		return;
	case COLUMN_FOREVER:
		take_number(m, c, p, column_number(c, p) == INT64_MAX);
		return;
	case COLUMN_FLAG:
		take_number(m, c, p, false);
		m->type = MEMBER_FLAG;
		return;
	case COLUMN_TEXT:
	case COLUMN_NAME:
		take_text(m, p);
		return;
	case COLUMN_WORD:
		take_text(m, word_name(c->word, (int)column_number(c, p)));
		return;
	case COLUMN_BYTES:
	case COLUMN_PREFIX:
		take_bytes(m, p, c->size);
		return;
	case COLUMN_BLOB:
		take_bytes(m, blob->b, blob->len);
		return;
	}
}

bool observation_member(const struct observation *o, size_t i, struct member *m)
{
	const struct column *c = &map_observation.columns[i];

	if (i >= map_observation.n)
		return false;
	*m = (struct member){.column = c->name};
	take(m, c, (const char *)o + c->offset);
	return true;
}
