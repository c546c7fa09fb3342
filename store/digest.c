/* SPDX-License-Identifier: Apache-2.0 */
#include "store/digest.h"

#include <endian.h>
#include <string.h>

#include "base/siphash.h"
#include "store/row.h"

/* Names of columns, lengths and values; a row has less than 100 columns. */
#define TEXT_BYTES (sizeof(struct observation) + 100 * 48)
#define TEXT_WORDS ((TEXT_BYTES + 7) / 8)

struct text {
	uint64_t words[TEXT_WORDS];
	size_t n; /* bytes */
};

/* What does not fit is left out; nothing does as long as TEXT_BYTES holds. */
static void put(struct text *t, const void *p, size_t n)
{
	if (n > sizeof(t->words) - t->n)
		return;
	memcpy((uint8_t *)t->words + t->n, p, n);
	t->n += n;
}

static void put_name(struct text *t, const char *name)
{
	put(t, name, strlen(name) + 1);
}

static void put_number(struct text *t, const struct column *c, int64_t v)
{
	uint64_t le = htole64((uint64_t)v);

	if (v == 0)
		return;
	put_name(t, c->name);
	put(t, &le, sizeof(le));
}

static void put_bytes(
    struct text *t, const struct column *c, const void *p, size_t n)
{
	uint64_t le = htole64(n);

	put_name(t, c->name);
	put(t, &le, sizeof(le));
	put(t, p, n);
}

static bool is_zero(const uint8_t *p, size_t n)
{
	static const uint8_t zero[ROW_HASH_BYTES];

	return n <= sizeof(zero) && memcmp(p, zero, n) == 0;
}

/* A word goes by its name: its number may change. */
static void put_word(struct text *t, const struct column *c, const void *p)
{
	const char *name = word_name(c->word, (int)column_number(c, p));

	if (column_number(c, p) != 0)
		put_bytes(t, c, name, strlen(name));
}

static void put_column(struct text *t, const struct column *c, const uint8_t *p)
{
	const struct row_blob *blob = (const void *)p;

	switch (c->type) {
	case COLUMN_NUMBER:
	case COLUMN_OPTIONAL:
	case COLUMN_FOREVER:
	case COLUMN_PORT:
	case COLUMN_LENGTH:
	case COLUMN_FLAG:
		put_number(t, c, column_number(c, p));
		return;
	case COLUMN_TEXT:
	case COLUMN_NAME:
		if (*p != '\0')
			put_bytes(t, c, p, strnlen((const char *)p, c->size));
		return;
	case COLUMN_BYTES:
	case COLUMN_PREFIX:
		if (!is_zero(p, c->size))
			put_bytes(t, c, p, c->size);
		return;
	case COLUMN_BLOB:
		if (blob->len > 0)
			put_bytes(t, c, blob->b, blob->len);
		return;
	case COLUMN_WORD:
		put_word(t, c, p);
		return;
	}
}

/* What the log gives again is at the end, but for the number. */
static bool is_input(const struct column *c)
{
	return c->offset < offsetof(struct observation, label) &&
	       c->offset != offsetof(struct observation, applied_no);
}

void observation_digest(
    const struct observation *o, uint8_t digest[static ROW_HASH_BYTES])
{
	static const uint64_t keys[2][2] = {{0, 1}, {2, 3}};
	struct text t;
	size_t n;

	t.n = 0;
	for (size_t i = 0; i < map_observation.n; i++) {
		const struct column *c = &map_observation.columns[i];

		if (is_input(c))
			put_column(&t, c, (const uint8_t *)o + c->offset);
	}
	n = (t.n + 7) / 8;
	memset((uint8_t *)t.words + t.n, 0, 8 * n - t.n);
	for (size_t i = 0; i < n; i++)
		t.words[i] = le64toh(t.words[i]);
	for (size_t i = 0; i < 2; i++) {
		uint64_t h = htole64(siphash(keys[i], t.words, n));

		memcpy(digest + 8 * i, &h, sizeof(h));
	}
}

int observation_digest_fits(const struct observation *o)
{
	uint8_t digest[ROW_HASH_BYTES];

	if (is_zero(o->digest, sizeof(o->digest)))
		return -1;
	observation_digest(o, digest);
	return memcmp(digest, o->digest, sizeof(digest)) == 0;
}
