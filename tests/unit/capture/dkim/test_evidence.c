/* SPDX-License-Identifier: Apache-2.0 */
/* Messages signed here: the signature covers canonical text that is written
 * out by hand, so that nothing of the code under test makes its own vector. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/smtp/message.h"

#define TEXT_MAX 4096

static EVP_PKEY *rsa, *ed25519;

/* #: hash of the body, $: signature (folded), in message and header. */
static const struct {
	const char *name;
	bool ed;
	const char *message; /* dot-stuffed */
	const char *header, *body;
} rows[] = {
    {"simple/simple", false,
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1;\r\n"
	"\th=From:Subject; bh=#;\r\n\tb=$\r\n"
	"From: A <a@one.example>\r\n"
	"SubJect :  two  words \r\n\t folded\r\n\r\n"
	"text \r\n..dot\r\n\r\n\r\n",
	"From: A <a@one.example>\r\n"
	"SubJect :  two  words \r\n\t folded\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1;\r\n"
	"\th=From:Subject; bh=#;\r\n\tb=",
	"text \r\n.dot\r\n"},
    {"relaxed/relaxed", false,
	"Received: x\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n"
	" d=one.example; s=k1; b=$;\r\n h=from : subject; bh=#\r\n"
	"From: A <a@one.example>\r\n"
	"SubJect :  two\t words \r\n\t folded \r\n\r\n"
	" a \t b\t\r\n \r\nc\r\n\t\r\n\r\n",
	"from:A <a@one.example>\r\n"
	"subject:two words folded\r\n"
	"dkim-signature:v=1; a=rsa-sha256; c=relaxed/relaxed;"
	" d=one.example; s=k1; b=; h=from : subject; bh=#",
	" a b\r\n\r\nc\r\n"},
    {"relaxed/simple, repeated and missing names", false,
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed; d=one.example;\r\n"
	" s=k1; h=X:From:x:x:none; bh=#; b=$\r\n"
	"X: first\r\nX: second\r\nFrom: a@one.example\r\n\r\n",
	"x:second\r\nfrom:a@one.example\r\nx:first\r\n"
	"dkim-signature:v=1; a=rsa-sha256; c=relaxed; d=one.example;"
	" s=k1; h=X:From:x:x:none; bh=#; b=",
	"\r\n"},
    {"simple/relaxed, empty body, ed25519", true,
	"From: a@one.example\r\n"
	"DKIM-Signature: v=1; a=ed25519-sha256; c=simple/relaxed;\r\n"
	" d=one.example; s=k1; h=From; bh=#; b=$\r\n\r\n"
	" \t\r\n\r\n",
	"From: a@one.example\r\n"
	"DKIM-Signature: v=1; a=ed25519-sha256; c=simple/relaxed;\r\n"
	" d=one.example; s=k1; h=From; bh=#; b=",
	""},
    {"l=", false,
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1; l=5;\r\n"
	" h=From; bh=#; b=$\r\nFrom: a@one.example\r\n\r\n"
	"abc\r\nadded by a list\r\n",
	"From: a@one.example\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1; l=5;\r\n"
	" h=From; bh=#; b=",
	"abc\r\n"},
    {"l=0", false,
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1; l=0;\r\n"
	" h=From; bh=#; b=$\r\nFrom: a@one.example\r\n\r\nabc\r\n",
	"From: a@one.example\r\n"
	"DKIM-Signature: v=1; a=rsa-sha256; d=one.example; s=k1; l=0;\r\n"
	" h=From; bh=#; b=",
	""},
    {"bare LF is text", true,
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	" d=one.example; s=k1; h=From; bh=#; b=$\r\n"
	"From: a@one.example\r\n\r\na \nb\rc  \r\r\n\r\n",
	"from:a@one.example\r\n"
	"dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed;"
	" d=one.example; s=k1; h=From; bh=#; b=",
	"a \nb\rc \r\r\n"},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void sha256(const void *p, size_t len, uint8_t out[static 32])
{
	assert_int_equal(EVP_Digest(p, len, out, NULL, EVP_sha256(), NULL), 1);
}

/* Replaces '#' and '$'. */
static void expand(
    char out[static TEXT_MAX], const char *in, const char *bh, const char *b)
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		const char *put = *in == '#' ? bh : *in == '$' ? b : NULL;

		if (put == NULL)
			out[n++] = *in;
		for (; put != NULL && *put != '\0'; put++) {
			/* Folded where it is long. */
			if (*in == '$' && (put - b) % 60 == 59)
				n += (size_t)sprintf(out + n, "\r\n ");
			out[n++] = *put;
		}
		assert_true(n + 8 < TEXT_MAX);
	}
	out[n] = '\0';
}

static size_t sign(EVP_PKEY *key, bool ed, const char *header, uint8_t *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	uint8_t digest[32];
	size_t len = 1024;

	assert_non_null(md);
	sha256(header, strlen(header), digest);
	assert_int_equal(
	    EVP_DigestSignInit(md, NULL, ed ? NULL : EVP_sha256(), NULL, key),
	    1);
	/* RFC 8463 section 3: Ed25519 signs the SHA-256 of the text. */
	assert_int_equal(ed ? EVP_DigestSign(md, out, &len, digest, 32)
			    : EVP_DigestSign(md, out, &len,
				  (const uint8_t *)header, strlen(header)),
	    1);
	EVP_MD_CTX_free(md);
	return len;
}

static bool verifies(EVP_PKEY *key, bool ed, const struct dkim_evidence *e)
{
	EVP_PKEY_CTX *c;
	EVP_MD_CTX *md;
	int ok;

	if (ed) {
		md = EVP_MD_CTX_new();
		ok = EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
		     EVP_DigestVerify(md, e->signature, e->signature_len,
			 e->digest, e->digest_len) == 1;
		EVP_MD_CTX_free(md);
		return ok;
	}
	c = EVP_PKEY_CTX_new(key, NULL);
	ok = EVP_PKEY_verify_init(c) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
	     EVP_PKEY_verify(c, e->signature, e->signature_len, e->digest,
		 e->digest_len) == 1;
	EVP_PKEY_CTX_free(c);
	return ok;
}

static void make(size_t row, char message[static TEXT_MAX])
{
	char header[TEXT_MAX], bh[64], b[2048];
	uint8_t hash[32], signature[1024];
	bool ed = rows[row].ed;
	size_t n;

	sha256(rows[row].body, strlen(rows[row].body), hash);
	EVP_EncodeBlock((uint8_t *)bh, hash, 32);
	expand(header, rows[row].header, bh, "");
	n = sign(ed ? ed25519 : rsa, ed, header, signature);
	EVP_EncodeBlock((uint8_t *)b, signature, (int)n);
	expand(message, rows[row].message, bh, b);
}

/* By DATA; what is behind the last CRLF is the terminating line. */
static void feed_data(struct smtp_message *m, const char *text, size_t cut)
{
	char all[TEXT_MAX + 4];
	size_t len = (size_t)snprintf(all, sizeof(all), "%s.\r\n", text), n;
	bool ended;

	smtp_message_init(m, 0);
	n = smtp_message_feed(m, (const uint8_t *)all, cut, &ended);
	assert_int_equal(n, cut);
	n +=
	    smtp_message_feed(m, (const uint8_t *)all + cut, len - cut, &ended);
	assert_int_equal(n, len);
	assert_true(ended);
}

static const struct dkim_evidence *only(const struct smtp_message *m)
{
	size_t n;
	const struct dkim_evidence *e = dkim_signatures(m->header.dkim, &n);

	assert_int_equal(n, 1);
	return e;
}

static void signed_messages_verify_at_every_split(void **state)
{
	char text[TEXT_MAX];
	struct smtp_message m;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		bool ed = rows[i].ed;

		make(i, text);
		for (size_t cut = 0; cut <= strlen(text); cut++) {
			const struct dkim_evidence *e;

			feed_data(&m, text, cut);
			e = only(&m);
			assert_false(e->malformed);
			if (e->body != SEKISHO__DKIM_BODY__BODY_MATCH ||
			    !e->from_signed ||
			    ((cut % 32 == 0 || cut < 2) &&
				!verifies(ed ? ed25519 : rsa, ed, e)))
				fail_msg("%s at %zu: body %d", rows[i].name,
				    cut, e->body);
			smtp_header_clear(&m.header);
		}
	}
}

static void bdat_gives_the_same_digest_and_octets_one_by_one(void **state)
{
	char text[TEXT_MAX], *dot;
	struct smtp_message a, b;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		make(i, text);
		feed_data(&a, text, 0);
		while ((dot = strstr(text, "\n..")) != NULL)
			memmove(dot + 1, dot + 2, strlen(dot + 1));
		smtp_message_init(&b, 0);
		for (const char *p = text; *p != '\0'; p++)
			smtp_message_chunk(&b, (const uint8_t *)p, 1);
		assert_int_equal(
		    only(&b)->body, SEKISHO__DKIM_BODY__BODY_UNSEEN);
		smtp_message_end(&b);
		assert_int_equal(only(&b)->body, only(&a)->body);
		assert_memory_equal(only(&b)->digest, only(&a)->digest, 32);
		assert_string_equal(only(&b)->domain, "one.example");
		smtp_header_clear(&a.header);
		smtp_header_clear(&b.header);
	}
}

static void a_changed_message_does_not_match(void **state)
{
	char text[TEXT_MAX], *p;
	struct smtp_message m;

	(void)state;
	make(0, text);
	p = strstr(text, "text \r\n");
	p[0] = 'T';
	feed_data(&m, text, 0);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_MISMATCH);
	assert_true(verifies(rsa, false, only(&m)));
	smtp_header_clear(&m.header);
	p[0] = 't';
	strstr(text, "two")[0] = 'T';
	feed_data(&m, text, 0);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_MATCH);
	assert_false(verifies(rsa, false, only(&m)));
	smtp_header_clear(&m.header);
	/* l= beyond the end. */
	make(4, text);
	p = strstr(text, "abc\r\nadded");
	memcpy(p, "a\r\n", 4);
	feed_data(&m, text, 0);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_MISMATCH);
	smtp_header_clear(&m.header);
}

static void what_is_seen_in_part_is_unseen(void **state)
{
	char text[TEXT_MAX];
	struct smtp_message m;
	size_t body;
	bool ended;

	(void)state;
	make(0, text);
	body = (size_t)(strstr(text, "text \r\n") - text);
	smtp_message_init(&m, 0);
	smtp_message_feed(&m, (const uint8_t *)text, body + 2, &ended);
	smtp_message_gap(&m);
	smtp_message_feed(
	    &m, (const uint8_t *)text + body, strlen(text) - body, &ended);
	smtp_message_feed(&m, (const uint8_t *)".\r\n", 3, &ended);
	assert_true(ended);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_UNSEEN);
	assert_true(verifies(rsa, false, only(&m)));
	smtp_header_clear(&m.header);
	smtp_message_init(&m, 0);
	smtp_message_feed(&m, (const uint8_t *)text, body - 9, &ended);
	smtp_message_gap(&m);
	assert_null(m.header.dkim);
	assert_true(m.header.dkim_signature);
	smtp_header_clear(&m.header);
}

static void at_most_three_are_looked_at(void **state)
{
	static const char one[] =
	    "DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=s; h=to;\r\n"
	    " bh=AAAA; b=AAAA; i=x@b.a.example; t=5; x=6\r\n";
	char text[TEXT_MAX];
	struct smtp_message m;
	const struct dkim_evidence *e;
	size_t n;

	(void)state;
	snprintf(text, sizeof(text), "%s%s%s%s\r\n", one, one,
	    "DKIM-Signature: "
	    "v=2\r\n",
	    one);
	feed_data(&m, text, 0);
	e = dkim_signatures(m.header.dkim, &n);
	assert_int_equal(n, 3);
	assert_int_equal(e->algorithm, SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA1);
	assert_int_equal(e->digest_len, 0);
	assert_int_equal(e->body, SEKISHO__DKIM_BODY__BODY_UNSEEN);
	assert_false(e->from_signed);
	assert_string_equal(e->identity_domain, "b.a.example");
	assert_int_equal(e->signed_s, 5);
	assert_int_equal(e->expires_s, 6);
	assert_true(e[2].malformed);
	smtp_header_clear(&m.header);
}

/* RFC 8463 appendix A.3 (whose key stands in A.2). */
static void the_message_of_rfc_8463_verifies(void **state)
{
	static const char text[] =
	    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n"
	    " d=football.example.com; i=@football.example.com;\r\n"
	    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n"
	    " subject : date : message-id : from : subject : date;\r\n"
	    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n"
	    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
	    "From: Joe SixPack <joe@football.example.com>\r\n"
	    "To: Suzie Q <suzie@shopping.example.net>\r\n"
	    "Subject: Is dinner ready?\r\n"
	    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
	    "\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\n"
	    "Joe.\r\n";
	static const char key[] =
	    "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
	uint8_t raw[48];
	struct smtp_message m;
	EVP_PKEY *pub;

	(void)state;
	EVP_DecodeBlock(raw, (const uint8_t *)key, sizeof(key) - 1);
	pub = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, 32);
	assert_non_null(pub);
	feed_data(&m, text, 600);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_MATCH);
	assert_true(verifies(pub, true, only(&m)));
	assert_string_equal(m.header.message_id, "football.example.com");
	smtp_header_clear(&m.header);
	EVP_PKEY_free(pub);
}

/* RFC 6376 appendix A.2: its key is not given whole, its body hash is. */
static void the_body_of_rfc_6376_matches(void **state)
{
	static const char text[] =
	    "DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n"
	    " c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n"
	    " h=Received : From : To : Subject : Date : Message-ID;\r\n"
	    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n"
	    " b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB4nuj\r\n"
	    " c7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHutKVdkLLkp\r\n"
	    " VaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV4bmp/YzhwvcU\r\n"
	    " bU4=\r\n"
	    "From: Joe SixPack <joe@football.example.com>\r\n"
	    "\r\nHi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\n"
	    "Joe.\r\n";
	struct smtp_message m;

	(void)state;
	feed_data(&m, text, 0);
	assert_false(only(&m)->malformed);
	assert_int_equal(only(&m)->signature_len, 128);
	assert_int_equal(only(&m)->body, SEKISHO__DKIM_BODY__BODY_MATCH);
	smtp_header_clear(&m.header);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signed_messages_verify_at_every_split),
	    cmocka_unit_test(bdat_gives_the_same_digest_and_octets_one_by_one),
	    cmocka_unit_test(a_changed_message_does_not_match),
	    cmocka_unit_test(what_is_seen_in_part_is_unseen),
	    cmocka_unit_test(at_most_three_are_looked_at),
	    cmocka_unit_test(the_message_of_rfc_8463_verifies),
	    cmocka_unit_test(the_body_of_rfc_6376_matches),
	};
	int failed;

	rsa = EVP_RSA_gen(2048);
	ed25519 = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed25519);
	return failed;
}
