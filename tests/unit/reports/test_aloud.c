/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports/fixture.h"

#include "base/record.pb-c.h"
#include "reports/aloud.h"

static struct incident incident(enum incident_kind kind)
{
	struct incident i = fixed_incident(1, "C1");

	i.kind = kind;
	return i;
}

static const char *words(
    const struct aloud *a, const struct incident *i, const struct decision *d)
{
	static char text[2048];

	aloud_words(a, i, d, d != NULL, text, sizeof(text));
	assert_true(text[0] != '\0' && text[strlen(text) - 1] == '.');
	return text;
}

static void one_is_told_in_the_singular(void **state)
{
	struct aloud a = {.first_us = DAY_US + HOUR_US};
	struct incident i = incident(INCIDENT_SPAM_BOT);

	(void)state;
	i.observations = i.servers = i.unknown_users = i.blocklisted = 1;
	i.spoofed = 1;
	strcpy(a.spf, "spoofed.example does not allow 192.0.2.7 to send: -all");
	assert_has(words(&a, &i, NULL),
	    "In 60 s your line sent 1 mail that was refused or is suspect, to "
	    "one mail server. 1 recipient does not exist. 1 refusal says that "
	    "your address is on a block list. 1 mail has a forged sender. For "
	    "example, spoofed.example does not allow 192.0.2.7 to send: "
	    "-all. Most likely");
}

static void without_rows_there_is_no_span(void **state)
{
	struct aloud a = {.first_us = 0};
	struct incident i = incident(INCIDENT_BOT_BURST);

	(void)state;
	assert_has(words(&a, &i, NULL),
	    "Your line opened 10 new connections to 7 different mail servers.");
	i.kind = INCIDENT_MISCONFIGURED_CLIENT;
	assert_has(words(&a, &i, NULL),
	    "A mail program on your line logged in 10 times at 7 mail servers");
}

static void what_was_closed_is_told(void **state)
{
	struct aloud a = {.first_us = DAY_US};
	struct incident i = incident(INCIDENT_BOT_BURST);
	struct decision d =
	    fixed_decision(1, "C1", DAY_US, DAY_US + 600 * US_PER_S);
	struct decision three[3];
	char text[2048];

	(void)state;
	assert_has(words(&a, &i, NULL), "Nothing was closed for it.");
	assert_has(words(&a, &i, &d),
	    "Port 25 of your line was closed for 10 min at "
	    "2026-11-24T00:00Z. Everything else");
	d.mode = MODE_MONITOR;
	assert_has(words(&a, &i, &d), "nothing was closed: else port 25 of "
				      "your line had been, for 10 min");
	three[0] = three[1] = three[2] = d;
	three[1].ends_seq = 1; /* the same, stated anew */
	aloud_words(&a, &i, three, 3, text, sizeof(text));
	assert_has(text, ", and 1 more time since.");
	a.closed_already = true;
	assert_has(words(&a, &i, NULL), "was closed already.");
	i.kind = INCIDENT_BLOCKED_ATTEMPTS;
	assert_null(strstr(words(&a, &i, NULL), "Nothing was closed"));
}

static void a_forged_address_is_no_proof(void **state)
{
	struct aloud a = {.first_us = 0};
	struct incident i = incident(INCIDENT_PORT_PROBE);
	struct observation o = {.kind = OBS_ATTEMPT, .ts_us = DAY_US};

	(void)state;
	o.outcome = SEKISHO__OUTCOME__OUTCOME_ANSWERED;
	aloud_note(&a, &o);
	assert_int_equal(a.first_us, DAY_US);
	assert_null(strstr(words(&a, &i, NULL), "no proof"));
	o.outcome = SEKISHO__OUTCOME__OUTCOME_UNANSWERED;
	o.source_validated = true;
	aloud_note(&a, &o);
	assert_null(strstr(words(&a, &i, NULL), "no proof"));
	o.source_validated = false;
	aloud_note(&a, &o);
	assert_has(words(&a, &i, NULL), "this is no proof");
}

static void an_account_is_not_named_by_its_hash(void **state)
{
	struct aloud a = {.first_us = 0};
	struct incident i = incident(INCIDENT_COMPROMISED_ACCOUNT);

	(void)state;
	strcpy(i.summary,
	    "account 0123456789abcdef logged in from 9 networks in 32 min; "
	    "somebody else has the password: set a new one, end all sessions");
	assert_has(words(&a, &i, NULL),
	    "The account logged in from 9 networks in 32 min. Your line");
	assert_null(strstr(words(&a, &i, NULL), "0123456789abcdef"));
	strcpy(i.summary,
	    "account 0123456789abcdef sent mail, of whose recipients in 32 min "
	    "9 were unknown, 0 refused it for its content or sender, and 2 "
	    "took it; it comes from the customer's own line, so that a program "
	    "there has the password: clean the computer, then set a new one");
	assert_has(words(&a, &i, NULL),
	    "A program on your line uses the password of one of your mail "
	    "accounts. The account sent mail, of whose recipients in 32 min 9 "
	    "were unknown, 0 refused it for its content or sender, and 2 took "
	    "it. Please clean the computers on your line");
	strcpy(i.summary, "12 log-ins");
	assert_has(words(&a, &i, NULL), "mail accounts. Your line is not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_is_told_in_the_singular),
	    cmocka_unit_test(without_rows_there_is_no_span),
	    cmocka_unit_test(what_was_closed_is_told),
	    cmocka_unit_test(a_forged_address_is_no_proof),
	    cmocka_unit_test(an_account_is_not_named_by_its_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
