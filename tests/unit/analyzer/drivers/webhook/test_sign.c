/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/webhook/sign.h"

static char path[] = "/tmp/sekisho-keys-XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd >= 0 ? close(fd) : -1;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int read_keys(struct sign_keys *k, const char *text)
{
	char why[300];
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return sign_keys_read(k, path, why, sizeof(why));
}

/* The example of the documentation of Svix, who wrote the standard; the value
 * was computed by Node's crypto. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define WANT   "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

static void the_signature_is_the_standards(void **state)
{
	static const char body[] = "{\"test\": 2432232314}";
	char header[SIGN_HEADER_SIZE];
	struct sign_keys k;

	(void)state;
	assert_int_equal(read_keys(&k, "# now\n\n" SECRET "\n"), 0);
	assert_int_equal(k.n, 1);
	assert_int_equal(k.v[0].len, 24);
	assert_int_equal(sign_header(header, &k, "msg_p5jXN8AQM9LWM0D4loKWxJek",
			     1614265330, body, strlen(body)),
	    0);
	assert_string_equal(header, WANT);
	assert_int_equal(read_keys(&k, SECRET "\n" SECRET " # old\n"), 0);
	assert_int_equal(sign_header(header, &k, "msg_p5jXN8AQM9LWM0D4loKWxJek",
			     1614265330, body, strlen(body)),
	    0);
	assert_string_equal(header, WANT " " WANT);
}

#define A20 "AAAAAAAAAAAAAAAAAAAA"

static void keys_that_are_none(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
	    {"", -1},
	    {"# only this\n", -1},
	    {"secret\n", -1},
	    {"whsec_\n", -1},
	    {"whsec_MfKQ\n", -1},
	    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS\n", -1},
	    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa*w\n", -1},
	    {"whsec_" A20 A20 A20 A20 "AAAAAAA=\n", -1}, /* 65 bytes */
	    {"whsec_" A20 A20 A20 A20 "AAAAAA==\n", 0},  /* 64 bytes */
	    {"whsec_" A20 A20 A20 A20 A20 A20 A20 A20 "\n", -1},
	    {SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n", 0},
	    {SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n" SECRET "\n", -1},
	};
	struct sign_keys k;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (read_keys(&k, cases[i].text) != cases[i].rc)
			fail_msg("%s", cases[i].text);
}

static const char *id_of(const char *line)
{
	static char id[SIGN_ID_SIZE];
	struct order *o = order_parse(line, strlen(line));

	assert_non_null(o);
	sign_order_id(id, o);
	order_free(o);
	return id;
}

#define ORDER(op, seq, event, target, until)                                   \
	"{\"op\":\"" op "\",\"seq\":" seq ",\"event\":\"" event                \
	"\",\"cause\":\"detector\",\"subscriber\":\"A\",\"targets\":["         \
	"\"" target "\"],\"until_us\":" until "}"

static void the_same_order_has_the_same_id(void **state)
{
	char id[SIGN_ID_SIZE];

	(void)state;
	strcpy(id, id_of(ORDER("block", "41", "new", "192.0.2.7", "5")));
	assert_memory_equal(id, "sekisho_41_", 11);
	assert_null(strchr(id, '.'));
	assert_string_equal(
	    id, id_of(ORDER("block", "41", "restored", "192.0.2.7", "5")));
	assert_string_not_equal(
	    id, id_of(ORDER("unblock", "41", "new", "192.0.2.7", "5")));
	assert_string_not_equal(
	    id, id_of(ORDER("block", "42", "new", "192.0.2.7", "5")));
	assert_string_not_equal(
	    id, id_of(ORDER("block", "41", "moved", "192.0.2.8", "5")));
	/* It was taken back meanwhile: no repeat. */
	assert_string_not_equal(id, id_of(ORDER("block", "41", "restored",
					"192.0.2.7", "5,\"turn\":1")));
	strcpy(id, id_of(ORDER("block", "41", "restored", "192.0.2.7",
		       "5,\"turn\":1")));
	assert_memory_equal(id, "sekisho_41_", 11);
	assert_string_not_equal(id, id_of(ORDER("block", "41", "restored",
					"192.0.2.7", "5,\"turn\":2")));
	strcpy(id, id_of(ORDER("block", "41", "new", "192.0.2.7", "5")));
	/* Another database begins with 1 again. */
	assert_string_not_equal(
	    id, id_of(ORDER("block", "41", "new", "192.0.2.7", "6")));
}

#define END(seq, event, cause, who)                                            \
	"{\"op\":\"unblock\",\"seq\":" seq ",\"event\":\"" event               \
	"\",\"cause\":\"" cause "\",\"subscriber\":\"" who                     \
	"\",\"until_us\":0}"

static void the_end_of_a_block_has_one_id(void **state)
{
	char id[SIGN_ID_SIZE];

	(void)state;
	strcpy(id, id_of(END("41", "expire", "expired", "A")));
	assert_string_equal(id, id_of(END("41", "restored", "released", "A")));
	assert_string_not_equal(id, id_of(END("42", "expire", "expired", "A")));
	assert_string_not_equal(id, id_of(END("41", "expire", "expired", "B")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_signature_is_the_standards),
	    cmocka_unit_test(keys_that_are_none),
	    cmocka_unit_test(the_same_order_has_the_same_id),
	    cmocka_unit_test(the_end_of_a_block_has_one_id),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
