/* SPDX-License-Identifier: Apache-2.0 */
/* What detection costs with N customers who all send on port 25: enginebench N
 * [ROWS]. Each has had a mail, then ROWS (4,000,000) more rows come of
 * customers by chance: nine mails in ten are delivered, the others are refused,
 * to servers of a circle of 30. Prints resident bytes a customer after the
 * first mail and at the end, and CPU nanoseconds a row, less those of making
 * the row. */
#include <err.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/detect/engine.h"
#include "base/clock.h"
#include "base/record.pb-c.h"

#define T0     INT64_C(1779999980000000)
#define CIRCLE 30
/* Of a mail: the attempt, the transaction, the close. */
#define ROWS_OF_MAIL 3

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

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long size, pages = 0;

	if (f == NULL || fscanf(f, "%lu %lu", &size, &pages) != 2)
		err(1, "/proc/self/statm");
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static struct observation row;

static void make_row(uint32_t who, int part, uint64_t dice, int64_t ts_us)
{
	static const enum obs_kind kinds[ROWS_OF_MAIL] = {
	    OBS_ATTEMPT, OBS_TRANSACTION, OBS_CLOSE};
	bool bad = dice % 10 == 0;

	row.kind = kinds[part];
	row.ts_us = row.start_us = ts_us;
	row.obs_no++;
	row.outcome = part == 0 ? SEKISHO__OUTCOME__OUTCOME_ANSWERED : 0;
	row.transactions = part == 2;
	row.reply_code = part != 1 ? 0 : bad ? 550 : 250;
	row.reply_class = part != 1 ? 0
			  : bad     ? SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER
				    : SEKISHO__REPLY_CLASS__REPLY_CLASS_OK;
	row.end = part == 1 && !bad ? SEKISHO__END_OF__END_DELIVERED : 0;
	row.reply_stage = SEKISHO__STAGE__STAGE_RCPT;
	row.client = addr_from_v4_number(0x64400000u + who);
	row.server = addr_from_v4_number(
	    0xc6120000u + (who * 7 + (uint32_t)(dice >> 8) % CIRCLE) % 65536);
	memcpy(row.customer, "C0000000", 9);
	for (int i = 7; who > 0; who /= 10)
		row.customer[i--] = (char)('0' + who % 10);
}

/* Customers in order when of_all, else by chance. */
static double run(struct engine *e, uint32_t n, uint32_t rows, bool of_all)
{
	static struct effects fx;
	double began = now_s();
	int64_t ts_us = T0 + (of_all ? 0 : 3600 * US_PER_S);

	for (uint32_t i = 0; i < rows; i++) {
		uint64_t dice = draw();
		uint32_t who = of_all ? i : (uint32_t)((dice >> 20) % n);

		for (int part = 0; part < ROWS_OF_MAIL; part++) {
			make_row(who, part, dice, ts_us);
			if (e != NULL && engine_apply(e, &row, &fx) != 0)
				errx(1, "no memory");
		}
		/* A day for ten mails of each customer. */
		ts_us += 8640 * US_PER_S / n + 1;
	}
	return now_s() - began;
}

int main(int argc, char **argv)
{
	uint32_t n = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	uint32_t rows =
	    argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 4000000;
	struct conf conf;
	struct policy policy;
	struct engine *engine;
	struct engine_stats stats;
	char why[CONF_ERROR_BYTES];
	size_t before, first;
	double took, made;

	if (n == 0 || n > 4000000 || conf_load(&conf, NULL, why) != 0 ||
	    policy_init(&policy, &conf) != 0)
		errx(1, "give a number of customers up to 4000000");
	row.server_port = 25;
	row.traffic_case = 2;
	row.line_class = CLASS_STATIC;
	row.tier = PRIVACY_FLOW;
	engine = engine_new(&policy, MODE_ENFORCE);
	if (engine == NULL)
		errx(1, "no memory");
	before = resident();
	run(engine, n, n, true);
	first = resident();
	took = run(engine, n, rows / ROWS_OF_MAIL, false);
	made = run(NULL, n, rows / ROWS_OF_MAIL, false);
	engine_stats(engine, &stats);
	printf("customers %llu\n", (unsigned long long)stats.customers);
	printf("bytes_first %.0f\n", (double)(first - before) / n);
	printf("bytes %.0f\n", (double)(resident() - before) / n);
	printf("mib %.0f\n", (double)(resident() - before) / 1048576);
	printf("ns_row %.0f\n",
	    (took - made) * 1e9 / (rows / ROWS_OF_MAIL * ROWS_OF_MAIL));
	engine_free(engine);
	conf_free(&conf);
	return 0;
}
