/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/xarf_read.h"

#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "reports/complaint/part.h"

static int bad(
    char why[static COMPLAINT_WHY_LEN], const char *name, const char *what)
{
	snprintf(why, COMPLAINT_WHY_LEN, "%s %s", name, what);
	return -1;
}

/* "" when it is not there or no text. */
static const char *text_of(const json_t *j, const char *name)
{
	const char *s = json_string_value(json_object_get(j, name));

	return s ? s : "";
}

/* RFC 3339, and nothing else that clock_parse() takes. */
static int take_time(const char *text, int64_t *us)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd";

	for (size_t i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)text[i])
		    : i == 10
			? strchr("Tt ", text[i]) == NULL || text[i] == '\0'
			: text[i] != form[i])
			return -1;
	return clock_parse(us, text, 0) == 0 && *us > 0 ? 0 : -1;
}

/* A number, or as some write it, a text. */
static uint16_t port_of(const json_t *j, const char *name)
{
	const json_t *v = json_object_get(j, name);
	char text[24];

	if (!json_is_integer(v))
		return part_port(text_of(j, name));
	snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(v));
	return part_port(text);
}

static int take_common(struct complaint *c, const char *date_name,
    const char *date, const char *source, char why[static COMPLAINT_WHY_LEN])
{
	if (date[0] == '\0')
		return bad(why, date_name, "is missing");
	if (take_time(date, &c->at_us) != 0)
		return bad(why, date_name, "is no time of RFC 3339");
	/* It may be a domain or a URL: then nobody is found. */
	if (!part_address(source, &c->client))
		memset(&c->client, 0, sizeof(c->client));
	return 0;
}

/* xarf.org, version 4: drafts had "class" for "category". */
static int read_4(
    const json_t *j, struct complaint *c, char why[static COMPLAINT_WHY_LEN])
{
	const json_t *reporter = json_object_get(j, "reporter");
	const char *category = text_of(j, "category");
	const char *number = text_of(j, "report_id");
	char type[128];

	if (category[0] == '\0')
		category = text_of(j, "class");
	if (category[0] == '\0' || text_of(j, "type")[0] == '\0')
		return bad(why, "category or type", "is missing");
	if (number[0] == '\0')
		return bad(why, "report_id", "is missing");
	snprintf(
	    type, sizeof(type), "%.60s/%.60s", category, text_of(j, "type"));
	if (!part_type(type, c->type, sizeof(c->type)))
		return bad(why, "category and type", "are no words");
	part_domain(text_of(reporter, "domain"), c->reporter);
	if (c->reporter[0] == '\0')
		part_domain(text_of(reporter, "contact"), c->reporter);
	c->client_port = port_of(j, "source_port");
	if (text_of(j, "source_identifier")[0] == '\0')
		return bad(why, "source_identifier", "is missing");
	if (take_common(c, "timestamp", text_of(j, "timestamp"),
		text_of(j, "source_identifier"), why) != 0)
		return -1;
	part_key(c, number);
	return 0;
}

/* The types of version 3, in the words of 4. */
static const char *type_of_3(const char *type)
{
	static const char *const types[][2] = {{"spam", "messaging/spam"},
	    {"botnet", "infrastructure/botnet"},
	    {"login-attack", "connection/login_attack"},
	    {"port-scan", "connection/port_scan"}, {"ddos", "connection/ddos"},
	    {"phishing", "content/phishing"}, {"malware", "content/malware"},
	    {"copyright", "copyright/copyright"}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(type, types[i][0]) == 0)
			return types[i][1];
	return type;
}

static int read_3(
    const json_t *j, struct complaint *c, char why[static COMPLAINT_WHY_LEN])
{
	const json_t *reporter = json_object_get(j, "ReporterInfo");
	const json_t *report = json_object_get(j, "Report");
	const char *type = text_of(report, "ReportType");
	const char *number = text_of(report, "ReportID");

	if (type[0] == '\0')
		return bad(why, "Report.ReportType", "is missing");
	if (!part_type(type_of_3(type), c->type, sizeof(c->type)))
		return bad(why, "Report.ReportType", "is no word");
	part_domain(text_of(reporter, "ReporterOrgDomain"), c->reporter);
	if (c->reporter[0] == '\0')
		part_domain(text_of(reporter, "ReporterOrgEmail"), c->reporter);
	c->client_port = port_of(report, "SourcePort");
	if (take_common(c, "Report.Date", text_of(report, "Date"),
		text_of(report, "SourceIp"), why) != 0)
		return -1;
	part_key(c, number);
	return 0;
}

static int read_object(
    const json_t *j, struct complaint *c, char why[static COMPLAINT_WHY_LEN])
{
	const char *v = text_of(j, "xarf_version");

	memset(c, 0, sizeof(*c));
	strcpy(c->format, "xarf");
	if (v[0] == '4')
		return read_4(j, c, why);
	if (v[0] != '\0')
		return bad(why, "xarf_version", "is none that is known (4)");
	v = text_of(j, "Version");
	if (v[0] == '3' || v[0] == '2')
		return read_3(j, c, why);
	return bad(why, "xarf_version",
	    "is missing, and Version is not 3: it is no XARF report");
}

struct reading {
	complaint_cb cb;
	void *arg;
	char *why;
	int n;
};

static int take(struct reading *r, const json_t *j)
{
	struct complaint c;
	size_t i;
	json_t *v;
	int rc = 0;

	if (json_is_array(j)) {
		json_array_foreach(j, i, v)
		{
			rc = json_is_object(v)
				 ? take(r, v)
				 : bad(r->why, "an array", "holds no objects");
			if (rc != 0)
				break;
		}
		return rc;
	}
	if (!json_is_object(j))
		return bad(r->why, "the JSON", "is no object");
	if (r->n >= COMPLAINT_FILE_REPORTS)
		return bad(
		    r->why, "the file", "has too many reports: split it");
	if (read_object(j, &c, r->why) != 0)
		return -1;
	r->n++;
	return r->cb(r->arg, &c);
}

static size_t spaces(const char *p, size_t len)
{
	size_t n = 0;

	while (n < len && isspace((unsigned char)p[n]))
		n++;
	return n;
}

int xarf_read(const char *text, size_t len, complaint_cb cb, void *arg,
    char why[static COMPLAINT_WHY_LEN])
{
	struct reading r = {cb, arg, why, 0};
	size_t at = spaces(text, len);
	json_error_t e;

	do {
		json_t *j = json_loadb(text + at, len - at,
		    JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &e);
		int rc;

		if (j == NULL) {
			snprintf(why, COMPLAINT_WHY_LEN,
			    "no JSON at line %d, column %d of it: %.80s",
			    e.line, e.column, e.text);
			return -1;
		}
		rc = take(&r, j);
		json_decref(j);
		if (rc != 0)
			return rc;
		at += (size_t)e.position;
		at += spaces(text + at, len - at);
	} while (at < len);
	return r.n;
}
