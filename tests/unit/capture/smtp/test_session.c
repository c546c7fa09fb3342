/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dialogue.h"

#define HELLO                                                                  \
	"S:220 mx.example ESMTP\n"                                             \
	"C:EHLO client.example\n"                                              \
	"S:250-mx.example\n"                                                   \
	"S:250 SIZE 1000\n"
#define MAIL "C:MAIL FROM:<a@one.example>\nS:250 2.1.0 ok\n"
#define RCPT "C:RCPT TO:<b@two.example>\nS:250 2.1.5 ok\n"
#define BYE  "C:QUIT\nS:221 2.0.0 bye\n"
#define MAILED                                                                 \
	MAIL RCPT "C:DATA\nS:354 go\nC:From: a@one.example\nC:\nC:hi\nC:.\n"   \
		  "S:250 2.0.0 taken\n"

static const struct dialogue {
	const char *name, *script, *told;
} dialogues[] = {
#include "dialogues.inc"
};
#define N (sizeof(dialogues) / sizeof(dialogues[0]))

static struct story story;
static struct told told, base;

static void play_whole(struct told *t, int only)
{
	struct smtp_session *s = story_begin(t);

	for (size_t i = 0; i < story.n; i++)
		if (only < 0 || (int)story.step[i].dir == only)
			feed(s, &story.step[i], 0, story.step[i].len);
	story_end(s, t);
}

static void every_dialogue_tells_its_story(void **state)
{
	bool bless = getenv("DIALOGUE_PRINT") != NULL;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		story_read(&story, dialogues[i].script);
		play_whole(&told, -1);
		if (bless)
			printf("== %s\n%s", dialogues[i].name, told.text);
		else if (strcmp(told.text, dialogues[i].told) != 0)
			fail_msg("%s:\ngot  %swant %s", dialogues[i].name,
			    told.text, dialogues[i].told);
	}
}

static void any_split_gives_the_same_events(void **state)
{
	struct smtp_session *s;

	(void)state;
	for (size_t d = 0; d < N; d++) {
		story_read(&story, dialogues[d].script);
		play_whole(&base, -1);
		for (size_t k = 0; k < story.n; k++) {
			for (size_t cut = 1; cut < story.step[k].len; cut++) {
				s = story_begin(&told);
				for (size_t i = 0; i < story.n; i++) {
					struct step *p = &story.step[i];
					size_t c = i == k ? cut : p->len;

					feed(s, p, 0, c);
					feed(s, p, c, p->len);
				}
				story_end(s, &told);
				assert_string_equal(told.text, base.text);
			}
		}
	}
}

static void byte_by_byte_gives_the_same_events(void **state)
{
	struct smtp_session *s;

	(void)state;
	for (size_t d = 0; d < N; d++) {
		story_read(&story, dialogues[d].script);
		play_whole(&base, -1);
		s = story_begin(&told);
		for (size_t i = 0; i < story.n; i++)
			for (size_t c = 0; c < story.step[i].len; c++)
				feed(s, &story.step[i], c, c + 1);
		story_end(s, &told);
		assert_string_equal(told.text, base.text);
	}
}

/* Steps of one direction in a row come in one piece. */
static void joined_steps_give_the_same_events(void **state)
{
	static struct step joined;
	struct smtp_session *s;

	(void)state;
	for (size_t d = 0; d < N; d++) {
		story_read(&story, dialogues[d].script);
		play_whole(&base, -1);
		s = story_begin(&told);
		for (size_t i = 0; i < story.n;) {
			joined.dir = story.step[i].dir;
			joined.len = 0;
			for (; i < story.n && story.step[i].dir == joined.dir &&
			       joined.len + story.step[i].len <
				   sizeof(joined.text);
			     i++) {
				memcpy(joined.text + joined.len,
				    story.step[i].text, story.step[i].len);
				joined.len += story.step[i].len;
			}
			feed(s, &joined, 0, joined.len);
		}
		story_end(s, &told);
		assert_string_equal(told.text, base.text);
	}
}

struct check {
	const struct dialogue *d;
	size_t step;
};

/* A value stands in the dialogue, and not in the text of a message. */
static void check_said(const struct check *c, const char *value)
{
	if (strstr(c->d->script, value) == NULL ||
	    strstr(value, "evil") != NULL || strstr(value, "body") != NULL)
		fail_msg("%s, step %zu lost: %s is made up", c->d->name,
		    c->step, value);
}

static void check_box(const struct check *c, const struct smtp_address *m)
{
	char text[700];

	if (!m->seen || m->unparsed || m->null_path)
		return;
	snprintf(text, sizeof(text), "%s@%s", m->local, m->domain);
	check_said(c, text);
}

static void check_not_invented(
    void *arg, const struct smtp_transaction *x, int64_t now_us)
{
	struct check *c = arg;

	(void)now_us;
	check_box(c, &x->mail_from);
	for (size_t i = 0; i < x->n_rcpt_domains; i++)
		check_said(c, x->rcpt_domains[i].domain);
	for (size_t i = 0; i < x->n_header_from; i++)
		check_box(c, &x->header_from[i]);
	if (x->helo.name != NULL &&
	    x->helo.kind != SEKISHO__HELO_KIND__HELO_KIND_BARE)
		check_said(c, x->helo.name);
	/* Said only on a reply, and there was none such. */
	if (x->end == SEKISHO__END_OF__END_DELIVERED &&
	    strstr(c->d->told, "end=DELIVERED") == NULL)
		fail_msg("%s, step %zu lost: delivered", c->d->name, c->step);
}

/* Each step in turn is lost, with its length known and unknown. */
static void a_gap_invents_nothing(void **state)
{
	static struct check c;
	struct addr client;

	(void)state;
	assert_int_equal(addr_parse(&client, "192.0.2.7"), 0);
	for (size_t d = 0; d < N; d++) {
		story_read(&story, dialogues[d].script);
		c.d = &dialogues[d];
		for (size_t k = 0; k < 2 * story.n; k++) {
			struct smtp_session *s = smtp_session_new(
			    &client, 25, 1, check_not_invented, &c);

			c.step = k / 2;
			for (size_t i = 0; i < story.n; i++) {
				struct step *p = &story.step[i];

				if (i == k / 2)
					smtp_session_gap(
					    s, p->dir, k % 2 ? p->len : 0, 1);
				else
					feed(s, p, 0, p->len);
			}
			smtp_session_end(s, 1);
			smtp_session_free(s);
		}
	}
}

/* A number for each local part; the domain must be there. */
static uint64_t number_of(void *arg, const char *local, const char *domain)
{
	(void)arg;
	return strcmp(domain, "two.example") == 0 ? (uint64_t)local[0] : 0;
}

static uint64_t sums[4];
static size_t n_sums;

static void keep_sum(void *arg, const struct smtp_transaction *t, int64_t us)
{
	(void)arg;
	(void)us;
	if (n_sums < 4)
		sums[n_sums++] = t->rcpt_sum;
}

static void play_sums(const char *script, bool hash, size_t lost)
{
	struct smtp_session *s;
	struct addr client;

	assert_int_equal(addr_parse(&client, "192.0.2.7"), 0);
	story_read(&story, script);
	n_sums = 0;
	s = smtp_session_new(&client, 25, 1, keep_sum, NULL);
	if (hash)
		smtp_session_hash_rcpts(s, number_of);
	for (size_t i = 0; i < story.n; i++)
		if (i == lost)
			smtp_session_gap(
			    s, story.step[i].dir, story.step[i].len, 1);
		else
			feed(s, &story.step[i], 0, story.step[i].len);
	smtp_session_end(s, 1);
	smtp_session_free(s);
}

static void recipients_are_summed(void **state)
{
	/* In a row, in another order, and one that is refused. */
	static const char script[] = HELLO MAIL
	    "C:RCPT TO:<b@two.example>\nS:250 ok\n"
	    "C:RCPT TO:<c@two.example>\nS:550 5.1.1 no\nC:RSET\nS:250 ok\n"
	    "C>MAIL FROM:<a@one.example>^~RCPT TO:<c@two.example>^~RCPT "
	    "TO:<b@two.example>^~\n"
	    "S:250 ok\nS:450 later\nS:450 later\nC:RSET\nS:250 ok\n"
	    "C>MAIL FROM:<a@one.example>^~RCPT TO:<c@two.example>^~RCPT "
	    "TO:<a@b@c>^~\n"
	    "S:250 ok\nS:450 later\nS:501 no\n" BYE;

	(void)state;
	play_sums(script, true, SIZE_MAX);
	assert_int_equal(n_sums, 3);
	assert_true(sums[0] == 'b' + 'c');
	assert_true(sums[1] == sums[0]);
	assert_true(sums[2] == 'c');
	play_sums(script, false, SIZE_MAX);
	assert_int_equal(n_sums, 3);
	assert_true(sums[0] == 0 && sums[1] == 0);
	/* With a part of it lost, nobody knows who is missing. */
	for (size_t i = 0; i < story.n; i++) {
		play_sums(script, true, i);
		for (size_t k = 0; k < n_sums; k++)
			assert_true(sums[k] == 0 || sums[k] == 'b' + 'c' ||
				    sums[k] == 'c' || sums[k] == 'b');
	}
}

static void loss_in_a_transaction_is_said(void **state)
{
	struct smtp_session *s;
	const char *all = HELLO MAILED BYE;

	(void)state;
	story_read(&story, all);
	/* Steps 6..15: behind MAIL's reply, up to the message's reply. */
	for (size_t k = 6; k < 14; k++) {
		s = story_begin(&told);
		for (size_t i = 0; i < story.n; i++)
			if (i == k)
				smtp_session_gap(
				    s, story.step[i].dir, story.step[i].len, 1);
			else
				feed(s, &story.step[i], 0, story.step[i].len);
		story_end(s, &told);
		if (strstr(told.text, " gap") == NULL ||
		    strncmp(told.text, "T EHLO:FQDN:client.example from=a@one",
			37) != 0)
			fail_msg("step %zu: %s", k, told.text);
	}
}

static void play_only(const char *script, int dir, const char *want)
{
	story_read(&story, script);
	play_whole(&told, dir);
	assert_string_equal(told.text, want);
}

static void one_side_alone_is_told_as_far_as_it_goes(void **state)
{
	(void)state;
	play_only(HELLO MAILED MAILED BYE, SMTP_CLIENT,
	    "T EHLO:FQDN:client.example from=a@one.example "
	    "rcpt=0/1,two.example seen=27 hfrom=a@one.example complete "
	    "end=UNKNOWN |\n"
	    "T EHLO:FQDN:client.example from=a@one.example "
	    "rcpt=0/1,two.example seen=27 hfrom=a@one.example complete "
	    "end=UNKNOWN |\n"
	    "S EHLO:FQDN:client.example n=2 |\n");
	play_only(HELLO MAILED BYE, SMTP_SERVER,
	    "S n=0 | GREETING=220 OTHER=250 OTHER=250/2.1.0 "
	    "OTHER=250/2.1.5 DATA=354 OTHER=250/2.0.0 QUIT=221/2.0.0\n");
}

/* Sixty recipients and as many domains: kept up to a number, then said. */
static void domains_are_bounded_and_the_cut_is_said(void **state)
{
	struct smtp_session *s = story_begin(&told);
	char line[128];

	(void)state;
	story_read(&story, HELLO MAIL);
	for (size_t i = 0; i < story.n; i++)
		feed(s, &story.step[i], 0, story.step[i].len);
	for (int i = 0; i < 60; i++) {
		int n = snprintf(
		    line, sizeof(line), "RCPT TO:<u@d%d.example>\r\n", i);

		smtp_session_feed(
		    s, SMTP_CLIENT, (uint8_t *)line, (size_t)n, 1);
		smtp_session_feed(
		    s, SMTP_SERVER, (const uint8_t *)"250 ok\r\n", 8, 1);
	}
	story_end(s, &told);
	assert_non_null(strstr(told.text, "rcpt=60/60,"));
	assert_non_null(strstr(told.text, ",d31.example"));
	assert_null(strstr(told.text, ",d32.example"));
	assert_non_null(strstr(told.text, "RCPT=250x60"));
}

/* More pipelined commands than the queue holds, then all their replies. */
static void a_flood_of_commands_keeps_its_bounds(void **state)
{
	struct smtp_session *s = story_begin(&told);
	char line[128];

	(void)state;
	story_read(&story, HELLO MAIL);
	for (size_t i = 0; i < story.n; i++)
		feed(s, &story.step[i], 0, story.step[i].len);
	for (int i = 0; i < 3000; i++) {
		int n = snprintf(line, sizeof(line),
		    "RCPT TO:<u@d%d.example>\r\n", i % 1500);

		smtp_session_feed(
		    s, SMTP_CLIENT, (uint8_t *)line, (size_t)n, 1);
	}
	for (int i = 0; i < 3000; i++)
		smtp_session_feed(
		    s, SMTP_SERVER, (const uint8_t *)"550 5.1.1 no\r\n", 14, 1);
	story_read(&story, BYE);
	for (size_t i = 0; i < story.n; i++)
		feed(s, &story.step[i], 0, story.step[i].len);
	story_end(s, &told);
	assert_non_null(strstr(told.text, "rcpt=0/3000,"));
	assert_non_null(strstr(told.text, "RCPT=550/5.1.1:UNKNOWN_USERx1024"));
	assert_non_null(strstr(told.text, "end=QUIT"));
}

static void after_the_middle_only_whole_things_count(void **state)
{
	struct smtp_session *s = story_begin(&told);

	(void)state;
	smtp_session_gap(s, SMTP_CLIENT, 0, 1);
	smtp_session_gap(s, SMTP_SERVER, 0, 1);
	story_read(&story, "C:some text of a message\nC:MAIL order\nC:.\n"
			   "S:0 ok\nS:250 2.0.0 taken\n" MAILED BYE);
	for (size_t i = 0; i < story.n; i++)
		feed(s, &story.step[i], 0, story.step[i].len);
	story_end(s, &told);
	assert_string_equal(told.text,
	    "T from=a@one.example rcpt=1/1,two.example seen=27 "
	    "hfrom=a@one.example complete end=DELIVERED | MAIL=250/2.1.0 "
	    "RCPT=250/2.1.5 DATA=354 MESSAGE=250/2.0.0\n"
	    "S n=1 | OTHER=250/2.0.0 QUIT=221/2.0.0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_dialogue_tells_its_story),
	    cmocka_unit_test(any_split_gives_the_same_events),
	    cmocka_unit_test(byte_by_byte_gives_the_same_events),
	    cmocka_unit_test(joined_steps_give_the_same_events),
	    cmocka_unit_test(a_gap_invents_nothing),
	    cmocka_unit_test(recipients_are_summed),
	    cmocka_unit_test(loss_in_a_transaction_is_said),
	    cmocka_unit_test(one_side_alone_is_told_as_far_as_it_goes),
	    cmocka_unit_test(domains_are_bounded_and_the_cut_is_said),
	    cmocka_unit_test(a_flood_of_commands_keeps_its_bounds),
	    cmocka_unit_test(after_the_middle_only_whole_things_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
