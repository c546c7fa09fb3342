/* SPDX-License-Identifier: Apache-2.0 */
/* Lenient where nothing hangs on it: Version and User-Agent are not asked for.
 * Strict where a wrong customer could be named. */
#include "reports/complaint/arf.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "reports/complaint/mail_date.h"
#include "reports/complaint/mime.h"
#include "reports/complaint/part.h"

enum field {
	FIELD_TYPE,
	FIELD_ADDRESS,
	FIELD_PORT,
	FIELD_ARRIVAL,
	FIELD_RECEIVED,
	FIELD_MTA,
	FIELD_COUNT
};
static const char *const names[FIELD_COUNT] = {
    [FIELD_TYPE] = "feedback-type",
    [FIELD_ADDRESS] = "source-ip",
    [FIELD_PORT] = "source-port", /* RFC 6692 */
    [FIELD_ARRIVAL] = "arrival-date",
    [FIELD_RECEIVED] = "received-date", /* of before RFC 5965 */
    [FIELD_MTA] = "reporting-mta",
};
static const char *const said[FIELD_COUNT] = {
    [FIELD_TYPE] = "Feedback-Type",
    [FIELD_ADDRESS] = "Source-IP",
    [FIELD_PORT] = "Source-Port",
    [FIELD_ARRIVAL] = "Arrival-Date",
    [FIELD_RECEIVED] = "Received-Date",
    [FIELD_MTA] = "Reporting-MTA",
};

struct arf {
	char value[FIELD_COUNT][MIME_VALUE_LEN];
	bool seen[FIELD_COUNT];
};

static int fail(char why[static COMPLAINT_WHY_LEN], enum field f,
    const char *what, const char *value)
{
	snprintf(why, COMPLAINT_WHY_LEN, "%s %s%s%.60s%s", said[f], what,
	    *value ? ": \"" : "", value, *value ? "\"" : "");
	return -1;
}

/* RFC 5965 section 3.1 and 3.2: each of these at most once. */
static int gather(struct arf *a, const char *fields, size_t len,
    char why[static COMPLAINT_WHY_LEN])
{
	struct mime_fields f;

	mime_fields_of(&f, fields, len, false);
	while (mime_next(&f)) {
		for (int k = 0; k < FIELD_COUNT; k++) {
			if (strcmp(f.name, names[k]) != 0)
				continue;
			if (a->seen[k] && strcmp(a->value[k], f.value) != 0)
				return fail(why, k, "stands there twice", "");
			a->seen[k] = true;
			memcpy(a->value[k], f.value, sizeof(f.value));
		}
	}
	return 0;
}

static int take_date(const struct arf *a, struct complaint *c,
    char why[static COMPLAINT_WHY_LEN])
{
	enum field f = a->seen[FIELD_ARRIVAL] ? FIELD_ARRIVAL : FIELD_RECEIVED;

	if (a->seen[f] && mail_date_parse(&c->at_us, a->value[f]) != 0)
		return fail(why, f, "is no date of RFC 5322", a->value[f]);
	return 0;
}

static int take_source(const struct arf *a, struct complaint *c,
    char why[static COMPLAINT_WHY_LEN])
{
	const char *value = a->value[FIELD_ADDRESS];

	if (a->seen[FIELD_ADDRESS] && !part_address(value, &c->client))
		return fail(why, FIELD_ADDRESS, "is no address", value);
	c->client_port = part_port(a->value[FIELD_PORT]);
	return 0;
}

/* Who writes: the domain of From, else of the server that reports. */
static void take_reporter(const char *mail, size_t len, const struct arf *a,
    struct complaint *c, char number[static MIME_VALUE_LEN])
{
	const char *mta = a->value[FIELD_MTA], *semicolon = strchr(mta, ';');
	struct mime_fields f;

	number[0] = '\0';
	mime_fields_of(&f, mail, len, true);
	while (mime_next(&f)) {
		if (strcmp(f.name, "from") == 0 && c->reporter[0] == '\0')
			part_domain(f.value, c->reporter);
		else if (strcmp(f.name, "message-id") == 0 && !number[0])
			memcpy(number, f.value, MIME_VALUE_LEN);
	}
	if (c->reporter[0] == '\0')
		part_domain(semicolon ? semicolon + 1 : mta, c->reporter);
}

int arf_read(const char *mail, size_t mail_len, const char *fields, size_t len,
    struct complaint *c, char why[static COMPLAINT_WHY_LEN])
{
	struct arf a = {.seen = {false}};
	char number[MIME_VALUE_LEN];

	memset(c, 0, sizeof(*c));
	strcpy(c->format, "arf");
	if (gather(&a, fields, len, why) != 0)
		return -1;
	if (!a.seen[FIELD_TYPE])
		return fail(why, FIELD_TYPE, "is missing", "");
	if (!part_type(a.value[FIELD_TYPE], c->type, sizeof(c->type)))
		return fail(why, FIELD_TYPE, "is no word", a.value[FIELD_TYPE]);
	if (take_date(&a, c, why) != 0 || take_source(&a, c, why) != 0)
		return -1;
	take_reporter(mail, mail_len, &a, c, number);
	part_key(c, number);
	return 0;
}
