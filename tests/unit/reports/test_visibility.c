/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/visibility.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/record.pb-c.h"

static struct observation row(enum obs_kind kind)
{
	struct observation o = {.kind = kind,
	    .traffic_case = 2,
	    .server_port = 25,
	    .customer = "C1"};

	return o;
}

static void only_mail_to_foreign_servers_counts(void **state)
{
	struct visibility v = {0};
	struct observation o = row(OBS_TRANSACTION);

	(void)state;
	o.traffic_case = 1;
	visibility_note(&v, &o);
	o = row(OBS_TRANSACTION);
	o.server_port = 587;
	visibility_note(&v, &o);
	o = row(OBS_ATTEMPT);
	visibility_note(&v, &o);
	o = row(OBS_CLOSE);
	o.tls = SEKISHO__TLS_STATE__TLS_OFFERED;
	visibility_note(&v, &o);
	assert_int_equal(v.mails + v.encrypted, 0);
	assert_int_equal(visibility_permille(&v), -1);
}

static struct visibility some(void)
{
	struct visibility v = {0};
	struct observation o = row(OBS_TRANSACTION);

	visibility_note(&v, &o);
	o.gap = true;
	visibility_note(&v, &o);
	o.gap = false;
	o.verdict = VERDICT_AUTHORISED;
	visibility_note(&v, &o);
	o.verdict = VERDICT_SPOOFED;
	visibility_note(&v, &o);
	o = row(OBS_CLOSE);
	o.tls = SEKISHO__TLS_STATE__TLS_STARTED;
	visibility_note(&v, &o);
	o.tls = SEKISHO__TLS_STATE__TLS_IMPLICIT;
	visibility_note(&v, &o);
	return v;
}

static void mails_and_encrypted_sessions_are_counted(void **state)
{
	struct visibility v = some();
	char words[256];

	(void)state;
	assert_int_equal(v.mails, 4);
	assert_int_equal(v.judged, 2);
	assert_int_equal(v.lost, 1);
	assert_int_equal(v.encrypted, 2);
	assert_int_equal(visibility_permille(&v), 333);
	visibility_words(&v, words, sizeof(words));
	assert_string_equal(words,
	    "the sender could be judged in 2 of 4 mails in the clear; 2 "
	    "encrypted sessions could not be read (visibility 33.3 %)");
}

static void nothing_seen_is_said(void **state)
{
	struct visibility v = {0};
	char words[256];

	(void)state;
	visibility_words(&v, words, sizeof(words));
	assert_string_equal(words, "no mail was seen");
}

static char *json_of(const struct visibility *v)
{
	struct jsonw j;
	char *text;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	visibility_json(v, &j);
	jsonw_object_end(&j);
	text = strdup(jsonw_take(&j));
	jsonw_free(&j);
	return text;
}

static void the_json_has_null_where_there_is_no_ratio(void **state)
{
	struct visibility none = {0}, v = some();
	char *text = json_of(&none);

	(void)state;
	assert_non_null(strstr(text, "\"permille\":null"));
	free(text);
	text = json_of(&v);
	assert_string_equal(text,
	    "{\"visibility\":{\"mails\":4,\"judged\":2,\"lost\":1,"
	    "\"encrypted_sessions\":2,\"permille\":333}}");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_mail_to_foreign_servers_counts),
	    cmocka_unit_test(mails_and_encrypted_sessions_are_counted),
	    cmocka_unit_test(nothing_seen_is_said),
	    cmocka_unit_test(the_json_has_null_where_there_is_no_ratio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
