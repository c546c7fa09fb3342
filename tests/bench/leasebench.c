/* SPDX-License-Identifier: Apache-2.0 */
/* What the directory costs with N live leases: leasebench N. Prints, one a
 * line: bytes (directory and sessions), nanoseconds of a look-up, of a bare
 * look-up in one table with the same keys, of one that finds nothing, changes a
 * second while look-ups go on without a store and with one. Both look-ups read
 * the customer's name. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/identity/lease_book.h"
#include "base/clock.h"
#include "base/huge.h"

#define LOOKUPS 4000000
#define CHANGES 200000
#define BATCH   200 /* events of one transaction */

static uint64_t state = 88172645463325252u;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Half of them addresses of 198.18.0.0/15 and 100.64.0.0/10, half prefixes of
 * 56 bits. */
static struct prefix prefix_of(uint32_t i)
{
	struct prefix p = {.len = 128};

	if (i % 2 == 0) {
		uint8_t v4[4] = {100, (uint8_t)(64 + (i >> 16) % 64),
		    (uint8_t)(i >> 8), (uint8_t)i};

		if (i >> 22)
			v4[0] = 198;
		p.addr = addr_from_v4(v4);
		return p;
	}
	memcpy(p.addr.b, "\x20\x01\x0d\xb8", 4);
	p.addr.b[4] = (uint8_t)(i >> 16);
	p.addr.b[5] = (uint8_t)(i >> 8);
	p.addr.b[6] = (uint8_t)i;
	p.len = 56;
	return p;
}

/* --- the least ------------------------------------------------------------ */

struct place {
	uint8_t key[16];
	uint32_t value;
};
static struct place *table;
static char (*names)[32]; /* a record of each customer */
static uint32_t mask;

static uint32_t hash(const uint8_t key[16])
{
	uint64_t a, b;

	memcpy(&a, key, 8);
	memcpy(&b, key + 8, 8);
	a ^= b * UINT64_C(0x9e3779b97f4a7c15);
	a ^= a >> 32;
	a *= UINT64_C(0xff51afd7ed558ccd);
	a ^= a >> 33;
	a *= UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)(a >> 32);
}

static struct place *find(const uint8_t key[16])
{
	uint32_t i = hash(key) & mask;

	while (table[i].value != 0 && memcmp(table[i].key, key, 16) != 0)
		i = (i + 1) & mask;
	return &table[i];
}

static void fill_bare(uint32_t n)
{
	uint32_t places = 1;

	while (places < 2 * n)
		places *= 2;
	table = huge_new(places * sizeof(*table));
	names = huge_new((size_t)n * sizeof(*names));
	if (!table || !names)
		err(1, "bare table");
	mask = places - 1;
	for (uint32_t i = 0; i < n; i++) {
		struct prefix p = prefix_of(i);
		struct place *at = find(p.addr.b);

		memcpy(at->key, p.addr.b, 16);
		at->value = i + 1;
		snprintf(names[i], sizeof(names[i]), "cust-%07u", i);
	}
}

/* --- the book ------------------------------------------------------------- */

static struct lease_event event_of(uint32_t i, uint32_t generation)
{
	struct lease_event e = {.verb = LEASE_VERB_BEGIN,
	    .at_us = (int64_t)generation * US_PER_S + 1,
	    .n_targets = 1};

	strcpy(e.source, "radius");
	snprintf(e.nas, sizeof(e.nas), "192.0.2.%u", i % 200);
	snprintf(e.session, sizeof(e.session), "%08x-%u", i, generation);
	snprintf(e.customer, sizeof(e.customer), "cust-%07u", i);
	e.targets[0].prefix = prefix_of(i);
	return e;
}

static void take(struct lease_book *b, const struct lease_event *e)
{
	if (lease_book_take(b, e, INT64_MAX) != 0)
		errx(1, "the book refuses a lease");
}

static double lookups(const struct directory *d, uint32_t n, bool there)
{
	double before = now_s();
	uint64_t sum = 0;

	for (int k = 0; k < LOOKUPS; k++) {
		struct prefix p = prefix_of((uint32_t)(draw() % n));
		struct holding h;

		if (!there)
			p.addr.b[8] ^= 0xff;
		else if (p.len == 56)
			p.addr.b[15] = 9;
		sum += directory_find(d, &p.addr, 40000, INT64_MAX - 1, &h) ==
			   DIRECTORY_FOUND &&
		       h.customer[0] == 'c';
	}
	if (there && sum != LOOKUPS)
		errx(1, "%llu of %d look-ups found somebody",
		    (unsigned long long)sum, LOOKUPS);
	return (now_s() - before) / LOOKUPS * 1e9;
}

static double bare_lookups(uint32_t n)
{
	double before = now_s();
	uint64_t sum = 0;

	for (int k = 0; k < LOOKUPS; k++) {
		struct prefix p = prefix_of((uint32_t)(draw() % n));

		sum += names[find(p.addr.b)->value - 1][0] == 'c';
	}
	if (sum != LOOKUPS)
		errx(1, "the bare table lost somebody");
	return (now_s() - before) / LOOKUPS * 1e9;
}

/* Addresses go to new sessions, with a look-up between; each change ends one
 * lease and begins another. */
static double changes(struct lease_book *b, const struct directory *d,
    struct db *db, uint32_t n, uint32_t generation, bool commit)
{
	double before = now_s();

	for (uint32_t k = 0; k < CHANGES; k++) {
		struct lease_event e =
		    event_of((uint32_t)(draw() % n), generation + k / BATCH);
		struct holding h;

		if (commit && k % BATCH == 0 && db_begin(db) != 0)
			errx(1, "%s", db_error(db));
		e.verb = k % 2 ? LEASE_VERB_END : LEASE_VERB_BEGIN;
		take(b, &e);
		directory_find(d, &e.targets[0].prefix.addr, 1, e.at_us, &h);
		if (commit && k % BATCH == BATCH - 1 && db_commit(db) != 0)
			errx(1, "%s", db_error(db));
	}
	return CHANGES / (now_s() - before);
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 2000000;
	struct conf conf = {.lease_timeout_s = 0};
	struct lease_book_owner nobody = {NULL, NULL};
	char path[] = "/tmp/sekisho-leasebench-XXXXXX", why[DB_ERROR_BYTES];
	struct directory *d = directory_new();
	struct lease_book *b;
	struct db *db;
	double memory, file;

	if (n < 2 || mkstemp(path) < 0)
		err(1, "%s", path);
	db = db_open(path, DB_CREATE, why);
	if (!db || !d)
		errx(1, "%s", why);
	b = lease_book_new(db, d, &conf, nobody, 0);
	if (!b || db_begin(db) != 0)
		errx(1, "%s", db_error(db));
	for (uint32_t i = 0; i < n; i++) {
		struct lease_event e = event_of(i, 0);

		take(b, &e);
	}
	if (directory_count(d) != n)
		errx(1, "%zu leases, not %u", directory_count(d), n);
	printf("bytes %zu\n", lease_book_bytes(b));
	printf("directory_bytes %zu\n", directory_bytes(d));
	fflush(stdout);
	fill_bare(n);
	printf("found_ns %.1f\n", lookups(d, n, true));
	printf("bare_ns %.1f\n", bare_lookups(n));
	printf("missed_ns %.1f\n", lookups(d, n, false));
	memory = changes(b, d, db, n, 10, false);
	printf("changes_open %.0f\n", memory);
	if (db_commit(db) != 0)
		errx(1, "%s", db_error(db));
	file = changes(b, d, db, n, 100000, true);
	printf("changes_committed %.0f\n", file);
	lease_book_free(b);
	directory_free(d);
	db_close(db);
	unlink(path);
	return 0;
}
