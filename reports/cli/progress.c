/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/out/text.h"

#define TTY_STEP_US  (US_PER_S / 5)
#define LINE_STEP_US (10 * US_PER_S)

void progress_begin(struct progress *p, FILE *f, const char *what,
    const char *unit, int64_t unit_size, int64_t total)
{
	*p = (struct progress){.f = f,
	    .what = what,
	    .unit = unit,
	    .unit_size = unit_size,
	    .total = total,
	    .start_us = clock_now_us(),
	    .tty = isatty(fileno(f)) == 1};
	p->next_us = p->start_us + (p->tty ? TTY_STEP_US : LINE_STEP_US);
}

static void add_time(int64_t s, char *buf, size_t size)
{
	if (s < 120)
		snprintf(buf, size, "%d s", (int)s);
	else if (s < 7200)
		snprintf(buf, size, "%d min", (int)((s + 30) / 60));
	else
		snprintf(buf, size, "%d h", (int)((s + 1800) / 3600));
}

const char *progress_text(const struct progress *p, int64_t done,
    int64_t elapsed_us, char *buf, size_t size)
{
	char all[32], rate_text[32], left[32] = "";
	double rate =
	    elapsed_us > 0 ? (double)done * US_PER_S / (double)elapsed_us : 0;

	if (p->total > 0 && done > p->total)
		done = p->total;
	text_grouped((int64_t)(rate / (double)p->unit_size + 0.5), rate_text);
	if (p->total <= 0) {
		snprintf(buf, size, "%s %s, %s %s/s",
		    text_grouped(done / p->unit_size, all), p->unit, rate_text,
		    p->unit);
		return buf;
	}
	if (rate > 0)
		add_time((int64_t)((double)(p->total - done) / rate + 0.5),
		    left, sizeof(left));
	snprintf(buf, size, "%d %% of %s %s, %s %s/s%s%s%s",
	    (int)(100 * ((double)done / (double)p->total)),
	    text_grouped(p->total / p->unit_size, all), p->unit, rate_text,
	    p->unit, left[0] ? ", " : "", left, left[0] ? " left" : "");
	return buf;
}

bool progress_is_due(const struct progress *p)
{
	return clock_now_us() >= p->next_us;
}

void progress_show(struct progress *p, int64_t done)
{
	int64_t now_us = clock_now_us();
	char text[160];

	if (now_us < p->next_us || done < 0)
		return;
	p->next_us = now_us + (p->tty ? TTY_STEP_US : LINE_STEP_US);
	p->shown = true;
	progress_text(p, done, now_us - p->start_us, text, sizeof(text));
	if (p->tty)
		fprintf(p->f, "\r%s: %s\033[K", p->what, text);
	else
		fprintf(p->f, "%s: %s\n", p->what, text);
	fflush(p->f);
}

void progress_end(const struct progress *p)
{
	if (!p->tty || !p->shown)
		return;
	fputs("\r\033[K", p->f);
	fflush(p->f);
}

int64_t progress_read_bytes(pid_t pid)
{
	char path[64], line[64];
	int64_t n = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/io", (long)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	if (fgets(line, sizeof(line), f) && strncmp(line, "rchar: ", 7) == 0)
		n = strtoll(line + 7, NULL, 10);
	fclose(f);
	return n;
}

int64_t progress_file_bytes(char *const *files, int n)
{
	int64_t sum = 0;

	for (int i = 0; i < n; i++) {
		struct stat st;

		if (stat(files[i], &st) == 0 && S_ISREG(st.st_mode))
			sum += st.st_size;
	}
	return sum;
}
