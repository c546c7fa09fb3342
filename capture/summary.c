/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/summary.h"

#include <inttypes.h>
#include <sys/resource.h>

#include "base/clock.h"

#define NUMBER_BYTES 32
#define LENGTH_BYTES 48
#define ROW_INDENT   18 /* of lines without a number */

/* "N nouns what": in the verdict, "N nouns were what: remedy". */
struct row {
	enum counter id;
	const char *one, *many, *what;
	const char *remedy; /* NULL: no reason to do anything */
};

static const struct row found[] = {
    {COUNTER_FLOWS, "connection or attempt", "connections or attempts", "",
	NULL},
    {COUNTER_ATTEMPTS_ANSWERED, "attempt", "attempts", "answered", NULL},
    {COUNTER_ATTEMPTS_REFUSED, "attempt", "attempts", "refused", NULL},
    {COUNTER_ATTEMPTS_UNANSWERED, "attempt", "attempts", "without an answer",
	NULL},
    {COUNTER_ATTEMPTS_HALF_OPEN, "attempt", "attempts",
	"given up by the client (half open)", NULL},
    {COUNTER_ATTEMPTS_SUMMARISED, "attempt", "attempts",
	"of these, not reported one by one", NULL},
    {COUNTER_SESSIONS, "session", "sessions", "with payload", NULL},
    {COUNTER_TRANSACTIONS, "mail transaction", "mail transactions", "", NULL},
};

/* Lost before it came here, or nothing that can be read. */
static const struct row unseen[] = {
    {COUNTER_GAPS, "hole", "holes", "left in connections",
	"whoever made this traffic lost packets; look for drops at the mirror "
	"port, or where the file was written"},
    {COUNTER_GAP_BYTES, "byte", "bytes", "in these holes", NULL},
    {COUNTER_PACKETS_TRUNCATED, "packet", "packets",
	"cut by the snapshot length",
	"capture whole packets (tcpdump -s 0; snap_bytes)"},
    {COUNTER_FLOWS_ONE_SIDED, "connection", "connections",
	"seen in one direction only",
	"mirror both directions, where both pass"},
    {COUNTER_FLOWS_MIDSTREAM, "connection", "connections",
	"open before the first packet", NULL},
    {COUNTER_PACKETS_NO_FLOW, "packet", "packets",
	"of connections not followed", NULL},
    {COUNTER_FRAGMENTS_TIMED_OUT, "datagram", "datagrams",
	"left in pieces, for fragments did not come",
	"mirror all fragments to the same port"},
    {COUNTER_IP_CHECKSUM_BAD, "packet", "packets",
	"refused for the IP checksum", NULL},
    {COUNTER_TCP_CHECKSUM_BAD, "packet", "packets",
	"refused for the TCP checksum", NULL},
    {COUNTER_LINK_UNKNOWN, "packet", "packets", "of an unknown link type",
	"say which it is; docs/CAPTURE.md lists those that are known"},
    {COUNTER_TUNNEL_OTHER, "packet", "packets", "of an unknown kind of tunnel",
	NULL},
    {COUNTER_IP_ESP, "packet", "packets", "encrypted (ESP)", NULL},
    {COUNTER_TIME_GARBAGE, "time stamp", "time stamps", "no time at all",
	"look at the clock of who wrote the file"},
    {COUNTER_TIME_BACKWARDS, "packet", "packets",
	"older than the packet before", NULL},
};

/* Lost here. */
static const struct row lost[] = {
    {COUNTER_KERNEL_DROPPED, "packet", "packets",
	"dropped by the kernel, whose ring was full",
	"raise ring_bytes or --workers"},
    {COUNTER_INTERFACE_DROPPED, "packet", "packets",
	"dropped by the network card",
	"raise its ring (ethtool -G), or mirror less"},
    {COUNTER_INTERFACE_LOST, "outage", "outages",
	"made by an interface that was gone", "see the messages above"},
    {COUNTER_FILES_BROKEN, "file", "files", "broken or not readable",
	"see the messages above"},
    {COUNTER_FLOWS_EVICTED, "connection", "connections",
	"given up, for the table was full", "raise max_flows"},
    {COUNTER_SUMMARIES_DISPLACED, "attempt", "attempts",
	"not reported, for too many clients made them at once",
	"raise attempt_records"},
    {COUNTER_FRAGMENTS_OVER_BUDGET, "datagram", "datagrams",
	"given up in pieces", "raise fragment_bytes"},
    {COUNTER_TCP_OVER_BUDGET, "hole", "holes",
	"given up early, for too much waited behind",
	"raise reorder_bytes and reorder_total_bytes"},
    {COUNTER_SMTP_OVER_BUDGET, "session", "sessions", "not read on",
	"raise smtp_bytes"},
    {COUNTER_DPI_OVER_BUDGET, "connection", "connections", "not shown to nDPI",
	"raise dpi_bytes"},
    {COUNTER_RECORDS_DROPPED, "record", "records",
	"dropped, for the queue was full",
	"see that the analyzer runs, raise queue_bytes, or set spool_dir"},
    {COUNTER_SPOOL_DROPPED, "record", "records", "dropped by the spool",
	"make room in spool_dir, or raise spool_bytes"},
    {COUNTER_SPOOL_DAMAGED, "spool file", "spool files", "damaged in part",
	"check the disk of spool_dir"},
    {COUNTER_NO_MEMORY, "thing", "things", "left out for want of memory",
	"lower max_flows, or add memory"},
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* --- numbers -------------------------------------------------------------- */

/* 1234567 as "1,234,567"; the longest has 26. */
static const char *grouped(uint64_t v, char buf[static NUMBER_BYTES])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64, v), at = 0;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
	return buf;
}

static const char *length(double s, char buf[static LENGTH_BYTES])
{
	uint64_t n = (uint64_t)(s + 0.5);

	if (s < 59.95)
		snprintf(buf, LENGTH_BYTES, "%.*f s", s < 0.95 ? 3 : 1, s);
	else if (n < 3600)
		snprintf(buf, LENGTH_BYTES, "%" PRIu64 " min %" PRIu64 " s",
		    n / 60, n % 60);
	else if (n < 86400)
		snprintf(buf, LENGTH_BYTES, "%" PRIu64 " h %" PRIu64 " min",
		    n / 3600, n / 60 % 60);
	else
		snprintf(buf, LENGTH_BYTES, "%" PRIu64 " d %" PRIu64 " h",
		    n / 86400, n / 3600 % 24);
	return buf;
}

static const char *bit_rate(
    uint64_t bytes, double s, char buf[static LENGTH_BYTES])
{
	double rate = (double)bytes * 8 / s;

	if (rate >= 1e9)
		snprintf(buf, LENGTH_BYTES, "%.1f Gbit/s", rate / 1e9);
	else if (rate >= 1e6)
		snprintf(buf, LENGTH_BYTES, "%.1f Mbit/s", rate / 1e6);
	else
		snprintf(buf, LENGTH_BYTES, "%.1f kbit/s", rate / 1e3);
	return buf;
}

static const char *noun(const struct row *r, uint64_t n)
{
	return n == 1 ? r->one : r->many;
}

/* --- groups --------------------------------------------------------------- */

static void number(FILE *out, uint64_t n, const char *text)
{
	char buf[NUMBER_BYTES];

	fprintf(out, "%*s  %s\n", ROW_INDENT - 2, grouped(n, buf), text);
}

static void group(FILE *out, const char *title, const struct counters *c,
    const struct row *rows, size_t n)
{
	uint64_t received = c->v[COUNTER_KERNEL_RECEIVED];
	char text[160];
	int at;

	for (size_t i = 0; i < n; i++) {
		uint64_t v = c->v[rows[i].id];

		if (v == 0)
			continue;
		if (title != NULL)
			fprintf(out, "%s\n", title);
		title = NULL;
		at = snprintf(text, sizeof(text), "%s%s%s", noun(&rows[i], v),
		    rows[i].what[0] != '\0' ? " " : "", rows[i].what);
		if (rows[i].id == COUNTER_KERNEL_DROPPED && received > 0)
			snprintf(text + at, sizeof(text) - (size_t)at,
			    " (%.2g %%)", (double)v * 100 / (double)received);
		number(out, v, text);
	}
}

static void traffic_time(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	char from[CLOCK_STRLEN], to[CLOCK_STRLEN];
	char span[LENGTH_BYTES], rate[LENGTH_BYTES];
	double s = (double)(f->last_us - f->first_us) / (double)US_PER_S;

	if (f->last_us > 0)
		fprintf(out, "%*sfrom %.19sZ to %.19sZ\n", ROW_INDENT, "",
		    clock_format(f->first_us, from),
		    clock_format(f->last_us, to));
	if (s > 0)
		fprintf(out, "%*sthat is %s, %s on average\n", ROW_INDENT, "",
		    length(s, span), bit_rate(c->v[COUNTER_BYTES], s, rate));
}

static void effort(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	char time[LENGTH_BYTES], cpu[LENGTH_BYTES], rate[LENGTH_BYTES];
	char n[NUMBER_BYTES];
	uint64_t packets = c->v[COUNTER_PACKETS];

	if (f->took_s <= 0)
		return;
	fprintf(out, "%*s%s %s, %s packets/s", ROW_INDENT, "",
	    f->live ? "captured in" : "read in", length(f->took_s, time),
	    grouped((uint64_t)((double)packets / f->took_s), n));
	if (f->live)
		fprintf(out, ", %s",
		    bit_rate(c->v[COUNTER_BYTES], f->took_s, rate));
	fputc('\n', out);
	if (f->peak_kib <= 0)
		return;
	fprintf(out, "%*s%s of CPU, %s MiB of memory", ROW_INDENT, "",
	    length(f->cpu_s, cpu),
	    grouped((uint64_t)(f->peak_kib + 512) / 1024, n));
	if (f->workers > 1)
		fprintf(out, " in the largest of %u workers", f->workers);
	fputc('\n', out);
}

static void was_read(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	uint64_t packets = c->v[COUNTER_PACKETS];
	uint64_t files = c->v[COUNTER_FILES_READ];
	const char *text = files == 1 ? "file" : "files";

	if (f->stopped)
		text = "files to their end";
	fputs("Read\n", out);
	number(out, packets, packets == 1 ? "packet" : "packets");
	number(out, c->v[COUNTER_BYTES], "bytes");
	if (!f->live)
		number(out, files, text);
	traffic_time(out, c, f);
	effort(out, c, f);
}

/* How much of it was mail. */
static void share(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	uint64_t all = c->v[COUNTER_PACKETS], n = c->v[COUNTER_PACKETS_WATCHED];
	char text[192];
	int at;

	if (all == 0)
		return;
	at = snprintf(
	    text, sizeof(text), "%s of ports", n == 1 ? "packet" : "packets");
	for (size_t i = 0; i < f->ports->n; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s %u",
		    i > 0 ? "," : "", (unsigned int)f->ports->v[i]);
	snprintf(text + at, sizeof(text) - (size_t)at, " (%.1f %%)",
	    (double)n * 100 / (double)all);
	fputs("Mail\n", out);
	number(out, n, text);
}

/* Not acknowledged, nor in the spool for the next start. */
static uint64_t left_behind(
    const struct counters *c, const struct summary_frame *f)
{
	if (!f->to_analyzer || c->v[COUNTER_SPOOL_BYTES] > 0 ||
	    c->v[COUNTER_RECORDS] < c->v[COUNTER_RECORDS_ACKED])
		return 0;
	return c->v[COUNTER_RECORDS] - c->v[COUNTER_RECORDS_ACKED];
}

static void written(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	uint64_t left = left_behind(c, f), n = c->v[COUNTER_RECORDS];

	if (n == 0)
		return;
	fputs("Written\n", out);
	number(out, n, n == 1 ? "record" : "records");
	if (f->to_analyzer)
		number(out, c->v[COUNTER_RECORDS_ACKED],
		    "acknowledged by the analyzer");
	if (left > 0)
		number(out, left, "not acknowledged: lost");
	if (c->v[COUNTER_SPOOL_BYTES] > 0)
		number(out, c->v[COUNTER_SPOOL_BYTES],
		    "bytes in the spool, for the next start");
}

/* --- the verdict ---------------------------------------------------------- */

/* The largest of the rows that have a remedy; *others: how many more. */
static const struct row *largest(const struct counters *c,
    const struct row *rows, size_t n, unsigned int *others)
{
	const struct row *worst = NULL;

	*others = 0;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].remedy == NULL || c->v[rows[i].id] == 0)
			continue;
		if (worst != NULL)
			++*others;
		if (worst == NULL || c->v[rows[i].id] > c->v[worst->id])
			worst = &rows[i];
	}
	return worst;
}

static void blame(FILE *out, const struct counters *c, const struct row *r,
    unsigned int others)
{
	uint64_t n = c->v[r->id];
	char buf[NUMBER_BYTES];

	fprintf(out, "%s %s %s %s: %s.\n", grouped(n, buf), noun(r, n),
	    n == 1 ? "was" : "were", r->what, r->remedy);
	if (others > 0)
		fprintf(out, "%u more %s named above.\n", others,
		    others == 1 ? "cause is" : "causes are");
}

/* True: there was nothing to lose. */
static bool was_empty(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	if (c->v[COUNTER_PACKETS] == 0) {
		fputs(f->live ? "No packet came: is this the interface that "
				"gets the mirrored traffic?\n"
			      : "No packet was read: are these the right "
				"files?\n",
		    out);
		return true;
	}
	if (c->v[COUNTER_PACKETS_WATCHED] > 0)
		return false;
	fputs("No packet was mail: does mail pass where this was captured, on "
	      "these ports?\n",
	    out);
	return true;
}

static void verdict(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	uint64_t left = left_behind(c, f);
	unsigned int others;
	const struct row *r = largest(c, lost, COUNT(lost), &others);
	char buf[NUMBER_BYTES];
	bool empty = was_empty(out, c, f);

	if (f->stopped)
		fputs("Stopped before the end: the rest of the files was not "
		      "read.\n",
		    out);
	if (left > 0 && (r == NULL || left > c->v[r->id])) {
		fprintf(out,
		    "%s %s not acknowledged: see that the analyzer runs, %s.\n",
		    grouped(left, buf),
		    left == 1 ? "record was" : "records were",
		    f->live ? "or set spool_dir" : "and read the files again");
		return;
	}
	if (r != NULL) {
		blame(out, c, r, others);
		return;
	}
	r = largest(c, unseen, COUNT(unseen), &others);
	if (r != NULL) {
		fputs("Nothing was lost here, but ", out);
		blame(out, c, r, others);
	} else if (!empty) {
		fputs("Nothing was lost.\n", out);
	}
}

/* --- all of it ------------------------------------------------------------ */

void summary_measure(struct summary_frame *f, int who)
{
	struct rusage u;

	if (getrusage(who, &u) != 0)
		return;
	f->peak_kib = u.ru_maxrss;
	f->cpu_s = (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		   (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) /
		       (double)US_PER_S;
}

static void all_counters(FILE *out, const struct counters *c)
{
	fputs("Counters\n", out);
	for (int i = 0; i < COUNTER_COUNT; i++)
		if (c->v[i] != 0)
			fprintf(out, "%-22s %" PRIu64 "\n",
			    counter_name((enum counter)i), c->v[i]);
}

void summary_print(
    FILE *out, const struct counters *c, const struct summary_frame *f)
{
	was_read(out, c, f);
	share(out, c, f);
	group(out, NULL, c, found, COUNT(found));
	group(out, "Not seen", c, unseen, COUNT(unseen));
	group(out, "Lost", c, lost, COUNT(lost));
	written(out, c, f);
	verdict(out, c, f);
	if (f->full)
		all_counters(out, c);
}
