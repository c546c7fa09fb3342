/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "analyzer/drivers/radius/coa.h"

static void answers_of_a_nas(void **state)
{
	static const struct {
		const char *output;
		enum coa_result result;
		const char *why;
	} cases[] = {
	    {"Sent CoA-Request Id 150 from 0.0.0.0:49814 to 127.0.0.1:3799\n"
	     "\tUser-Name = \"ok\"\n"
	     "Received CoA-ACK Id 150 from 127.0.0.1:3799\n",
		COA_ACK, ""},
	    {"Received Disconnect-ACK Id 1 from 127.0.0.1:3799\n", COA_ACK, ""},
	    {"Received CoA-NAK Id 151 from 127.0.0.1:3799 length 26\n"
	     "\tError-Cause = Session-Context-Not-Found\n",
		COA_NO_SESSION,
		"CoA-NAK, Error-Cause Session-Context-Not-Found"},
	    {"Received Disconnect-NAK Id 1\n"
	     "\tError-Cause = Unsupported-Attribute\n",
		COA_NEVER, "Disconnect-NAK, Error-Cause Unsupported-Attribute"},
	    {"Received CoA-NAK Id 1\n\tError-Cause = Resources-Unavailable\n",
		COA_AGAIN, "CoA-NAK, Error-Cause Resources-Unavailable"},
	    {"Received CoA-NAK Id 1\n", COA_AGAIN, "CoA-NAK"},
	    {"Sent CoA-Request Id 111\n", COA_AGAIN, "no answer"},
	    {"Received Access-Accept Id 1\n", COA_AGAIN, "no answer"},
	    {"", COA_AGAIN, "no answer"},
	    /* What was sent says nothing of the answer. */
	    {"Sent CoA-Request Id 1\n\tError-Cause = Missing-Attribute\n"
	     "Received CoA-NAK Id 1\n",
		COA_AGAIN, "CoA-NAK"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char why[COA_TEXT_SIZE] = "";

		assert_int_equal(
		    coa_parse(cases[i].output, why), cases[i].result);
		assert_string_equal(why, cases[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answers_of_a_nas),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
