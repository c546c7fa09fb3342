/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "capture/privacy.h"

static const char key[] = "sixteen byte key";

/* What the last record packed to, and as an own copy. */
static uint8_t packed[65536];
static size_t packed_len;
static Sekisho__Record *copy;

static void keep(void *arg, Sekisho__Record *r)
{
	(void)arg;
	packed_len = sekisho__record__get_packed_size(r);
	assert_true(packed_len < sizeof(packed));
	sekisho__record__pack(r, packed);
	if (copy != NULL)
		sekisho__record__free_unpacked(copy, NULL);
	copy = sekisho__record__unpack(NULL, packed_len, packed);
	assert_non_null(copy);
}

static int drop_copy(void **state)
{
	(void)state;
	if (copy != NULL)
		sekisho__record__free_unpacked(copy, NULL);
	copy = NULL;
	return 0;
}

static bool holds(const char *text)
{
	return memmem(packed, packed_len, text, strlen(text)) != NULL;
}

/* What a transaction borrows. */
static struct smtp_rcpt_domain rcpt;
static struct smtp_reply reply;
static char rcpt_name[256];

static struct smtp_transaction transaction(void)
{
	struct smtp_transaction t = {.start_us = 5,
	    .rcpt_count = 3,
	    .rcpt_accepted = 2,
	    .n_rcpt_domains = 1,
	    .n_replies = 1,
	    .n_header_from = 1,
	    .received_count = 4,
	    .header_complete = true,
	    .dkim_signature = true,
	    .declared_bytes = 11,
	    .seen_bytes = 12};

	t.helo.verb = SEKISHO__HELO_VERB__HELO_EHLO;
	t.helo.kind = SEKISHO__HELO_KIND__HELO_KIND_FQDN;
	t.helo.name = "markhelo.example";
	t.mail_from.seen = true;
	t.mail_from.local = "marklocal";
	t.mail_from.domain = "markfrom.example";
	t.header_from[0] = t.mail_from;
	t.header_from[0].local = "marklocal2";
	t.header_from[0].domain = "markheader.example";
	strcpy(rcpt_name, "markrcpt.example");
	rcpt = (struct smtp_rcpt_domain){rcpt_name, 3, 0};
	t.rcpt_domains = &rcpt;
	reply = (struct smtp_reply){.stage = SEKISHO__STAGE__STAGE_RCPT,
	    .code = 550,
	    .enhanced = "5.1.1",
	    .count = 1,
	    .cls = SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER};
	t.replies = &reply;
	return t;
}

static void put(enum tier tier, const struct smtp_transaction *t)
{
	struct privacy *p = privacy_new(tier, key, strlen(key));
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	assert_non_null(p);
	assert_int_equal(privacy_tier(p), tier);
	privacy_transaction(p, t, &r, keep, NULL);
	assert_int_equal(copy->tier, (int)tier);
	privacy_free(p);
}

static void expect_hash(
    const ProtobufCBinaryData *b, const char *purpose, const char *text)
{
	unsigned char mac[EVP_MAX_MD_SIZE], in[256];
	size_t n = strlen(purpose) + 1;

	memcpy(in, purpose, n);
	memcpy(in + n, text, strlen(text));
	HMAC(EVP_sha256(), key, (int)strlen(key), in, n + strlen(text), mac,
	    NULL);
	assert_int_equal(b->len, PRIVACY_HASH_BYTES);
	assert_memory_equal(b->data, mac, PRIVACY_HASH_BYTES);
}

static void flow_has_numbers_only(void **state)
{
	struct smtp_transaction t = transaction();

	(void)state;
	put(PRIVACY_FLOW, &t);
	assert_false(holds("mark"));
	assert_null(copy->transaction->mail_from);
	assert_int_equal(copy->transaction->n_header_from, 0);
	assert_int_equal(copy->transaction->n_rcpt_domains, 0);
	assert_int_equal(copy->transaction->helo->kind, 0);
	assert_int_equal(copy->transaction->helo->name_hash.len, 0);
	assert_false(copy->transaction->dkim_signature);
	assert_int_equal(copy->transaction->received_count, 0);
	/* What flow is for. */
	assert_int_equal(copy->transaction->rcpt_count, 3);
	assert_int_equal(copy->transaction->rcpt_accepted, 2);
	assert_int_equal(copy->transaction->seen_bytes, 12);
	assert_string_equal(copy->transaction->replies[0]->enhanced, "5.1.1");
	assert_int_equal(copy->transaction->replies[0]->code, 550);
}

static void envelope_has_keyed_hashes(void **state)
{
	struct smtp_transaction t = transaction();

	(void)state;
	put(PRIVACY_ENVELOPE, &t);
	assert_false(holds("mark"));
	expect_hash(
	    &copy->transaction->helo->name_hash, "helo", "markhelo.example");
	expect_hash(&copy->transaction->mail_from->domain_hash, "domain",
	    "markfrom.example");
	expect_hash(&copy->transaction->mail_from->address_hash, "address",
	    "marklocal@markfrom.example");
	expect_hash(&copy->transaction->header_from[0]->domain_hash, "domain",
	    "markheader.example");
	expect_hash(&copy->transaction->rcpt_domains[0]->domain_hash, "domain",
	    "markrcpt.example");
	assert_true(copy->transaction->dkim_signature);
}

static void domains_has_domains_but_no_local_part(void **state)
{
	struct smtp_transaction t = transaction();

	(void)state;
	put(PRIVACY_DOMAINS, &t);
	assert_false(holds("marklocal"));
	assert_string_equal(
	    copy->transaction->mail_from->domain, "markfrom.example");
	assert_int_equal(copy->transaction->mail_from->domain_hash.len, 0);
	expect_hash(&copy->transaction->mail_from->address_hash, "address",
	    "marklocal@markfrom.example");
	assert_string_equal(
	    copy->transaction->header_from[0]->domain, "markheader.example");
	assert_string_equal(copy->transaction->helo->name, "markhelo.example");
	assert_string_equal(
	    copy->transaction->rcpt_domains[0]->domain, "markrcpt.example");
}

/* What a session with these recipients would have summed up. */
static uint64_t sum_of(const char *const *rcpts)
{
	struct privacy *p = privacy_new(PRIVACY_ENVELOPE, key, strlen(key));
	uint64_t sum = 0;

	for (; *rcpts != NULL; rcpts++)
		sum += privacy_rcpt(p, *rcpts, "markrcpt.example");
	privacy_free(p);
	return sum;
}

static void recipients_are_one_keyed_hash(void **state)
{
	static const char *const ab[] = {"marka", "markb", NULL};
	static const char *const ba[] = {"markb", "marka", NULL};
	static const char *const ac[] = {"marka", "markc", NULL};
	struct smtp_transaction t = transaction();
	uint8_t first[PRIVACY_RCPT_BYTES];

	(void)state;
	t.rcpt_sum = sum_of(ab);
	for (int tier = PRIVACY_ENVELOPE; tier <= PRIVACY_DOMAINS; tier++) {
		put((enum tier)tier, &t);
		assert_int_equal(
		    copy->transaction->rcpt_hash.len, sizeof(first));
		memcpy(first, copy->transaction->rcpt_hash.data, sizeof(first));
		/* Not the sum itself, which would tell of other senders. */
		assert_memory_not_equal(first, &t.rcpt_sum, sizeof(first));
		assert_false(holds("marka"));
	}
	t.rcpt_sum = sum_of(ba);
	put(PRIVACY_DOMAINS, &t);
	assert_memory_equal(
	    copy->transaction->rcpt_hash.data, first, sizeof(first));
	t.mail_from.local = "another";
	put(PRIVACY_DOMAINS, &t);
	assert_memory_not_equal(
	    copy->transaction->rcpt_hash.data, first, sizeof(first));
	t = transaction();
	t.rcpt_sum = sum_of(ac);
	put(PRIVACY_DOMAINS, &t);
	assert_memory_not_equal(
	    copy->transaction->rcpt_hash.data, first, sizeof(first));
}

static void recipients_have_no_hash_without_a_sender(void **state)
{
	static const char *const a[] = {"marka", NULL};
	struct privacy *flow = privacy_new(PRIVACY_FLOW, NULL, 0);
	struct smtp_transaction t = transaction();

	(void)state;
	assert_true(privacy_rcpt(flow, "marka", "markrcpt.example") == 0);
	privacy_free(flow);
	put(PRIVACY_DOMAINS, &t); /* nobody summed */
	assert_int_equal(copy->transaction->rcpt_hash.len, 0);
	t.rcpt_sum = sum_of(a);
	put(PRIVACY_FLOW, &t);
	assert_int_equal(copy->transaction->rcpt_hash.len, 0);
	t.mail_from.seen = false;
	put(PRIVACY_DOMAINS, &t);
	assert_int_equal(copy->transaction->rcpt_hash.len, 0);
	t.mail_from.seen = t.mail_from.null_path = true;
	put(PRIVACY_DOMAINS, &t);
	assert_int_equal(copy->transaction->rcpt_hash.len, 0);
}

static void keys_differ(void **state)
{
	struct smtp_transaction t = transaction();
	struct privacy *p = privacy_new(PRIVACY_ENVELOPE, "another key!", 12);
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	uint8_t first[PRIVACY_HASH_BYTES];

	(void)state;
	put(PRIVACY_ENVELOPE, &t);
	memcpy(first, copy->transaction->mail_from->address_hash.data,
	    sizeof(first));
	privacy_transaction(p, &t, &r, keep, NULL);
	assert_memory_not_equal(copy->transaction->mail_from->address_hash.data,
	    first, sizeof(first));
	privacy_free(p);
}

/* A parser that made a mistake must not be what lets data out. */
static void what_is_no_name_stays_inside(void **state)
{
	static const char *const bad[] = {"mark@one.example", "mark one",
	    "mark%host.example\n", "mark\"x.example", "\xff\xfemark.example",
	    "mark..example", "[mark]", "mark/one.example", "mark!x", ".mark"};
	struct smtp_transaction t;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (int tier = PRIVACY_FLOW; tier <= PRIVACY_DOMAINS; tier++) {
			t = transaction();
			t.helo.name = bad[i];
			t.mail_from.domain = bad[i];
			t.header_from[0].domain = bad[i];
			strcpy(rcpt_name, bad[i]);
			strcpy(reply.enhanced, "mark");
			put((enum tier)tier, &t);
			assert_false(holds("mark"));
			if (tier == PRIVACY_FLOW)
				continue;
			assert_true(copy->transaction->mail_from->unparsed);
			assert_int_equal(
			    copy->transaction->mail_from->address_hash.len, 0);
			assert_int_equal(copy->transaction->n_rcpt_domains, 0);
		}
}

static void null_path_and_unparsed_are_said(void **state)
{
	struct smtp_transaction t = transaction();

	(void)state;
	memset(&t.mail_from, 0, sizeof(t.mail_from));
	t.mail_from.seen = t.mail_from.null_path = true;
	put(PRIVACY_DOMAINS, &t);
	assert_true(copy->transaction->mail_from->null_path);
	assert_int_equal(copy->transaction->mail_from->address_hash.len, 0);
	t.mail_from.null_path = false;
	t.mail_from.unparsed = true;
	put(PRIVACY_DOMAINS, &t);
	assert_true(copy->transaction->mail_from->unparsed);
	t.mail_from.seen = false;
	put(PRIVACY_DOMAINS, &t);
	assert_null(copy->transaction->mail_from);
}

static void close_one(enum tier tier, const struct smtp_summary *s)
{
	struct privacy *p = privacy_new(tier, key, strlen(key));
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Close c = SEKISHO__CLOSE__INIT;

	c.client_bytes = 77;
	privacy_close(p, s, &c, &r, keep, NULL);
	assert_int_equal(copy->body_case, SEKISHO__RECORD__BODY_CLOSE);
	assert_int_equal(copy->close->client_bytes, 77);
	privacy_free(p);
}

static void a_server_name_and_a_message_id_by_tier(void **state)
{
	struct smtp_summary s = {.sni = "marksni.example"};
	struct smtp_transaction t = transaction();

	(void)state;
	t.message_id = (struct smtp_address){
	    .seen = true, .local = "marklocal", .domain = "markid.example"};
	close_one(PRIVACY_FLOW, &s);
	assert_false(holds("mark"));
	assert_int_equal(copy->close->sni_hash.len, 0);
	put(PRIVACY_FLOW, &t);
	assert_null(copy->transaction->message_id);
	close_one(PRIVACY_ENVELOPE, &s);
	assert_false(holds("mark"));
	expect_hash(&copy->close->sni_hash, "helo", "marksni.example");
	put(PRIVACY_ENVELOPE, &t);
	assert_false(holds("mark"));
	expect_hash(&copy->transaction->message_id->domain_hash, "domain",
	    "markid.example");
	close_one(PRIVACY_DOMAINS, &s);
	assert_string_equal(copy->close->sni, "marksni.example");
	put(PRIVACY_DOMAINS, &t);
	assert_string_equal(
	    copy->transaction->message_id->domain, "markid.example");
	/* Its left side is no local part of anybody. */
	assert_int_equal(copy->transaction->message_id->address_hash.len, 0);
	s.sni = "mark@sni";
	close_one(PRIVACY_DOMAINS, &s);
	assert_false(holds("mark"));
}

static void a_mechanism_is_a_token_or_a_question_mark(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {{"PLAIN", "PLAIN"}, {"CRAM-MD5", "CRAM-MD5"},
	    {"lower", "?"}, {"WITH SPACE", "?"}, {"PASS=WORD", "?"},
	    {"ABCDEFGHIJKLMNOPQRSTU", "?"}, {"", "?"}, {NULL, ""}};
	struct smtp_summary s = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int tier = 0; tier < PRIVACY_COUNT; tier++) {
			s.auth_mechanism = rows[i].in;
			close_one((enum tier)tier, &s);
			assert_string_equal(
			    copy->close->auth_mechanism, rows[i].out);
		}
}

/* Planted in every place that a client fills, and the two that a server
 * does. */
static const char planted[] =
    "C220\n"
    "S220 mx.example markgreeting\n"
    "CEHLO markuser@markhelo.example\n"
    "S250 markreply\n"
    "CAUTH MarkPass\nS334 markprompt\nCbWFya3Bhc3M=markcred\n"
    "S334 x\nCmarkcred2\nS535 5.7.8 markreply\n"
    "CAUTH PLAIN markplain\nS535 no\n"
    "CMAIL FROM:<marka@markb@one.example> MARKPARAM=mark\n"
    "S250 2.1.0 <markreply@one.example> ok\n"
    "CRCPT TO:<\"mark q\"@two.example>\nS550 5.1.1 <mark@x> unknown\n"
    "CRCPT TO:<mark%host@two.example>\nS250 ok\n"
    "CRCPT TO:<@mark.example:mark@two.example>\nS250 ok\n"
    "CDATA\nS354 markgo\n"
    "CFrom: \"mark name\" <markfrom@three.example> (mark)\n"
    "CSubject: marksubject\nCX-Mark: mark\nC\nCmarkbody\nC.\n"
    "S250 2.0.0 markid\n"
    "Cmarkunknown\nS500 mark\nCVRFY mark\nS252 mark\nCQUIT\nS221 mark\n";

struct sieve {
	struct privacy *p;
	int records, rcpts;
};

static void sift(void *arg, Sekisho__Record *r)
{
	struct sieve *s = arg;
	static const char *const marks[] = {"mark", "MARK", "Mark", "bWFy"};

	keep(NULL, r);
	s->records++;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		assert_false(holds(marks[i]));
}

static uint64_t on_rcpt(void *arg, const char *local, const char *domain)
{
	struct sieve *s = arg;

	s->rcpts++;
	return privacy_rcpt(s->p, local, domain);
}

static void on_transaction(
    void *arg, const struct smtp_transaction *t, int64_t now_us)
{
	struct sieve *s = arg;
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	(void)now_us;
	privacy_transaction(s->p, t, &r, sift, s);
}

static void the_whole_way_from_bytes_leaks_no_mark(void **state)
{
	struct addr client;

	(void)state;
	assert_int_equal(addr_parse(&client, "192.0.2.7"), 0);
	for (int tier = 0; tier < PRIVACY_COUNT; tier++) {
		struct sieve v = {privacy_new((enum tier)tier, key, 16), 0, 0};
		struct smtp_session *s =
		    smtp_session_new(&client, 25, 1, on_transaction, &v);
		struct smtp_summary sum;
		Sekisho__Record r = SEKISHO__RECORD__INIT;
		Sekisho__Close c = SEKISHO__CLOSE__INIT;

		smtp_session_hash_rcpts(s, on_rcpt);
		for (const char *p = planted; *p != '\0';) {
			const char *end = strchr(p, '\n');
			enum smtp_dir dir =
			    *p == 'C' ? SMTP_CLIENT : SMTP_SERVER;

			smtp_session_feed(s, dir, (const uint8_t *)p + 1,
			    (size_t)(end - p - 1), 1);
			smtp_session_feed(
			    s, dir, (const uint8_t *)"\r\n", 2, 1);
			p = end + 1;
		}
		smtp_session_end(s, 1);
		smtp_session_summary(s, &sum);
		privacy_close(v.p, &sum, &c, &r, sift, &v);
		assert_int_equal(v.records, 2);
		assert_int_equal(v.rcpts, 3);
		smtp_session_free(s);
		privacy_free(v.p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flow_has_numbers_only),
	    cmocka_unit_test(envelope_has_keyed_hashes),
	    cmocka_unit_test(domains_has_domains_but_no_local_part),
	    cmocka_unit_test(recipients_are_one_keyed_hash),
	    cmocka_unit_test(recipients_have_no_hash_without_a_sender),
	    cmocka_unit_test(keys_differ),
	    cmocka_unit_test(what_is_no_name_stays_inside),
	    cmocka_unit_test(null_path_and_unparsed_are_said),
	    cmocka_unit_test(a_server_name_and_a_message_id_by_tier),
	    cmocka_unit_test(a_mechanism_is_a_token_or_a_question_mark),
	    cmocka_unit_test(the_whole_way_from_bytes_leaks_no_mark),
	};

	return cmocka_run_group_tests(tests, NULL, drop_copy);
}
