/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/header.h"

static const struct {
	const char *in, *told;
} rows[] = {
    {"From: a@one.example\r\n\r\nFrom: b@two.example\r\n",
	"a@one.example complete"},
    {"from:a@one.example\r\n", "a@one.example complete"},
    {"From : a@one.example\n\n", "a@one.example complete"},
    {"From: A B <a@one.example>\r\n\r\n", "a@one.example complete"},
    {"From: \"B, <x@y.example>\" <a@one.example>\r\n\r\n",
	"a@one.example complete"},
    {"From: a@one.example (x@y.example, (nested))\r\n\r\n",
	"a@one.example complete"},
    {"From: <a@one.example> (A \\) <z@z.example>)\r\n\r\n",
	"a@one.example complete"},
    {"From: =?utf-8?B?QUI=?= <a@one.example>\r\n\r\n",
	"a@one.example complete"},
    {"From: =?utf-8?Q?x@y.example,?= <a@one.example>\r\n\r\n",
	"a@one.example complete"},
    {"From: a@one.example,\r\n\tb@two.example\r\n\r\n",
	"a@one.example b@two.example complete"},
    {"From: a@one.example\r\nFrom: b@two.example\r\n\r\n",
	"a@one.example b@two.example complete"},
    {"From: us: a@one.example, B <b@two.example>;\r\n\r\n",
	"a@one.example b@two.example complete"},
    {"From: nobody:;\r\n\r\n", "complete"},
    {"From: a @ one . example\r\n\r\n", "a@one.example complete"},
    {"From: \"a b\"@one.example\r\n\r\n", "a b@one.example complete"},
    {"From: <@x.example:a@one.example>\r\n\r\n", "a@one.example complete"},
    {"From: no address\r\n\r\n", "? complete"},
    {"From: <a@one.example\r\n\r\n", "? complete"},
    {"From: a@b@one.example\r\n\r\n", "? complete"},
    {"From:\r\n\r\n", "complete"},
    {"From: a@[192.0.2.1]\r\n\r\n", "a@[192.0.2.1] complete"},
    {"From me Mon Nov  2 10:00:00\nFrom: a@one.example\n\n",
	"a@one.example complete"},
    {"Received: x\r\n y\r\nReceived: z\r\nX-Received: n\r\n\r\n",
	"complete received=2"},
    {"dkim-signature: v=1;\r\n a=b\r\n\r\n", "complete dkim"},
    {"Subject: DKIM-Signature: no\r\n From: x@y.example\r\n\r\n", "complete"},
    {"From: a@one.example\r\nno colon\r\nFrom: b@two.example\r\n\r\n",
	"a@one.example"},
    {"\r\nFrom: a@one.example\r\n", "complete"},
    {"", "complete"},
    {"From: a@one.example\r\nSub", "a@one.example"},
    {"From: \"A,\r\n B\" <a@one.example>\r\n\r\n", "a@one.example complete"},
    {"From: (c\r\n d) a\r\n @one.example\r\n\r\n", "a@one.example complete"},
    {"From: <@x.example,@y.example:a@one.example>\r\n\r\n",
	"a@one.example complete"},
    {"From: a\001@one.example\r\n\r\n", "? complete"},
    {"From: \xd6 <a@one.example>\r\n\r\n", "a@one.example complete"},
    {"Message-ID: <1.2@Host.Example>\r\n\r\n", "complete id=host.example"},
    {"MESSAGE-ID:\r\n <a@b@[192.0.2.1]> (c)\r\n\r\n",
	"complete id=[192.0.2.1]"},
    {"Message-ID: a@b.example\r\n\r\n", "complete"},
    {"Message-ID: <a@b c>\r\nMessage-ID: <a@c.example>\r\n\r\n",
	"complete id=c.example"},
    {"List-ID: A <a.example>\r\n\r\n", "complete list"},
    {"Auto-Submitted: no\r\n\r\n", "complete auto=1"},
    {"Auto-Submitted:\r\n (c (d)) Auto-Generated; x=y\r\n\r\n",
	"complete auto=2"},
    {"Auto-Submitted: auto-replied(c)\r\n\r\n", "complete auto=3"},
    {"Auto-Submitted: auto-notified\r\n\r\n", "complete auto=4"},
    {"Auto-Submitted:\r\n\r\n", "complete auto=4"},
    {"From: a@one.example\n\r\r\nFrom: b@two.example\n",
	"a@one.example complete"},
    {":x\r\n From: b@two.example\r\nFrom: a@one.example\r\n\r\n",
	"a@one.example complete"},
    {"From: 1@a.example, 2@a.example, 3@a.example, 4@a.example, "
     "5@a.example\r\n\r\n",
	"1@a.example 2@a.example 3@a.example 4@a.example complete"},
};

static void tell(const struct smtp_header *h, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < h->n_from; i++)
		n += (size_t)(h->from[i].unparsed
				  ? snprintf(out + n, size - n, "? ")
				  : snprintf(out + n, size - n, "%s@%s ",
					h->from[i].local, h->from[i].domain));
	if (h->complete)
		n += (size_t)snprintf(out + n, size - n, "complete ");
	if (h->dkim_signature)
		n += (size_t)snprintf(out + n, size - n, "dkim ");
	if (h->received_count > 0)
		n += (size_t)snprintf(
		    out + n, size - n, "received=%u ", h->received_count);
	if (h->message_id != NULL)
		n += (size_t)snprintf(
		    out + n, size - n, "id=%s ", h->message_id);
	if (h->list_id)
		n += (size_t)snprintf(out + n, size - n, "list ");
	if (h->auto_submitted != 0)
		n += (size_t)snprintf(
		    out + n, size - n, "auto=%u ", h->auto_submitted);
	if (n > 0)
		out[n - 1] = '\0';
}

static void headers_are_read_at_every_split(void **state)
{
	static struct smtp_header h;
	char told[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint8_t *p = (const uint8_t *)rows[i].in;
		size_t len = strlen(rows[i].in);

		for (size_t cut = 0; cut <= len; cut++) {
			smtp_header_init(&h);
			smtp_header_feed(&h, p, cut);
			smtp_header_feed(&h, p + cut, len - cut);
			smtp_header_end(&h);
			tell(&h, told, sizeof(told));
			assert_null(h.text);
			smtp_header_clear(&h);
			if (strcmp(told, rows[i].told) != 0)
				fail_msg(
				    "%s at %zu: %s", rows[i].in, cut, told);
		}
	}
}

static void put(struct smtp_header *h, const char *text)
{
	smtp_header_feed(h, (const uint8_t *)text, strlen(text));
}

static void a_long_from_is_skipped_and_said(void **state)
{
	struct smtp_header h;

	(void)state;
	smtp_header_init(&h);
	put(&h, "From: ");
	for (int i = 0; i < 3000; i++)
		put(&h, "x");
	put(&h, " <a@one.example>\r\nReceived: x\r\n\r\n");
	assert_int_equal(h.n_from, 1);
	assert_true(h.from[0].unparsed);
	assert_int_equal(h.received_count, 1);
	assert_true(h.complete);
	assert_true(h.overlong);
	smtp_header_clear(&h);
}

/* A header of filler lines up to just below a size, then the rest. */
static void fill(struct smtp_header *h, size_t size, size_t piece)
{
	static const char rest[] = "DKIM-Signature: v=1\r\nFrom: a@one.example"
				   "\r\n\r\nbody";
	char *text = malloc(size + sizeof(rest));
	size_t n = 0, used = 0, len = size + sizeof(rest) - 1;

	assert_non_null(text);
	for (; n + 80 < size; n += 80)
		memcpy(text + n,
		    "X-Filler: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n",
		    80);
	memset(text + n, 'x', size - n);
	text[n] = 'Y';
	text[n + 1] = ':';
	text[size - 1] = '\n';
	memcpy(text + size, rest, sizeof(rest));
	smtp_header_init(h);
	for (size_t i = 0; i < len && !h->over; i += piece)
		used += smtp_header_feed(h, (const uint8_t *)text + i,
		    len - i < piece ? len - i : piece);
	assert_int_equal(used, len - 4);
	free(text);
}

static void above_the_budget_there_is_no_evidence_but_a_from(void **state)
{
	static const size_t pieces[] = {1, 7, 1448, 70000};
	const size_t rest = 44;
	struct smtp_header h;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		fill(&h, SMTP_HEADER_BYTES_MAX - rest, pieces[i]);
		assert_non_null(h.dkim);
		assert_false(h.overlong);
		smtp_header_clear(&h);
		fill(&h, SMTP_HEADER_BYTES_MAX - rest + 1, pieces[i]);
		assert_null(h.dkim);
		assert_true(h.overlong && h.complete && h.dkim_signature);
		assert_int_equal(h.n_from, 1);
		smtp_header_clear(&h);
		fill(&h, SMTP_HEADER_BYTES_MAX * 2, pieces[i]);
		assert_null(h.dkim);
		assert_string_equal(h.from[0].domain, "one.example");
		smtp_header_clear(&h);
	}
}

static void after_a_gap_nothing_is_added(void **state)
{
	struct smtp_header h;

	(void)state;
	smtp_header_init(&h);
	put(&h, "From: a@one.example\r\nFrom: b@");
	smtp_header_gap(&h);
	put(&h, "two.example\r\nDKIM-Signature: x\r\n\r\n");
	smtp_header_end(&h);
	assert_int_equal(h.n_from, 1);
	assert_false(h.complete);
	assert_false(h.dkim_signature);
	smtp_header_clear(&h);
}

static void without_want_there_is_no_evidence(void **state)
{
	static const char text[] = "DKIM-Signature: v=1; a=rsa-sha256; "
				   "d=one.example\r\n\r\n";
	struct smtp_header h;

	(void)state;
	for (int wanted = 0; wanted < 2; wanted++) {
		smtp_header_init(&h);
		h.no_dkim = !wanted;
		put(&h, text);
		assert_true(h.complete && h.dkim_signature);
		assert_int_equal(h.dkim != NULL, wanted);
		smtp_header_clear(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers_are_read_at_every_split),
	    cmocka_unit_test(a_long_from_is_skipped_and_said),
	    cmocka_unit_test(above_the_budget_there_is_no_evidence_but_a_from),
	    cmocka_unit_test(after_a_gap_nothing_is_added),
	    cmocka_unit_test(without_want_there_is_no_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
