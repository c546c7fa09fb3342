/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/files/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define REDRAW_NS   INT64_C(200000000)
#define BAR_COLUMNS 20
#define ERASE       "\r\033[K"
/* Share of the newest interval in the rates. */
#define NEW_SHARE 0.2

struct progress {
	int64_t start_ns, last_ns;
	uint64_t last_packets, last_bytes;
	struct progress_rate rate;
	int columns;
	bool colour, drawn, has_rate;
};

static int64_t monotonic_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Nobody is left to tell when stderr is gone. */
static void put(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static void before_log(void *arg)
{
	progress_erase(arg);
}

struct progress *progress_new(void)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	struct progress *p;
	struct winsize size;

	if (!isatty(STDERR_FILENO) || term == NULL || strcmp(term, "dumb") == 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	p->columns = 80;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		p->columns = size.ws_col;
	p->colour = no == NULL || *no == '\0';
	p->start_ns = p->last_ns = monotonic_ns();
	log_set_before(before_log, p);
	return p;
}

void progress_free(struct progress *p)
{
	if (p == NULL)
		return;
	progress_erase(p);
	log_set_before(NULL, NULL);
	free(p);
}

bool progress_is_due(const struct progress *p)
{
	return p != NULL && monotonic_ns() - p->last_ns >= REDRAW_NS;
}

void progress_erase(struct progress *p)
{
	if (p == NULL || !p->drawn)
		return;
	p->drawn = false;
	put(ERASE);
}

static double smooth(const struct progress *p, double old, double fresh)
{
	return p->has_rate ? old + NEW_SHARE * (fresh - old) : fresh;
}

static void measure(
    struct progress *p, const struct merge_status *st, uint64_t packets)
{
	int64_t now_ns = monotonic_ns();
	double s = (double)(now_ns - p->last_ns) / 1e9;
	struct progress_rate *r = &p->rate;

	r->left_s = -1;
	if (s <= 0 || st->looking)
		return;
	r->packets_s =
	    smooth(p, r->packets_s, (double)(packets - p->last_packets) / s);
	r->bytes_s =
	    smooth(p, r->bytes_s, (double)(st->bytes_done - p->last_bytes) / s);
	p->has_rate = true;
	p->last_packets = packets;
	p->last_bytes = st->bytes_done;
	/* From the whole: it jumps less than what the rates say. */
	s = (double)(now_ns - p->start_ns) / 1e9;
	if (st->bytes_total >= st->bytes_done && st->bytes_done > 0)
		r->left_s = s * (double)(st->bytes_total - st->bytes_done) /
			    (double)st->bytes_done;
}

void progress_show(
    struct progress *p, const struct merge_status *st, uint64_t packets)
{
	char line[PROGRESS_BYTES], all[PROGRESS_BYTES + 16];

	if (p == NULL)
		return;
	measure(p, st, packets);
	p->last_ns = monotonic_ns();
	p->drawn = true;
	snprintf(all, sizeof(all), ERASE "%s",
	    progress_text(line, st, &p->rate, p->columns, p->colour));
	put(all);
}

/* --- text ----------------------------------------------------------------- */

/* 1234567 as 1.2M */
static void amount(char buf[static 16], double n)
{
	static const char units[] = " kMGT";
	size_t i = 0;

	while (n >= 999.5 && i + 2 < sizeof(units)) {
		n /= 1000;
		i++;
	}
	snprintf(buf, 16, n < 9.95 && i > 0 ? "%.1f%.1s" : "%.0f%.1s", n,
	    i > 0 ? &units[i] : "");
}

static void left(char buf[static 64], double s)
{
	uint64_t n;

	buf[0] = '\0';
	if (s < 0 || s > 100 * 3600.0)
		return;
	n = (uint64_t)(s + 0.5);
	if (n >= 3600)
		snprintf(buf, 64, "ETA %" PRIu64 ":%02" PRIu64 ":%02" PRIu64,
		    n / 3600, n / 60 % 60, n % 60);
	else
		snprintf(buf, 64, "ETA %" PRIu64 ":%02" PRIu64, n / 60, n % 60);
}

/* Percent of the bytes; -1: not known. */
static int percent(const struct merge_status *st)
{
	if (st->bytes_total == 0)
		return -1;
	if (st->bytes_done >= st->bytes_total)
		return 100;
	return (int)((double)st->bytes_done * 100 / (double)st->bytes_total);
}

static void bar(char *buf, size_t size, int done, bool colour)
{
	int n = done * BAR_COLUMNS / 100;

	snprintf(buf, size, "[%s%.*s%s%*s] %3d%%", colour ? "\033[32m" : "", n,
	    "####################", colour ? "\033[0m" : "", BAR_COLUMNS - n,
	    "", done);
}

const char *progress_text(char buf[static PROGRESS_BYTES],
    const struct merge_status *st, const struct progress_rate *rate,
    int columns, bool colour)
{
	char part[5][64] = {"", "", "", "", ""}, n[16];
	size_t at, used = 0;
	int done = percent(st);

	buf[0] = '\0';
	if (st->looking) {
		snprintf(part[0], sizeof(part[0]), "looking at file %zu of %zu",
		    st->files_seen, st->files);
	} else {
		at =
		    st->files_done < st->files ? st->files_done + 1 : st->files;
		snprintf(
		    part[0], sizeof(part[0]), "file %zu of %zu", at, st->files);
		if (done >= 0)
			bar(part[1], sizeof(part[1]), done, colour);
		amount(n, rate->packets_s);
		snprintf(part[2], sizeof(part[2]), "%s packets/s", n);
		amount(n, rate->bytes_s);
		snprintf(part[3], sizeof(part[3]), "%sB/s", n);
		left(part[4], rate->left_s);
	}
	at = 0;
	for (int i = 0; i < 5; i++) {
		size_t extra = i == 1 && colour ? 9 : 0;
		size_t width = strlen(part[i]) - (part[i][0] ? extra : 0);

		/* The last column stays free: some terminals would wrap. */
		if (width == 0 || used + width + 2 >= (size_t)columns)
			continue;
		at += (size_t)snprintf(buf + at, PROGRESS_BYTES - at, "%s%s",
		    used > 0 ? "  " : "", part[i]);
		used += width + 2;
	}
	return buf;
}
