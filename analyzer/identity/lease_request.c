/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_request.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/lease_line.h"
#include "store/read.h"
#include "store/write.h"

struct waiting {
	struct {
		int64_t id;
		struct lease_event event;
		bool sane;
	} * v;
	size_t n;
};

static int keep(void *arg, const struct lease_request *r)
{
	struct waiting *w = arg;
	char why[LEASE_WHY_LEN];

	w->v[w->n].id = r->id;
	w->v[w->n].sane = lease_line_parse(&w->v[w->n].event, r->line,
			      strlen(r->line), why) == 1;
	w->n++;
	return 0;
}

static int take(struct db *db, struct lease_book *b, int64_t now_us,
    const struct waiting *w)
{
	for (size_t i = 0; i < w->n; i++) {
		int rc = w->v[i].sane
			     ? lease_book_take(b, &w->v[i].event, now_us)
			     : 1;

		if (rc < 0 || write_lease_answer(db, w->v[i].id,
				  rc == 0 ? "taken" : "refused") != 0)
			return -1;
	}
	return 0;
}

int lease_requests_take(
    struct db *db, struct lease_book *b, int64_t now_us, int64_t most)
{
	struct waiting w = {0};
	int rc = -1;

	w.v = calloc((size_t)most, sizeof(*w.v));
	if (w.v != NULL && read_lease_requests(db, most, keep, &w) == 0 &&
	    take(db, b, now_us, &w) == 0)
		rc = (int)w.n;
	free(w.v);
	return rc;
}
