/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
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
			if (strcmp(told, rows[i].told) != 0)
				fail_msg(
				    "%s at %zu: %s", rows[i].in, cut, told);
		}
	}
}

static void a_long_from_is_skipped_and_said(void **state)
{
	static struct smtp_header h;
	static const char tail[] = " <a@one.example>\r\nReceived: x\r\n\r\n";

	(void)state;
	smtp_header_init(&h);
	smtp_header_feed(&h, (const uint8_t *)"From: ", 6);
	for (int i = 0; i < 3000; i++)
		smtp_header_feed(&h, (const uint8_t *)"x", 1);
	smtp_header_feed(&h, (const uint8_t *)tail, sizeof(tail) - 1);
	assert_int_equal(h.n_from, 1);
	assert_true(h.from[0].unparsed);
	assert_int_equal(h.received_count, 1);
	assert_true(h.complete);
}

static void after_a_gap_nothing_is_added(void **state)
{
	static struct smtp_header h;
	static const char one[] = "From: a@one.example\r\nFrom: b@";
	static const char two[] = "two.example\r\nDKIM-Signature: x\r\n\r\n";

	(void)state;
	smtp_header_init(&h);
	smtp_header_feed(&h, (const uint8_t *)one, sizeof(one) - 1);
	smtp_header_gap(&h);
	smtp_header_feed(&h, (const uint8_t *)two, sizeof(two) - 1);
	smtp_header_end(&h);
	assert_int_equal(h.n_from, 1);
	assert_false(h.complete);
	assert_false(h.dkim_signature);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers_are_read_at_every_split),
	    cmocka_unit_test(a_long_from_is_skipped_and_said),
	    cmocka_unit_test(after_a_gap_nothing_is_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
