/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/field.h"

#include <string.h>

#include "base/nearest.h"

/* Without these a customer cannot tell who writes, of what, and what to do
 * next. */
#define ALWAYS                                                                 \
	(LETTER_BIT(LETTER_PROVIDER) | LETTER_BIT(LETTER_CONTACT) |            \
	    LETTER_BIT(LETTER_REFERENCE))
#define SETTINGS                                                               \
	(LETTER_BIT(LETTER_SUBMISSION_HOST) |                                  \
	    LETTER_BIT(LETTER_SUBMISSION_PORT))

static const struct {
	const char *name;
	uint32_t needs;
} cases[LETTER_CASE_COUNT] = {
    [LETTER_INFECTED] = {"infected", ALWAYS},
    [LETTER_SPOOFED] = {"spoofed", ALWAYS},
    [LETTER_SUBMISSION] = {"submission", ALWAYS | SETTINGS},
    [LETTER_SERVER] = {"server",
	ALWAYS | SETTINGS | LETTER_BIT(LETTER_SENDING_HOST)},
    [LETTER_PASSWORD] = {"password", ALWAYS},
    [LETTER_BLOCKED] = {"blocked", ALWAYS | LETTER_BIT(LETTER_BLOCKED_SINCE) |
				       LETTER_BIT(LETTER_BLOCKED_UNTIL)},
    [LETTER_RELEASED] = {"released", ALWAYS | LETTER_BIT(LETTER_RELEASED_AT)},
};

static const char *const fields[LETTER_FIELD_COUNT] = {
    [LETTER_PROVIDER] = "provider",
    [LETTER_CONTACT] = "contact",
    [LETTER_HELP_URL] = "help_url",
    [LETTER_SUBMISSION_HOST] = "submission_host",
    [LETTER_SUBMISSION_PORT] = "submission_port",
    [LETTER_SUBMISSIONS_PORT] = "submissions_port",
    [LETTER_SENDING_HOST] = "sending_host",
    [LETTER_CUSTOMER] = "customer",
    [LETTER_REFERENCE] = "reference",
    [LETTER_TODAY] = "today",
    [LETTER_ADDRESS] = "address",
    [LETTER_FIRST_SEEN] = "first_seen",
    [LETTER_LAST_SEEN] = "last_seen",
    [LETTER_SIGHTINGS] = "sightings",
    [LETTER_SERVERS] = "servers",
    [LETTER_UNKNOWN_USERS] = "unknown_users",
    [LETTER_LISTED] = "listed",
    [LETTER_SPOOFED_MAILS] = "spoofed_mails",
    [LETTER_SENDER_DOMAINS] = "sender_domains",
    [LETTER_BLOCKED_SINCE] = "blocked_since",
    [LETTER_BLOCKED_UNTIL] = "blocked_until",
    [LETTER_RELEASED_AT] = "released_at",
};

const char *letter_case_name(enum letter_case c)
{
	return (unsigned int)c < LETTER_CASE_COUNT ? cases[c].name : "?";
}

int letter_case_parse(const char *name)
{
	for (int c = 0; c < LETTER_CASE_COUNT; c++)
		if (strcmp(cases[c].name, name) == 0)
			return c;
	return -1;
}

const char *letter_field_name(enum letter_field f)
{
	return (unsigned int)f < LETTER_FIELD_COUNT ? fields[f] : NULL;
}

int letter_field_find(const char *name, size_t len)
{
	for (int f = 0; f < LETTER_FIELD_COUNT; f++)
		if (strlen(fields[f]) == len &&
		    memcmp(fields[f], name, len) == 0)
			return f;
	return -1;
}

const char *letter_field_nearest(const char *name)
{
	const char *best = fields[0];
	size_t least = SIZE_MAX;

	for (int f = 0; f < LETTER_FIELD_COUNT; f++) {
		size_t d = nearest_distance(name, fields[f]);

		if (d < least) {
			least = d;
			best = fields[f];
		}
	}
	return best;
}

uint32_t letter_case_needs(enum letter_case c)
{
	return (unsigned int)c < LETTER_CASE_COUNT ? cases[c].needs : 0;
}
