/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/lease_intake.h"

#include "analyzer/identity/lease_record.h"
#include "analyzer/identity/lease_request.h"
#include "store/read.h"
#include "store/write.h"

/* Lines of the desk in one transaction. */
#define REQUESTS_AT_ONCE 500

int lease_intake_take(
    struct lease_intake *i, const struct lease_event *e, int64_t now_us)
{
	i->lost = false;
	if (lease_book_take(i->book, e, now_us) < 0)
		return -1;
	if (write_heard(i->db, &i->heard, HEARD_LEASES, now_us) != 0)
		return -1;
	return i->lost ? -1 : 0;
}

int lease_intake_record(
    struct lease_intake *i, const Sekisho__Record *r, int64_t now_us)
{
	struct lease_event e;

	if (lease_event_of_record(&e, r->lease))
		return lease_intake_take(i, &e, now_us);
	tally_add(i->tally, r->ts_us, "bad_records", 1);
	return 0;
}

int lease_intake_files(
    struct lease_intake *i, const struct lease_feed_batch *b, int64_t now_us)
{
	for (size_t k = 0; k < b->n; k++)
		if (lease_intake_take(i, &b->events[k], now_us) != 0)
			return -1;
	for (size_t k = 0; k < b->n_positions; k++)
		if (write_file_position(i->db, &b->positions[k]) != 0)
			return -1;
	for (int k = 0; k < LEASE_FILE_COUNTS; k++)
		tally_add(i->tally, now_us,
		    lease_file_count_name((enum lease_file_count)k),
		    b->counts[k]);
	return 0;
}

int lease_intake_requests(struct lease_intake *i, int64_t now_us)
{
	int n;

	i->lost = false;
	n = lease_requests_take(i->db, i->book, now_us, REQUESTS_AT_ONCE);
	if (n < 0 || i->lost)
		return -1;
	return n == REQUESTS_AT_ONCE;
}

static int found(void *arg, const struct lease_request *r)
{
	(void)arg;
	(void)r;
	return 1;
}

int lease_intake_is_asked(const struct lease_intake *i)
{
	return read_lease_requests(i->db, 1, found, NULL);
}

void lease_intake_count(struct lease_intake *i, int64_t now_us)
{
	for (int k = 0; k < LEASES_COUNTS; k++) {
		enum lease_count c = (enum lease_count)k;
		int64_t n = lease_book_count(i->book, c);

		if (n > i->counted[k])
			tally_add(i->tally, now_us, lease_count_name(c),
			    n - i->counted[k]);
		i->counted[k] = n;
	}
}
