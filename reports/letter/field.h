/* SPDX-License-Identifier: Apache-2.0 */
/* What can stand in a letter: its cases, and the names of placeholders. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum letter_case {
	LETTER_INFECTED,   /* a machine that a bot drives */
	LETTER_SPOOFED,    /* sender domains that do not allow the line */
	LETTER_SUBMISSION, /* a mail program that should use port 587 */
	LETTER_SERVER,     /* an own mail server on a dynamic line */
	LETTER_PASSWORD,   /* somebody else has the mail password */
	LETTER_BLOCKED,    /* port 25 was closed by hand */
	LETTER_RELEASED,   /* port 25 is open again */
	LETTER_CASE_COUNT
};
enum letter_field {
	LETTER_PROVIDER,
	LETTER_CONTACT,
	LETTER_HELP_URL,
	LETTER_SUBMISSION_HOST,
	LETTER_SUBMISSION_PORT,
	LETTER_SUBMISSIONS_PORT,
	LETTER_SENDING_HOST,
	LETTER_CUSTOMER,
	LETTER_REFERENCE,
	LETTER_TODAY,
	LETTER_ADDRESS,
	LETTER_FIRST_SEEN,
	LETTER_LAST_SEEN,
	LETTER_SIGHTINGS,
	LETTER_SERVERS,
	LETTER_UNKNOWN_USERS,
	LETTER_LISTED,
	LETTER_SPOOFED_MAILS,
	LETTER_SENDER_DOMAINS,
	LETTER_BLOCKED_SINCE,
	LETTER_BLOCKED_UNTIL,
	LETTER_RELEASED_AT,
	LETTER_FIELD_COUNT
};
#define LETTER_BIT(field) (UINT32_C(1) << (field))

/* "infected"; "?" outside of the enum. The value for a name, or -1. */
const char *letter_case_name(enum letter_case c);
int letter_case_parse(const char *name);
/* "provider"; NULL outside. The field of these len bytes, or -1. */
const char *letter_field_name(enum letter_field f);
int letter_field_find(const char *name, size_t len);
const char *letter_field_nearest(const char *name);
/* Fields that each template of the case must hold. */
uint32_t letter_case_needs(enum letter_case c);
