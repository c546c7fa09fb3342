/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/bar.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/out/text.h"

#define TTY_US   (US_PER_S / 5)
#define LINES_US (10 * US_PER_S)

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

void bar_catch(void)
{
	struct sigaction a;

	memset(&a, 0, sizeof(a));
	a.sa_handler = on_signal;
	caught = 0;
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

bool bar_interrupted(void)
{
	return caught != 0;
}

void bar_begin(
    struct bar *b, FILE *f, const char *what, const char *unit, int64_t total)
{
	int64_t now_us = clock_now_us();
	int fd = fileno(f);

	*b = (struct bar){.f = f,
	    .tty = fd >= 0 && isatty(fd) == 1,
	    .what = what,
	    .unit = unit,
	    .total = total,
	    .start_us = now_us,
	    .shown_us = now_us};
}

/* "purge: 12,000 of 50,000 rows, 4,000 a second, 10 s to go" */
static void print(const struct bar *b, int64_t now_us)
{
	int64_t us = now_us - b->start_us, rate, left;
	char done[32], total[32], a_second[32];

	rate = us > 0 ? b->done * US_PER_S / us : 0;
	fprintf(b->f, "%s: %s", b->what, text_grouped(b->done, done));
	if (b->total > 0)
		fprintf(b->f, " of %s", text_grouped(b->total, total));
	fprintf(
	    b->f, " %s, %s a second", b->unit, text_grouped(rate, a_second));
	left = b->total > b->done && rate > 0 ? (b->total - b->done) / rate : 0;
	if (left > 0)
		fprintf(b->f, ", %lld s to go", (long long)left);
}

void bar_show(struct bar *b, int64_t done)
{
	int64_t now_us = clock_now_us();

	b->done = done;
	if (now_us - b->shown_us < (b->tty ? TTY_US : LINES_US))
		return;
	b->shown_us = now_us;
	if (b->tty)
		fputs("\r\033[K", b->f);
	print(b, now_us);
	fputs(b->tty ? "" : "\n", b->f);
	fflush(b->f);
}

void bar_end(struct bar *b)
{
	if (!b->tty)
		return;
	fputs("\r\033[K", b->f);
	fflush(b->f);
}
