/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/logins.h"

#include <sys/stat.h>

#include "tests/unit/analyzer/logins/files.h"

struct taken {
	struct file_position position;
	bool has_position, fails;
	int commits;
	int64_t attempts, messages, most;
	int64_t counts[LOGIN_COUNT_N];
	char customer[64];
	struct addr client;
};
static struct taken t;
static char err[512];

static int on_commit(void *arg, const struct login_batch *b)
{
	struct taken *to = arg;
	const char *customer;

	if (to->fails)
		return -1;
	to->commits++;
	for (struct login_sum *m = b->sums->by_key; m; m = m->hh.next) {
		to->attempts += m->attempts;
		to->messages += m->messages;
		to->client = m->client;
		customer = login_accounts_customer(b->accounts, m->key.account);
		snprintf(to->customer, sizeof(to->customer), "%s",
		    customer != NULL ? customer : "");
	}
	if (to->most < HASH_COUNT(b->sums->by_key))
		to->most = HASH_COUNT(b->sums->by_key);
	for (int i = 0; i < LOGIN_COUNT_N; i++)
		to->counts[i] += b->counts[i];
	if (b->n_positions > 0) {
		to->position = b->positions[0];
		to->has_position = true;
	}
	return 0;
}

static int on_position(void *arg, const char *path, struct file_position *p)
{
	const struct taken *from = arg;

	assert_string_equal(path, in_dir("log"));
	*p = from->position;
	return from->has_position;
}

static struct logins *open_logins(void)
{
	struct logins_owner owner = {on_commit, on_position, &t};
	struct logins *l = logins_new(&conf, owner, err, sizeof(err));

	if (l == NULL)
		print_error("%s\n", err);
	return l;
}

static int up(void **state)
{
	memset(&t, 0, sizeof(t));
	files_up(state);
	free(conf.login_time_zone);
	conf.login_time_zone = strdup("utc");
	return 0;
}

#define OK(who, from)                                                          \
	"2026-11-25T18:43:53Z mx1 postfix/smtpd[1]: ABCDE: client=x[" from     \
	"]:1, sasl_method=PLAIN, sasl_username=" who "\n"

static void a_file_is_read_whole(void **state)
{
	struct logins *l;

	(void)state;
	put("accounts.csv", "w", "account,customer\nfoo,C1\n");
	conf.login_accounts_file = strdup(in_dir("accounts.csv"));
	put("log", "w",
	    OK("foo", "192.0.2.7") OK("foo", "192.0.2.7") "nothing\n" OK(
		"f oo", "192.0.2.7") "{\n"
				     "2026-11-25T18:43:53Z mx1 "
				     "postfix/smtpd[1]: warning: "
				     "x[192.0.2.7]: SASL LOGIN authentication "
				     "failed: x\n"
				     "2099-11-25T18:43:53Z mx1 "
				     "postfix/smtpd[1]: ABCDE: "
				     "client=x[192.0.2.7]:1, "
				     "sasl_method=PLAIN, sasl_username=foo\n"
				     "2026-11-25T18:43:53Z mx1 "
				     "postfix/smtpd[1]: ABCDE: "
				     "client=x[192.0.2.9]:1, "
				     "sasl_method=PLAIN, sasl_username=foo");
	l = open_logins();
	assert_non_null(l);
	assert_int_equal(
	    logins_read_file(l, in_dir("log"), err, sizeof(err)), 0);
	assert_int_equal(t.commits, 1);
	assert_int_equal(t.attempts, 3);
	assert_int_equal(t.messages, 3);
	assert_string_equal(t.customer, "C1");
	assert_int_equal(t.counts[LOGIN_COUNT_LINES], 8);
	assert_int_equal(t.counts[LOGIN_COUNT_BAD], 2);
	assert_int_equal(t.counts[LOGIN_COUNT_NAMELESS], 1);
	assert_int_equal(t.counts[LOGIN_COUNT_FUTURE], 1);
	assert_int_equal(t.counts[LOGIN_COUNT_EVENTS], 4);
	assert_int_equal(
	    logins_read_file(l, in_dir("none"), err, sizeof(err)), -1);
	assert_non_null(strstr(err, "none"));
	t.fails = true;
	assert_int_equal(
	    logins_read_file(l, in_dir("log"), err, sizeof(err)), -1);
	logins_free(l);
}

/* A million guesses, each at another account and from another network. */
static void a_flood_of_guesses_takes_bounded_memory(void **state)
{
	FILE *f = fopen(in_dir("log"), "w");
	struct logins *l;

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 1000000; i++)
		fprintf(f,
		    "2026-11-25T18:%02d:53Z mx1 postfix/smtpd[1]: warning: "
		    "x[10.%d.%d.1]: SASL LOGIN authentication failed: x, "
		    "sasl_username=u%d\n",
		    i / 100000, i >> 8 & 255, i & 255, i);
	fclose(f);
	l = open_logins();
	assert_non_null(l);
	assert_int_equal(
	    logins_read_file(l, in_dir("log"), err, sizeof(err)), 0);
	assert_int_equal(t.attempts, 1000000);
	assert_int_equal(t.most, LOGIN_SUMS_MAX);
	assert_int_equal(t.commits, 1000000 / LOGIN_SUMS_MAX + 1);
	logins_free(l);
}

/* Whatever was not handed over is read again, nothing twice. */
static void a_restart_neither_loses_nor_doubles(void **state)
{
	uv_loop_t loop;
	int64_t written = 0;

	(void)state;
	conf.login_files[0] = strdup(in_dir("log"));
	conf.login_interval_s = 1;
	uv_loop_init(&loop);
	for (int round = 0; round < 6; round++) {
		struct logins *l = open_logins();
		int before = t.commits;

		assert_non_null(l);
		assert_int_equal(logins_follow(l, &loop, err, sizeof(err)), 0);
		for (int i = 0; i < 50; i++, written++)
			put("log", "a", OK("foo", "192.0.2.7"));
		if (round == 2)
			rename(in_dir("log"), in_dir("log.1"));
		/* in odd rounds it ends before anything is handed over */
		while (round % 2 == 0 && t.commits == before)
			uv_run(&loop, UV_RUN_ONCE);
		for (int i = 0; round % 2 == 1 && i < 5; i++)
			uv_run(&loop, UV_RUN_ONCE);
		logins_free(l);
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	for (struct logins *l = open_logins();;) {
		logins_follow(l, &loop, err, sizeof(err));
		while (t.attempts < written)
			uv_run(&loop, UV_RUN_ONCE);
		logins_free(l);
		uv_run(&loop, UV_RUN_DEFAULT);
		break;
	}
	assert_int_equal(t.attempts, written);
	assert_int_equal(t.counts[LOGIN_COUNT_LINES], written);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void a_wrong_zone_is_said_at_once(void **state)
{
	(void)state;
	free(conf.login_time_zone);
	conf.login_time_zone = strdup("JST");
	assert_null(open_logins());
	assert_non_null(strstr(err, "logins.time_zone = JST"));
	logins_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, up, files_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_file_is_read_whole),
	    TEST(a_flood_of_guesses_takes_bounded_memory),
	    TEST(a_restart_neither_loses_nor_doubles),
	    TEST(a_wrong_zone_is_said_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
