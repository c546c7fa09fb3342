/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/counting.h"

#include <unistd.h>

#include "base/clock.h"
#include "reports/out/text.h"

#define FIRST_US    US_PER_S
#define TERMINAL_US (US_PER_S / 5)
#define LINE_US     (10 * US_PER_S)
/* The clock is not asked for each. */
#define STEP_MASK 1023

void counting_begin(
    struct counting *p, FILE *f, const char *what, int64_t total)
{
	*p = (struct counting){.f = f, .what = what, .total = total};
	/* A memory stream has no descriptor. */
	p->tty = fileno(f) >= 0 && isatty(fileno(f)) == 1;
	p->start_us = clock_now_us();
	p->next_us = p->start_us + (p->tty ? FIRST_US : LINE_US);
}

static void show(struct counting *p, int64_t now_us)
{
	char n[32], total[32];

	fprintf(p->f, "%s%s: %s", p->tty ? "\r" : "", p->what,
	    text_grouped(p->n, n));
	if (p->total > 0 && p->n <= p->total)
		fprintf(p->f, " of %s, %d %%, %lld s left",
		    text_grouped(p->total, total), (int)(100 * p->n / p->total),
		    (long long)((now_us - p->start_us) / US_PER_S *
				(p->total - p->n) / (p->n > 0 ? p->n : 1)));
	fputs(p->tty ? "\033[K" : "\n", p->f);
	fflush(p->f);
	p->shown = true;
	p->next_us = now_us + (p->tty ? TERMINAL_US : LINE_US);
}

void counting_step(struct counting *p)
{
	int64_t now_us;

	if ((++p->n & STEP_MASK) != 0)
		return;
	now_us = clock_now_us();
	if (now_us >= p->next_us)
		show(p, now_us);
}

void counting_end(struct counting *p)
{
	if (p->tty && p->shown)
		fputs("\r\033[K", p->f);
}
