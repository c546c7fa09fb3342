/* SPDX-License-Identifier: Apache-2.0 */
/* Who was notified: the audit log has a row for each letter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "reports/nightly/collect.h"
#include "store/read.h"

#define AFTER (-1) /* the day: within 24 hours behind its end */

struct person {
	UT_hash_handle hh;
	char key[ROW_ID_LEN + 8]; /* day, space, customer */
};
struct persons {
	struct night *night;
	struct person *table;
};

static bool is_there(const struct persons *p, int day, const char *customer)
{
	char key[ROW_ID_LEN + 8];
	struct person *x;

	snprintf(key, sizeof(key), "%d %s", day, customer);
	HASH_FIND_STR(p->table, key, x);
	return x != NULL;
}

static int add(struct persons *p, int day, const char *customer)
{
	struct person *x = calloc(1, sizeof(*x));

	if (!x)
		return -1;
	snprintf(x->key, sizeof(x->key), "%d %s", day, customer);
	HASH_ADD_STR(p->table, key, x);
	return 0;
}

static void free_persons(struct persons *p)
{
	struct person *x = p->table, *next;

	HASH_CLEAR(hh, p->table);
	for (; x; x = next) {
		next = x->hh.next;
		free(x);
	}
}

/* As recipe.c's command finds the name: incidents may be gone by then. */
static bool find_customer(const char *detail, char name[static ROW_ID_LEN])
{
	static const char before[] = " to customer ";
	const char *s = strstr(detail, before);
	size_t n;

	if (!s)
		return false;
	s += sizeof(before) - 1;
	n = strcspn(s, " ");
	if (n < 2 || s[n - 1] != ',' || n > ROW_ID_LEN)
		return false;
	memcpy(name, s, n - 1);
	name[n - 1] = '\0';
	return true;
}

static int take_letter(void *arg, const struct audit *a)
{
	struct persons *p = arg;
	const struct night *n = p->night;
	char name[ROW_ID_LEN];
	int day = a->at_us >= n->until_us ? AFTER : 0;

	while (day >= 0 && day < ZONE_DAYS && a->at_us < n->days.begin_us[day])
		day++;
	if (day == ZONE_DAYS || !find_customer(a->detail, name) ||
	    is_there(p, day, name))
		return 0;
	if (day != AFTER)
		p->night->numbers[NIGHT_NOTIFIED][day]++;
	return add(p, day, name);
}

/* Of those with a new incident, each once. Letters about a day are written in
 * the morning behind it. */
static int count_new(struct persons *p)
{
	struct persons seen = {.night = p->night};
	struct night *n = p->night;
	int rc = 0;

	for (size_t i = 0; i < n->fresh.n && rc == 0; i++) {
		const char *customer = n->fresh.v[i].row.customer;

		if (is_there(&seen, 0, customer))
			continue;
		n->new_customers++;
		n->new_notified +=
		    is_there(p, 0, customer) || is_there(p, AFTER, customer);
		rc = add(&seen, 0, customer);
	}
	free_persons(&seen);
	return rc;
}

int night_read_letters(struct night *n, struct db *db)
{
	struct audit_range r = {.since_us = n->days.begin_us[ZONE_DAYS - 1],
	    .until_us = n->next_us,
	    .verb = "incident letter"};
	struct persons p = {.night = n};
	int rc = read_audits(db, &r, take_letter, &p);

	if (rc == 0)
		rc = count_new(&p);
	free_persons(&p);
	return rc;
}
