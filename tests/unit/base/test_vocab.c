/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/vocab.h"

#define CHECK(word, type, count)                                               \
	static void word##_names_are_distinct_and_come_back(void **state)      \
	{                                                                      \
		(void)state;                                                   \
		for (int i = 0; i < (int)(count); i++) {                       \
			const char *name = word##_name((enum type)i);          \
                                                                               \
			assert_true(strlen(name) > 1);                         \
			assert_int_equal(word##_parse(name), i);               \
		}                                                              \
		assert_string_equal(word##_name((enum type)(count)), "?");     \
		assert_string_equal(word##_name((enum type) - 1), "?");        \
		assert_int_equal(word##_parse("?"), -1);                       \
		assert_int_equal(word##_parse(""), -1);                        \
		assert_int_equal(word##_parse(NULL), -1);                      \
	}

CHECK(label, label, LABEL_COUNT)
CHECK(line_class, line_class, CLASS_OWN)
CHECK(action, action, ACTION_COUNT)
CHECK(cause, cause, CAUSE_COUNT)
CHECK(incident_kind, incident_kind, INCIDENT_KIND_COUNT)
CHECK(incident_state, incident_state, INCIDENT_STATE_COUNT)
CHECK(closed_as, closed_as, CLOSED_AS_COUNT)
CHECK(spf_result, spf_result, SPF_RESULT_COUNT)
CHECK(verdict, verdict, VERDICT_COUNT)
CHECK(tier, tier, PRIVACY_COUNT)
CHECK(mode, mode, MODE_COUNT)
CHECK(class_mode, class_mode, CLASS_MODE_COUNT)
CHECK(obs_kind, obs_kind, OBS_KIND_COUNT)
CHECK(auth_state, auth_state, AUTH_STATE_COUNT)
CHECK(op_verb, op_verb, OP_VERB_COUNT)
CHECK(login_result, login_result, LOGIN_RESULT_COUNT)

/* The words that the store and other programs hold on to. */
static void the_words_stay_what_they_are(void **state)
{
	(void)state;
	assert_int_equal(label_parse("unknown_user"), LABEL_UNKNOWN_USER);
	assert_int_equal(label_parse("delivered"), LABEL_DELIVERED);
	assert_int_equal(line_class_parse("dynamic"), CLASS_DYNAMIC);
	assert_int_equal(action_parse("block"), ACTION_BLOCK);
	assert_int_equal(cause_parse("detector"), CAUSE_DETECTOR);
	assert_int_equal(incident_kind_parse("spam_bot"), INCIDENT_SPAM_BOT);
	assert_int_equal(spf_result_parse("softfail"), SPF_SOFTFAIL);
	assert_int_equal(verdict_parse("cannot_tell"), VERDICT_CANNOT_TELL);
	assert_int_equal(tier_parse("domains"), PRIVACY_DOMAINS);
	assert_int_equal(mode_parse("enforce"), MODE_ENFORCE);
	assert_int_equal(obs_kind_parse("tick"), OBS_TICK);
	assert_int_equal(op_verb_parse("release"), OP_RELEASE);
}

#define TEST(word) cmocka_unit_test(word##_names_are_distinct_and_come_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(label),
	    TEST(line_class),
	    TEST(action),
	    TEST(cause),
	    TEST(incident_kind),
	    TEST(incident_state),
	    TEST(closed_as),
	    TEST(spf_result),
	    TEST(verdict),
	    TEST(tier),
	    TEST(mode),
	    TEST(class_mode),
	    TEST(obs_kind),
	    TEST(auth_state),
	    TEST(op_verb),
	    TEST(login_result),
	    cmocka_unit_test(the_words_stay_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
