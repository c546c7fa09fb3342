/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/login_intake.h"

#include "store/read.h"
#include "store/write.h"

/* Each row is applied before the next is made: what is remembered of them
 * in memory stays small. */
static int log_login(struct login_intake *i, const struct login_batch *b,
    const struct login_sum *m)
{
	struct observation o;

	if (!login_row(&i->rows, b->accounts, m, &o))
		return 0;
	return journal_log_plain(i->journal, &o) != 0
		   ? -1
		   : journal_apply(i->journal);
}

int login_intake_batch(struct login_intake *i, const struct login_batch *b)
{
	const struct login_sum *m;

	for (m = b->sums->by_key; m; m = m->hh.next)
		if (log_login(i, b, m) != 0)
			return -1;
	for (size_t k = 0; k < b->n_positions; k++)
		if (write_file_position(i->db, &b->positions[k]) != 0)
			return -1;
	for (int k = 0; k < LOGIN_COUNT_N; k++)
		tally_add(i->rows.tally, journal_clock_us(i->journal),
		    login_count_name((enum login_count)k), b->counts[k]);
	return 0;
}

int login_intake_position(const struct login_intake *i, const char *path,
    struct file_position *position)
{
	return read_file_position(i->db, path, position);
}
