/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/radius/coa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/run.h"

#define OUTPUT_MAX (1U << 20)

/* The word behind "Error-Cause = ", or "". */
static void error_cause(const char *output, char cause[64])
{
	const char *at =
	    output != NULL ? strstr(output, "Error-Cause = ") : NULL;

	cause[0] = '\0';
	if (at != NULL)
		(void)sscanf(at, "Error-Cause = %63s", cause);
}

/* Errors of what was sent, RFC 5176 section 3.5. */
static bool is_lasting(const char *cause)
{
	static const char *const causes[] = {"Unsupported-Attribute",
	    "Missing-Attribute", "NAS-Identification-Mismatch",
	    "Invalid-Request", "Unsupported-Service", "Unsupported-Extension",
	    "Invalid-Attribute-Value", "Administratively-Prohibited"};

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(causes[i], cause) == 0)
			return true;
	return false;
}

enum coa_result coa_parse(const char *output, char why[COA_TEXT_SIZE])
{
	const char *received = strstr(output, "Received ");
	char kind[32] = "", cause[64];

	if (received != NULL)
		(void)sscanf(received, "Received %31s", kind);
	if (strcmp(kind, "CoA-ACK") == 0 || strcmp(kind, "Disconnect-ACK") == 0)
		return COA_ACK;
	if (strcmp(kind, "CoA-NAK") != 0 &&
	    strcmp(kind, "Disconnect-NAK") != 0) {
		snprintf(why, COA_TEXT_SIZE, "no answer");
		return COA_AGAIN;
	}
	error_cause(received, cause);
	snprintf(why, COA_TEXT_SIZE, "%s%s%s", kind,
	    cause[0] != '\0' ? ", Error-Cause " : "", cause);
	if (strcmp(cause, "Session-Context-Not-Found") == 0)
		return COA_NO_SESSION;
	return is_lasting(cause) ? COA_NEVER : COA_AGAIN;
}

enum coa_result coa_send(
    const struct nas *n, const char *attributes, char why[COA_TEXT_SIZE])
{
	char timeout[16], tries[16], what[COA_TEXT_SIZE];
	char *argv[] = {(char *)"radclient", (char *)"-x", (char *)"-t",
	    timeout, (char *)"-r", tries, (char *)"-S", n->secret_file,
	    n->server, (char *)(n->disconnect ? "disconnect" : "coa"), NULL};
	struct run r = {.argv = argv,
	    .input = attributes,
	    .n_input = strlen(attributes),
	    .timeout_s = n->timeout_s * n->tries + 5,
	    .dies_with_us = true,
	    .output_max = OUTPUT_MAX,
	    .keep_output = true};
	enum coa_result result;
	int rc;

	snprintf(timeout, sizeof(timeout), "%d", n->timeout_s);
	snprintf(tries, sizeof(tries), "%d", n->tries);
	rc = run_program(&r);
	result = coa_parse(r.output != NULL ? r.output : "", what);
	free(r.output);
	/* An ACK with a bad authenticator is none: radclient knows. */
	if (rc == 0 && result == COA_ACK)
		return COA_ACK;
	if (result == COA_NO_SESSION || result == COA_NEVER)
		snprintf(
		    why, COA_TEXT_SIZE, "nas %.60s: %.100s", n->name, what);
	else
		snprintf(why, COA_TEXT_SIZE,
		    "nas %.60s: %.100s (radclient: %.120s)", n->name,
		    result == COA_ACK ? "no valid answer" : what, r.why);
	return result == COA_ACK ? COA_AGAIN : result;
}
