/* SPDX-License-Identifier: Apache-2.0 */
/* An expression of any noun: an error points into it, and what parses gives
 * the same answer twice and turned round the other. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void try_noun(
    const struct filter_noun *noun, const char *text, const void *row)
{
	static char turned[2048], shown[16384];
	static struct filter f, g;
	struct filter_error e = {0}, e2;

	if (filter_parse(&f, noun, text, 1000000, false, &e) != 0) {
		must(e.at <= strlen(text) && e.why[0] != '\0');
		must(filter_caret(text, &e, shown, sizeof(shown)) == shown);
		return;
	}
	if (f.root < 0)
		return;
	snprintf(turned, sizeof(turned), "-(%s)", text);
	if (filter_parse(&g, noun, turned, 1000000, false, &e2) == 0)
		must(filter_match(&f, row) != filter_match(&g, row));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct incident incident = {.customer = "C7",
	    .kind = INCIDENT_SPAM_BOT,
	    .score_milli = 20500,
	    .last_us = 5,
	    .summary = "12 refused mails"};
	static const struct decision decision = {.customer = "C7", .seq = 7};
	static const struct observation observation = {
	    .customer = "C7", .spf = SPF_PASS, .helo = "a.example"};
	char text[1600];

	if (len >= sizeof(text))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	try_noun(&filter_incident, text, &incident);
	try_noun(&filter_decision, text, &decision);
	try_noun(&filter_observation, text, &observation);
	return 0;
}
