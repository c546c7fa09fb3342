/* SPDX-License-Identifier: Apache-2.0 */
/* Prometheus text format 0.0.4. No label names a customer or an address. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/latency.h"
#include "base/version.h"
#include "reports/api/api.h"
#include "reports/api/http.h"
#include "reports/api/report.h"
#include "reports/api/routes.h"
#include "reports/api/status.h"
#include "store/desk.h"
#include "store/enforcement.h"

static void head(FILE *f, const char *name, const char *type, const char *help)
{
	fprintf(f, "# HELP sekisho_%s %s\n# TYPE sekisho_%s %s\n", name, help,
	    name, type);
}

static void one(FILE *f, const char *name, const char *type, const char *help,
    int64_t value)
{
	head(f, name, type, help);
	fprintf(f, "sekisho_%s %" PRId64 "\n", name, value);
}

/* Names of drivers and counters are letters, digits, "._-"; all else goes. */
static const char *label(const char *text, char buf[static 80])
{
	size_t n = 0;

	for (; *text != '\0' && n < 79; text++)
		if ((*text >= '0' && *text <= '9') ||
		    (*text >= 'a' && *text <= 'z') ||
		    (*text >= 'A' && *text <= 'Z') ||
		    strchr("._-", *text) != NULL)
			buf[n++] = *text;
	buf[n] = '\0';
	return buf;
}

struct sums {
	struct delivery_sum v[64];
	size_t n;
};

static int keep_sum(void *arg, const struct delivery_sum *s)
{
	struct sums *sums = arg;

	if (sums->n < sizeof(sums->v) / sizeof(sums->v[0]))
		sums->v[sums->n++] = *s;
	return 0;
}

static void print_drivers(FILE *f, const struct sums *s, int64_t now_us)
{
	char name[80];

	head(f, "hook_deliveries_total", "counter",
	    "What drivers were told, by result.");
	for (size_t i = 0; i < s->n; i++) {
		label(s->v[i].driver, name);
		fprintf(f,
		    "sekisho_hook_deliveries_total{hook=\"%s\",result="
		    "\"done\"} %" PRId64 "\n"
		    "sekisho_hook_deliveries_total{hook=\"%s\",result="
		    "\"dead\"} %" PRId64 "\n",
		    name, s->v[i].ever_done, name, s->v[i].ever_dead);
	}
	head(f, "hook_pending", "gauge", "What drivers are still to be told.");
	for (size_t i = 0; i < s->n; i++)
		fprintf(f, "sekisho_hook_pending{hook=\"%s\"} %" PRId64 "\n",
		    label(s->v[i].driver, name), s->v[i].pending);
	head(f, "hook_lag_seconds", "gauge",
	    "Age of the oldest row that a driver is still to be told.");
	for (size_t i = 0; i < s->n; i++)
		fprintf(f, "sekisho_hook_lag_seconds{hook=\"%s\"} %.3f\n",
		    label(s->v[i].driver, name),
		    s->v[i].oldest_us == 0
			? 0.0
			: (double)(now_us - s->v[i].oldest_us) / US_PER_S);
}

/* Counters of all days, by name. */
struct counters {
	struct {
		char name[80];
		int64_t value;
	} v[1024];
	size_t n;
};

static int add_counter(void *arg, const char *name, int64_t value)
{
	struct counters *s = arg;

	if (s->n == sizeof(s->v) / sizeof(s->v[0]))
		return 1;
	label(name, s->v[s->n].name);
	s->v[s->n++].value = value;
	return 0;
}

static int64_t counter(const struct counters *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i].name, name) == 0)
			return s->v[i].value;
	return 0;
}

static void print_classes(FILE *f, const struct counters *s)
{
	static const char *const classes[] = {
	    "to_own", "to_foreign", "from_elsewhere", "between_others"};
	char name[16];

	head(f, "smtp_transactions_total", "counter",
	    "Mails, by class: from our lines to own servers (case 1) and to "
	    "foreign ones (2), from elsewhere to own ones (3), others (4).");
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "case%d", i + 1);
		fprintf(f,
		    "sekisho_smtp_transactions_total{class=\"%s\"} %" PRId64
		    "\n",
		    classes[i], counter(s, name));
	}
}

static void print_spf(FILE *f, const struct counters *s)
{
	char name[32];

	head(f, "spf_checks_total", "counter",
	    "Mails whose sender was checked, by result of SPF.");
	for (int i = SPF_UNCHECKED + 1; i < SPF_RESULT_COUNT; i++) {
		const char *result = spf_result_name((enum spf_result)i);

		snprintf(name, sizeof(name), "spf_%s", result);
		fprintf(f,
		    "sekisho_spf_checks_total{result=\"%s\"} %" PRId64 "\n",
		    result, counter(s, name));
	}
}

/* What dashboards ask for by name. */
static void print_traffic(FILE *f, const struct counters *s)
{
	static const char *const causes[] = {
	    "kernel", "interface", "records", "spool"};
	char name[80];

	head(f, "packets_total", "counter",
	    "Packets at the taps: all, and of the watched ports.");
	fprintf(f,
	    "sekisho_packets_total{result=\"seen\"} %" PRId64 "\n"
	    "sekisho_packets_total{result=\"watched\"} %" PRId64 "\n",
	    counter(s, "capture_packets"),
	    counter(s, "capture_packets_watched"));
	head(f, "capture_drops_total", "counter",
	    "What was lost on the way to the analyzer: packets in the kernel "
	    "and the interface, records, bytes of the spool.");
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		snprintf(name, sizeof(name), "capture_%s_dropped", causes[i]);
		fprintf(f,
		    "sekisho_capture_drops_total{cause=\"%s\"} %" PRId64 "\n",
		    causes[i], counter(s, name));
	}
	print_classes(f, s);
	print_spf(f, s);
}

/* --- times ----------------------------------------------------------------
 */

/* before: what the counters' names begin with. */
static void print_histogram(FILE *f, const struct counters *s,
    const char *metric, const char *labels, const char *before)
{
	const char *comma = labels[0] != '\0' ? "," : "";
	int64_t n = 0;
	char name[112];

	for (size_t i = 0; i < LATENCY_STEPS; i++) {
		snprintf(name, sizeof(name), "%s%s", before, latency_name(i));
		n += counter(s, name);
		fprintf(f, "sekisho_%s_bucket{%s%sle=\"%s\"} %" PRId64 "\n",
		    metric, labels, comma, latency_bound(i), n);
	}
	snprintf(name, sizeof(name), "%sus", before);
	fprintf(f,
	    "sekisho_%s_sum{%s} %.6f\nsekisho_%s_count{%s} %" PRId64 "\n",
	    metric, labels, (double)counter(s, name) / US_PER_S, metric, labels,
	    n);
}

static void print_latency(
    FILE *f, const struct counters *s, const struct sums *drivers)
{
	char name[80], labels[96], before[96];

	head(f, "decision_latency_seconds", "histogram",
	    "From the evidence that was enough to the block that the detector "
	    "wrote down.");
	print_histogram(
	    f, s, "decision_latency_seconds", "", "latency_decided_");
	head(f, "delivery_latency_seconds", "histogram",
	    "From the decision, as sekisho-hooks noticed it, to the driver's "
	    "answer that it is done.");
	for (size_t i = 0; i < drivers->n; i++) {
		label(drivers->v[i].driver, name);
		snprintf(labels, sizeof(labels), "hook=\"%s\"", name);
		snprintf(before, sizeof(before), "latency.%s.", name);
		print_histogram(
		    f, s, "delivery_latency_seconds", labels, before);
	}
}

static bool is_latency(const char *name)
{
	return strncmp(name, "latency", 7) == 0;
}

/* --- how much is seen -----------------------------------------------------
 */

struct sight {
	int64_t judged, unjudged, encrypted;
};

static int add_sight(void *arg, int day, const char *name, int64_t value)
{
	struct sight *s = arg;

	(void)day;
	if (strcmp(name, "sight_judged") == 0)
		s->judged += value;
	else if (strcmp(name, "sight_unjudged") == 0)
		s->unjudged += value;
	else if (strcmp(name, "sight_encrypted") == 0)
		s->encrypted += value;
	return 0;
}

/* Of yesterday and today: a share of minutes would jump at midnight, one of
 * all time would hide that it fell. Without mail it is no number. */
static int print_visibility(FILE *f, struct db *db, int64_t now_us)
{
	struct sight s = {0};
	int64_t all;

	if (read_counters(db, clock_day(now_us - US_PER_DAY), clock_day(now_us),
		add_sight, &s) != 0)
		return -1;
	all = s.judged + s.unjudged + s.encrypted;
	head(f, "visibility_ratio", "gauge",
	    "Mails to foreign servers whose sender could be judged, of all and "
	    "of encrypted sessions; yesterday and today, UTC.");
	if (all == 0)
		fputs("sekisho_visibility_ratio NaN\n", f);
	else
		fprintf(f, "sekisho_visibility_ratio %.4f\n",
		    (double)s.judged / (double)all);
	return 0;
}

static int print_gap(void *arg, const struct enforcer *e)
{
	char name[80];

	fprintf(arg, "sekisho_enforcement_gap{enforcer=\"%s\"} %" PRId64 "\n",
	    label(e->driver, name), e->differences);
	return 0;
}

static int print_gaps(FILE *f, struct db *db)
{
	head(f, "enforcement_gap", "gauge",
	    "Differences between what was decided and what a driver says "
	    "that it holds.");
	return read_enforcers(db, print_gap, f);
}

static void print_counters(FILE *f, const struct counters *s)
{
	head(f, "log_total", "counter",
	    "Counters of the analyzer's log, by name.");
	for (size_t i = 0; i < s->n; i++)
		if (!is_latency(s->v[i].name))
			fprintf(f,
			    "sekisho_log_total{name=\"%s\"} %" PRId64 "\n",
			    s->v[i].name, s->v[i].value);
}

static void print_numbers(FILE *f, const struct numbers *n)
{
	head(f, "build_info", "gauge", "The version that answers.");
	fprintf(f, "sekisho_build_info{version=\"%s\"} 1\n", SEKISHO_VERSION);
	one(f, "observations_total", "counter", "Rows of the observation log.",
	    n->observations);
	one(f, "observations_applied_total", "counter",
	    "Rows of the log that were judged.", n->applied);
	one(f, "incidents_total", "counter", "Incidents that were opened.",
	    n->incidents);
	head(f, "incidents_open", "gauge", "Incidents that are not closed.");
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		fprintf(f, "sekisho_incidents_open{kind=\"%s\"} %" PRId64 "\n",
		    incident_kind_name((enum incident_kind)k), n->open_kind[k]);
	one(f, "decisions_total", "counter", "Decisions that were made.",
	    n->decisions);
	head(f, "decisions_active", "gauge", "Decisions in force.");
	fprintf(f,
	    "sekisho_decisions_active{action=\"block\"} %" PRId64 "\n"
	    "sekisho_decisions_active{action=\"allow\"} %" PRId64 "\n",
	    n->blocks, n->in_force - n->blocks);
	one(f, "operator_actions_waiting", "gauge",
	    "Actions of operators that are not applied yet.", n->waiting);
	one(f, "analyzer_up", "gauge", "Somebody applies the log.",
	    n->analyzer);
	one(f, "newest_evidence_timestamp_seconds", "gauge",
	    "Time of the newest evidence of an incident.",
	    n->newest_us / US_PER_S);
	one(f, "agents_heard_timestamp_seconds", "gauge",
	    "When any capture agent last reported, to ten seconds; 0: never.",
	    n->agents_us / US_PER_S);
	one(f, "leases_heard_timestamp_seconds", "gauge",
	    "When a source of sessions (RADIUS, DHCP, files) last told one, "
	    "to ten seconds; 0: never.",
	    n->leases_us / US_PER_S);
}

static int64_t resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	char line[256], *rest = "";

	/* The whole size, then what is resident. */
	if (f && fgets(line, sizeof(line), f))
		(void)strtoll(line, &rest, 10);
	if (f)
		fclose(f);
	return strtoll(rest, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static void print_self(FILE *f, struct api *a)
{
	uint64_t answers[6];

	pthread_mutex_lock(&a->lock);
	memcpy(answers, a->answers, sizeof(answers));
	pthread_mutex_unlock(&a->lock);
	head(f, "http_requests_total", "counter", "Answers, by status.");
	for (int i = 2; i < 6; i++)
		fprintf(f,
		    "sekisho_http_requests_total{code=\"%dxx\"} %" PRIu64 "\n",
		    i, answers[i]);
	one(f, "http_connections", "gauge", "Connections that are open.",
	    (int64_t)http_connections(a->http));
	one(f, "http_streams", "gauge", "Event streams that are open.",
	    (int64_t)a->n_streams);
	one(f, "resident_memory_bytes", "gauge", "Memory of this process.",
	    resident_bytes());
}

static int print_all(
    FILE *f, struct call *c, struct counters *counters, struct sums *sums)
{
	struct numbers n;

	if (numbers_read(&n, c->db, c->now_us) != 0 ||
	    read_delivery_sums(c->db, keep_sum, sums) != 0 ||
	    read_counter_totals(c->db, add_counter, counters) < 0)
		return -1;
	print_numbers(f, &n);
	print_drivers(f, sums, c->now_us);
	if (print_gaps(f, c->db) != 0)
		return -1;
	print_traffic(f, counters);
	print_latency(f, counters, sums);
	if (print_visibility(f, c->db, c->now_us) != 0)
		return -1;
	print_counters(f, counters);
	one(f, "last_report_timestamp_seconds", "gauge",
	    "When the nightly report was last made, and sent where it is to "
	    "be; 0: never.",
	    report_made_s(c->conf));
	print_self(f, c->api);
	return 0;
}

void metrics_get(struct call *c)
{
	struct counters *counters = calloc(1, sizeof(*counters));
	struct sums *sums = calloc(1, sizeof(*sums));
	char *text = NULL;
	size_t size;
	FILE *f = NULL;
	bool failed;

	if (!counters || !sums || !(f = open_memstream(&text, &size))) {
		call_problem(c, 503, "unavailable", "out of memory");
	} else {
		failed = print_all(f, c, counters, sums) != 0;
		failed |= fclose(f) != 0;
		if (failed)
			call_db_failed(c);
		else
			call_text(c, 200,
			    "text/plain; version=0.0.4; charset=utf-8", text,
			    size);
		if (failed)
			free(text);
	}
	free(counters);
	free(sums);
}
