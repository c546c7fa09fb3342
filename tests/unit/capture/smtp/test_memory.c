/* SPDX-License-Identifier: Apache-2.0 */
/* What a session holds, as the allocator sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <malloc.h>

#include "capture/smtp/machine.h"
#include "dialogue.h"

static struct told told;
static struct story story;

static void play(struct smtp_session *s, const char *script)
{
	story_read(&story, script);
	for (size_t i = 0; i < story.n; i++)
		smtp_session_feed(s, story.step[i].dir,
		    (const uint8_t *)story.step[i].text, story.step[i].len, 1);
}

static const char hello[] = "S:220 mx.example ESMTP ready\n"
			    "C:EHLO client.example\n"
			    "S:250-mx.example at your service\n"
			    "S:250-SIZE 30000000\nS:250-8BITMIME\n"
			    "S:250 PIPELINING\n";

/* Of the block, with malloc's word in front of it. */
static size_t block(void *p)
{
	return malloc_usable_size(p) + sizeof(size_t);
}

static void an_idle_session_is_small(void **state)
{
	struct smtp_session *s = story_begin(&told);

	(void)state;
	play(s, hello);
	/* All that it holds. */
	assert_null(s->client_line.text);
	assert_null(s->server_line.text);
	assert_null(s->reply.text);
	assert_null(s->message);
	assert_null(s->hello);
	assert_null(s->queue.head);
	assert_null(s->early);
	assert_null(s->open);
	assert_null(s->sni);
	assert_in_range(block(s) + block(s->replies.v) + block(s->helo_name),
	    100, SMTP_IDLE_BYTES);
	assert_in_range(smtp_session_bytes(s), 100, SMTP_IDLE_BYTES);
	smtp_session_free(s);
}

/* After work it is as small as before. */
static void nothing_stays_behind(void **state)
{
	struct smtp_session *s = story_begin(&told);
	size_t idle;

	(void)state;
	play(s, hello);
	play(s, "C:RSET\nS:250 ok\nC:QUI\nS:500 5.5.1 what\n");
	idle = smtp_session_bytes(s);
	for (int i = 0; i < 3; i++) {
		play(s, "C:MAIL FROM:<a@one.example>\nS:250 ok\n"
			"C:RCPT TO:<b@two.example>\nS:250 ok\n"
			"C:DATA\nS:354 go\nC:From: a@one.example\nC:\nC:x\n"
			"C:.\nS:250 ok\n");
		assert_int_equal(smtp_session_bytes(s), idle);
	}
	play(s, "S>250-half a li\n");
	assert_int_equal(smtp_session_bytes(s), idle + 128);
	play(s, "S>ne^~250 end^~\n");
	assert_int_equal(smtp_session_bytes(s), idle);
	smtp_session_free(s);
}

static void say(struct smtp_session *s, enum smtp_dir dir, const char *text)
{
	smtp_session_feed(s, dir, (const uint8_t *)text, strlen(text), 1);
}

static void drop(void *arg, const struct smtp_transaction *t, int64_t now_us)
{
	(void)t;
	(void)now_us;
	++*(int *)arg;
}

/* An enemy who never lets the server answer, with the longest of all. */
static void a_flood_stays_within_the_bound(void **state)
{
	static char line[1100];
	struct addr client = {{0}};
	int told_n = 0;
	struct smtp_session *s =
	    smtp_session_new(&client, 25, 1, drop, &told_n);
	size_t messages = 10 * (sizeof(struct smtp_message) + 4096);
	size_t bound = SMTP_PENDING_BYTES_MAX + messages + 24 * 1024, most = 0;

	(void)state;
	play(s, hello);
	for (int i = 0; i < 5000; i++) {
		int n = snprintf(line, sizeof(line), "MAIL FROM:<%.300s%d@",
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		    i);

		for (int k = 0; k < 40; k++)
			n += snprintf(
			    line + n, sizeof(line) - (size_t)n, "abcde.");
		snprintf(line + n, sizeof(line) - (size_t)n, "example>\r\n");
		say(s, SMTP_CLIENT, line);
		/* First commands alone: messages have a bound of their own. */
		if (i > 3000 && i % 50 == 0)
			say(s, SMTP_CLIENT,
			    "DATA\r\nFrom: <a@one.example>\r\n\r\n.\r\n");
		say(s, SMTP_CLIENT, "RCPT TO:<b@two.example>\r\n");
		if (i > 4000)
			say(s, SMTP_CLIENT, "BDAT 3\r\nx\r\n");
		if (smtp_session_bytes(s) > most)
			most = smtp_session_bytes(s);
	}
	assert_in_range(most, SMTP_PENDING_BYTES_MAX / 2, bound);
	smtp_session_free(s);
	assert_true(told_n > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_idle_session_is_small),
	    cmocka_unit_test(nothing_stays_behind),
	    cmocka_unit_test(a_flood_stays_within_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
