/* SPDX-License-Identifier: Apache-2.0 */
/* Public signed messages and what their authors expect of the body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/message.h"

#define CORPUS    "../shared/corpus/dkim/"
#define STALWART  CORPUS "stalwart-mail-auth/resources/dkim/"
#define RSPAMD    CORPUS "rspamd/test/functional/messages/"
#define FIXTURES  CORPUS "mailauth/test/fixtures/"
#define BYTES_MAX (256 * 1024)

/* matches: m, mismatch: x, malformed: !, unseen: ?, one per signature.
 * Some that fail as a whole have a good body and a changed header
 * (bad_dkim2, bad_dkim3) or signature (ed25519-broken); the key tests have
 * the body hash of another text. keys: lines of key records come first. */
static const struct {
	const char *path, *bodies;
	bool keys;
} rows[] = {
    {STALWART "001.txt", "mm", true},
    {STALWART "002.txt", "m", true},
    {STALWART "003.txt", "mm", true},
    {STALWART "004.txt", "m", true},
    {STALWART "005.txt", "m", true},
    {STALWART "006.txt", "m", true},
    {RSPAMD "dmarc/good_dkim_highsecure.eml", "m", false},
    {RSPAMD "dmarc/bad_dkim_highsecure.eml", "x", false},
    {RSPAMD "dmarc/bad_dkim_rspamd.eml", "x", false},
    {RSPAMD "dmarc/bad_dkim2.eml", "m", false},
    {RSPAMD "dmarc/bad_dkim3.eml", "m", false},
    {RSPAMD "dmarc/dkim_unknown_tags.eml", "m", false},
    {RSPAMD "dkim_key_wide_ok.eml", "x", false},
    {RSPAMD "dkim_key_too_wide.eml", "x", false},
    {RSPAMD "dkim_broken_key.eml", "x", false},
    {RSPAMD "dkim_large_hlist.eml", "!", false},
    {RSPAMD "ed25519.eml", "mm", false},
    {RSPAMD "ed25519-broken.eml", "mm", false},
    {FIXTURES "message2.eml", "m", false},
    {FIXTURES "message3.eml", "mm", false},
    {FIXTURES "message4.eml", "m", false},
    {FIXTURES "arc-pass.eml", "m", false},
    {FIXTURES "arc-pass2.eml", "mm", false},
    {FIXTURES "authtest.eml", "m", false},
    {FIXTURES "bimi.eml", "mm", false},
};

/* Lines end with CRLF, as on the wire. */
static char *read_file(const char *path, bool keys, size_t *len)
{
	static char raw[BYTES_MAX];
	static char text[2 * BYTES_MAX];
	FILE *f = fopen(path, "rb");
	char *p = raw, *end;

	if (f == NULL)
		return NULL;
	end = raw + fread(raw, 1, sizeof(raw) - 1, f);
	fclose(f);
	*end = '\0';
	if (keys && strstr(raw, "\n\n") != NULL)
		p = strstr(raw, "\n\n") + 2;
	else if (keys && strstr(raw, "\n\r\n") != NULL)
		p = strstr(raw, "\n\r\n") + 3;
	for (*len = 0; p < end; p++) {
		if (*p == '\n' && (p == raw || p[-1] != '\r'))
			text[(*len)++] = '\r';
		text[(*len)++] = *p;
	}
	return text;
}

static void judge(const char *text, size_t len, char out[static 8])
{
	static const char letters[] = "?mx";
	struct smtp_message m;
	const struct dkim_evidence *e;
	size_t n;

	smtp_message_init(&m, 0);
	for (size_t i = 0; i < len; i += 1448)
		smtp_message_chunk(&m, (const uint8_t *)text + i,
		    len - i < 1448 ? len - i : 1448);
	smtp_message_end(&m);
	e = dkim_signatures(m.header.dkim, &n);
	for (size_t i = 0; i < n; i++)
		out[i] = e[i].malformed ? '!' : letters[e[i].body];
	out[n] = '\0';
	smtp_header_clear(&m.header);
}

static void bodies_are_judged_as_expected(void **state)
{
	const size_t all = sizeof(rows) / sizeof(rows[0]);
	size_t seen = 0, agreed = 0, len;
	char got[8], *text;

	(void)state;
	for (size_t i = 0; i < all; i++) {
		text = read_file(rows[i].path, rows[i].keys, &len);
		if (text == NULL)
			continue;
		seen++;
		judge(text, len, got);
		if (strcmp(got, rows[i].bodies) == 0)
			agreed++;
		else
			print_message("%s: expected %s, got %s\n", rows[i].path,
			    rows[i].bodies, got);
	}
	print_message("%zu of %zu messages agree\n", agreed, seen);
	if (seen == 0) {
		print_message("skipped: no %s\n", CORPUS);
		skip();
	}
	assert_int_equal(agreed, seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bodies_are_judged_as_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
