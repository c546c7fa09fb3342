/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/derive.h"

#include <string.h>

const struct derive_mix derive_closed = {.per_day = 40,
    .share = {[LABEL_DELIVERED] = .900,
	[LABEL_DEFERRED] = .030,
	[LABEL_REJECTED] = .020,
	[LABEL_HELO_FORGED] = .010,
	[LABEL_SPF_FAIL] = .010,
	[LABEL_UNKNOWN_USER] = .025,
	[LABEL_BLOCKLISTED] = .005}};
const struct derive_mix derive_open = {.per_day = 500,
    .share = {[LABEL_DELIVERED] = .930,
	[LABEL_DEFERRED] = .030,
	[LABEL_REJECTED] = .012,
	[LABEL_HELO_FORGED] = .003,
	[LABEL_SPF_FAIL] = .004,
	[LABEL_UNKNOWN_USER] = .020,
	[LABEL_BLOCKLISTED] = .001}};
const double derive_bot_share[LABEL_COUNT] = {[LABEL_DELIVERED] = .20,
    [LABEL_DEFERRED] = .10,
    [LABEL_REJECTED] = .15,
    [LABEL_SPF_FAIL] = .05,
    [LABEL_UNKNOWN_USER] = .35,
    [LABEL_BLOCKLISTED] = .15};

static int length_of(const struct derive_question *q, const double *share,
    int32_t threshold_milli, struct cusum_length *l)
{
	struct cusum c;

	memcpy(c.weight_milli, q->weight_milli, sizeof(c.weight_milli));
	memcpy(c.share, share, sizeof(c.share));
	return cusum_run_length(&c, threshold_milli, l);
}

/* Each alarm blocks, and the next excursion begins at h / 2. */
static int blocks_a_day(const struct derive_question *q,
    int32_t threshold_milli, double *blocks, int32_t *lattice)
{
	struct cusum_length l;

	if (length_of(q, q->normal.share, threshold_milli, &l) != 0)
		return -1;
	*blocks = q->customers * q->normal.per_day / l.from_half;
	*lattice = l.lattice_milli;
	return 0;
}

static int time_to_detect(
    const struct derive_question *q, int32_t threshold_milli, struct derived *d)
{
	double mixed[LABEL_COUNT], sum = 0;
	struct cusum_length l;

	if (length_of(q, derive_bot_share, threshold_milli, &l) != 0)
		return -1;
	d->bot = l.from_zero;
	for (int i = 0; i < LABEL_COUNT; i++)
		sum += derive_bot_share[i];
	memcpy(mixed, derive_bot_share, sizeof(mixed));
	mixed[LABEL_DELIVERED] += sum;
	if (length_of(q, mixed, threshold_milli, &l) != 0)
		return -1;
	d->mixed_bot = l.from_zero;
	return 0;
}

int derive(const struct derive_question *q, struct derived *d)
{
	double wanted = q->customers * q->normal.per_day / q->blocks;
	struct cusum c;
	int32_t h;

	memset(d, 0, sizeof(*d));
	memcpy(c.weight_milli, q->weight_milli, sizeof(c.weight_milli));
	memcpy(c.share, q->normal.share, sizeof(c.share));
	h = cusum_threshold(&c, wanted, DERIVE_THRESHOLD_MAX);
	if (h < 0 || blocks_a_day(q, q->threshold_milli, &d->blocks_now,
			 &d->lattice_milli) != 0)
		return -1;
	d->threshold_milli = h;
	if (h == 0)
		h = q->threshold_milli;
	if (blocks_a_day(q, h, &d->blocks_then, &d->lattice_milli) != 0)
		return -1;
	return time_to_detect(q, h, d);
}
