/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence is made here with keys that are made here; and the example of RFC
 * 8463 appendix A, its canonical header written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/auth/dkim.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"
#include "tests/unit/analyzer/auth/signer.h"

#define MATCH    SEKISHO__DKIM_BODY__BODY_MATCH
#define MISMATCH SEKISHO__DKIM_BODY__BODY_MISMATCH
#define UNSEEN   SEKISHO__DKIM_BODY__BODY_UNSEEN
#define RSA      SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA256
#define ED       SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256
#define SHA1     SEKISHO__DKIM_ALGORITHM__DKIM_RSA_SHA1
#define OTHER    SEKISHO__DKIM_ALGORITHM__DKIM_OTHER

#define NOW 1780000000

static EVP_PKEY *rsa, *small, *wide, *ed;
static struct align *psl;
static const struct dkim_limits limits = {3, 4, 1024, 2048};

static struct dkim_outcome got;
static int called;
static struct fake fake;

static void keep(void *arg, const struct dkim_outcome *o)
{
	(void)arg;
	got = *o; /* its strings last as long as the evidence */
	called++;
}

static void run(const struct dkim_query *q, const char *const *lines, size_t n)
{
	uv_loop_t loop;

	called = 0;
	memset(&got, 0, sizeof(got));
	uv_loop_init(&loop);
	fake_init(&fake, &loop, lines, n);
	assert_non_null(
	    dkim_check_start(&loop, &fake.r, &limits, q, keep, NULL));
	assert_int_equal(called, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 1);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

struct made {
	Sekisho__DkimEvidence e;
	uint8_t digest[32], signature[1024];
};

static void make(struct made *m, EVP_PKEY *key, const char *domain)
{
	sekisho__dkim_evidence__init(&m->e);
	memset(m->digest, 0x5a, sizeof(m->digest));
	m->e.domain = (char *)domain;
	m->e.selector = (char *)"k1";
	m->e.algorithm = key == ed ? ED : RSA;
	m->e.body = MATCH;
	m->e.from_signed = true;
	m->e.digest.data = m->digest;
	m->e.digest.len = sizeof(m->digest);
	m->e.signature.data = m->signature;
	m->e.signature.len = signer_sign(key, m->digest, m->signature);
}

static void key_line(
    EVP_PKEY *key, const char *name, const char *tags, char line[4096])
{
	char record[4000];

	signer_record(key, false, tags, record, sizeof(record));
	snprintf(line, 4096, "%s TXT %.3900s", name, record);
}

/* One signature of a.example; what is odd about it, or its key. */
struct row {
	EVP_PKEY **key;
	const char *tags; /* of the key; NULL: there is none */
	Sekisho__DkimAlgorithm algorithm;
	Sekisho__DkimBody body;
	const char *identity;
	int64_t expires_s;
	bool malformed, no_from, no_digest, changed, body_length;
	enum dkim_code want;
	bool unseen, genuine;
	const char *reason;
};

#define PLAIN RSA, MATCH, "", 0, false, false, false, false, false

static const struct row rows[] = {
    {&rsa, "", PLAIN, DKIM_PASS, 0, 0, "verified"},
    {&ed, "k=ed25519; ", ED, MATCH, "", 0, 0, 0, 0, 0, 0, DKIM_PASS, 0, 0,
	"verified"},
    {&rsa, "", RSA, MATCH, "b.a.example", NOW, 0, 0, 0, 0, 1, DKIM_PASS, 0, 0,
	"l="},
    {&rsa, "t=s; ", RSA, MATCH, "a.example", 0, 0, 0, 0, 0, 0, DKIM_PASS, 0, 0,
	"verified"},
    {&rsa, "h=sha1:sha256; s=*; ", PLAIN, DKIM_PASS, 0, 0, "verified"},
    /* without DNS */
    {&rsa, "", RSA, MATCH, "", 0, 1, 0, 0, 0, 0, DKIM_NEUTRAL, 0, 0, "tags"},
    {&rsa, "", SHA1, UNSEEN, "", 0, 0, 0, 1, 0, 0, DKIM_POLICY, 0, 0, "sha1"},
    {&rsa, "", OTHER, UNSEEN, "", 0, 0, 0, 1, 0, 0, DKIM_NEUTRAL, 0, 0, "a="},
    {&rsa, "", RSA, MATCH, "", 0, 0, 1, 0, 0, 0, DKIM_PERMERROR, 0, 0, "From"},
    {&rsa, "", RSA, MATCH, "xa.example", 0, 0, 0, 0, 0, 0, DKIM_PERMERROR, 0, 0,
	"i="},
    {&rsa, "", RSA, MATCH, "example", 0, 0, 0, 0, 0, 0, DKIM_PERMERROR, 0, 0,
	"i="},
    {&rsa, "", RSA, MISMATCH, "", 0, 0, 0, 0, 0, 0, DKIM_FAIL, 0, 0, "body"},
    {&rsa, "", RSA, UNSEEN, "", 0, 0, 0, 0, 0, 0, DKIM_NEUTRAL, 1, 0, "body"},
    {&rsa, "", RSA, MATCH, "", 0, 0, 0, 1, 0, 0, DKIM_NEUTRAL, 1, 0, "header"},
    /* the key */
    {&rsa, NULL, PLAIN, DKIM_PERMERROR, 0, 0, "no key"},
    {&rsa, "FAIL", PLAIN, DKIM_TEMPERROR, 0, 0, "name server"},
    {&rsa, "v=DKIM2; ", PLAIN, DKIM_PERMERROR, 0, 0, "no DKIM key"},
    {&rsa, "p=; x", PLAIN, DKIM_PERMERROR, 0, 0, "revoked"},
    {&rsa, "h=sha1; ", PLAIN, DKIM_PERMERROR, 0, 0, "SHA-256"},
    {&rsa, "s=other; ", PLAIN, DKIM_PERMERROR, 0, 0, "for mail"},
    {&rsa, "t=s; ", RSA, MATCH, "b.a.example", 0, 0, 0, 0, 0, 0, DKIM_PERMERROR,
	0, 0, "t=s"},
    {&rsa, "", ED, MATCH, "", 0, 0, 0, 0, 0, 0, DKIM_PERMERROR, 0, 0, "k="},
    {&ed, "k=ed25519; ", PLAIN, DKIM_PERMERROR, 0, 0, "k="},
    {&small, "", PLAIN, DKIM_POLICY, 0, 0, "short"},
    {&wide, "", PLAIN, DKIM_POLICY, 1, 0, "longer"},
    {&rsa, "", RSA, MATCH, "", 0, 0, 0, 0, 1, 0, DKIM_FAIL, 0, 0, "this key"},
    {&rsa, "t=y; ", RSA, MATCH, "", 0, 0, 0, 0, 1, 0, DKIM_FAIL, 0, 0,
	"this key"},
    /* genuine, but does not count */
    {&rsa, "", RSA, MATCH, "", NOW - 1, 0, 0, 0, 0, 0, DKIM_POLICY, 0, 1,
	"expired"},
    {&rsa, "t=y; ", PLAIN, DKIM_NEUTRAL, 0, 1, "test"},
    {&rsa, "", RSA, MATCH, "", NOW - 1, 0, 0, 0, 1, 0, DKIM_FAIL, 0, 0,
	"this key"},
};

static void run_row(const struct row *r)
{
	static struct made m;
	static char line[4096];
	const char *const lines[] = {line};
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};

	make(&m, *r->key, "a.example");
	m.e.algorithm = r->algorithm;
	m.e.body = r->body;
	m.e.identity_domain = (char *)r->identity;
	m.e.expires_s = r->expires_s;
	m.e.malformed = r->malformed;
	m.e.from_signed = !r->no_from;
	m.e.digest.len = r->no_digest ? 0 : 32;
	m.e.body_length = r->body_length;
	m.digest[0] ^= r->changed;
	if (r->tags == NULL)
		line[0] = '\0';
	else if (strcmp(r->tags, "FAIL") == 0)
		snprintf(line, sizeof(line), "k1._domainkey.a.example FAIL");
	else if (strncmp(r->tags, "p=", 2) == 0)
		snprintf(line, sizeof(line), "k1._domainkey.a.example TXT p=");
	else
		key_line(*r->key, "k1._domainkey.a.example", r->tags, line);
	run(&q, lines, 1);
}

static void each_signature_has_its_result(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];

		run_row(r);
		assert_int_equal(got.n, 1);
		if (got.v[0].code != r->want || got.v[0].unseen != r->unseen ||
		    got.v[0].genuine != r->genuine ||
		    got.v[0].partial !=
			(r->want == DKIM_PASS && r->body_length) ||
		    strstr(got.v[0].reason, r->reason) == NULL)
			fail_msg("row %zu: %s, %s", i,
			    dkim_code_name(got.v[0].code), got.v[0].reason);
		assert_string_equal(got.v[0].domain, "a.example");
		assert_string_equal(got.v[0].selector, "k1");
		/* What is certain without a key asks for none. */
		assert_int_equal(got.lookups, i >= 5 && i < 14 ? 0 : 1);
		assert_int_equal(got.ttl_s,
		    fake.asked == 0 || !r->tags || strcmp(r->tags, "FAIL") == 0
			? 0
			: 60);
	}
}

static void several_are_asked_for_together(void **state)
{
	static struct made m[4];
	static char line[3][4096];
	const char *const lines[] = {line[0], line[1], line[2]};
	Sekisho__DkimEvidence *const list[] = {
	    &m[0].e, &m[1].e, &m[2].e, &m[3].e};
	struct dkim_query q = {list, 3, false, NOW};

	(void)state;
	make(&m[0], rsa, "a.example");
	make(&m[1], ed, "b.example");
	make(&m[2], rsa, "c.example");
	make(&m[3], rsa, "a.example");
	m[2].signature[9] ^= 1;
	key_line(rsa, "k1._domainkey.a.example", "", line[0]);
	key_line(ed, "k1._domainkey.b.example", "k=ed25519; ", line[1]);
	key_line(rsa, "k1._domainkey.c.example", "", line[2]);
	run(&q, lines, 3);
	assert_int_equal(got.n, 3);
	assert_int_equal(fake.asked, 3);
	assert_int_equal(fake.most_in_flight, 3);
	assert_int_equal(got.v[0].code, DKIM_PASS);
	assert_int_equal(got.v[1].code, DKIM_PASS);
	assert_int_equal(got.v[2].code, DKIM_FAIL);
	assert_false(got.more);
	/* The fourth is over the limit, and that is said. */
	q.n = 4;
	run(&q, lines, 3);
	assert_int_equal(got.n, 3);
	assert_true(got.more);
	q.n = 0;
	run(&q, lines, 3);
	assert_int_equal(got.n, 0);
	assert_false(got.more);
}

/* RFC 6376 section 3.6.2.2 leaves open what several records mean. */
static void of_several_keys_one_may_fit(void **state)
{
	static struct made m;
	static char line[5][4096];
	const char *const lines[] = {
	    line[0], line[1], line[2], line[3], line[4]};
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};
	static const char name[] = "k1._domainkey.a.example";

	(void)state;
	make(&m, rsa, "a.example");
	key_line(ed, name, "k=ed25519; ", line[0]);
	snprintf(line[1], sizeof(line[1]), "%s TXT v=spf1 -all", name);
	key_line(rsa, name, "", line[2]);
	snprintf(line[3], sizeof(line[3]), "%s TXT x", name);
	run(&q, lines, 4);
	assert_int_equal(got.v[0].code, DKIM_PASS);
	/* More than we try: not the signature's fault. */
	memcpy(line[4], line[2], sizeof(line[4]));
	memcpy(line[2], line[3], sizeof(line[2]));
	run(&q, lines, 4);
	assert_int_equal(got.v[0].code, DKIM_PERMERROR);
	run(&q, lines, 5);
	assert_true(got.v[0].unseen);
}

static void a_name_that_dns_cannot_hold(void **state)
{
	static struct made m;
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};
	char domain[256];

	(void)state;
	memset(domain, 'x', sizeof(domain));
	for (size_t i = 50; i < sizeof(domain); i += 50)
		domain[i] = '.';
	domain[245] = '\0';
	make(&m, rsa, domain);
	run(&q, NULL, 0);
	assert_int_equal(got.v[0].code, DKIM_PERMERROR);
	assert_int_equal(fake.asked, 0);
}

static void rfc_8463_appendix_a(void **state)
{
	static const char header[] =
	    "from:Joe SixPack <joe@football.example.com>\r\n"
	    "to:Suzie Q <suzie@shopping.example.net>\r\n"
	    "subject:Is dinner ready?\r\n"
	    "date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
	    "message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
	    "dkim-signature:v=1; a=ed25519-sha256; c=relaxed/relaxed; "
	    "d=football.example.com; i=@football.example.com; q=dns/txt; "
	    "s=brisbane; t=1528637909; h=from : to : subject : date : "
	    "message-id : from : subject : date; "
	    "bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=";
	static const char b[] = "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwh"
				"EIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==";
	const char *const lines[] = {
	    "brisbane._domainkey.football.example.com TXT v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="};
	static struct made m;
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};

	(void)state;
	make(&m, ed, "football.example.com");
	m.e.selector = (char *)"brisbane";
	m.e.identity_domain = (char *)"football.example.com";
	m.e.signed_s = 1528637909;
	assert_int_equal(EVP_Digest(header, sizeof(header) - 1, m.digest, NULL,
			     EVP_sha256(), NULL),
	    1);
	assert_int_equal(
	    EVP_DecodeBlock(m.signature, (const uint8_t *)b, sizeof(b) - 1),
	    66);
	m.e.signature.len = 64;
	run(&q, lines, 1);
	assert_int_equal(got.v[0].code, DKIM_PASS);
	m.digest[0] ^= 1;
	run(&q, lines, 1);
	assert_int_equal(got.v[0].code, DKIM_FAIL);
}

static void a_cancelled_check_does_not_call(void **state)
{
	static struct made m;
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};
	struct dkim_check *c[2];
	uv_loop_t loop;

	(void)state;
	make(&m, rsa, "a.example");
	called = 0;
	uv_loop_init(&loop);
	fake_init(&fake, &loop, NULL, 0);
	fake.late_ms = 5;
	c[0] = dkim_check_start(&loop, &fake.r, &limits, &q, keep, NULL);
	c[1] = dkim_check_start(&loop, &fake.r, &limits, &q, keep, NULL);
	dkim_check_cancel(c[0]);
	while (fake.asked == 0)
		uv_run(&loop, UV_RUN_ONCE);
	dkim_check_cancel(c[1]);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 0);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static int refuse(struct resolver *r, const char *name, enum rr_type type,
    dns_cb cb, void *arg, void **handle)
{
	(void)r;
	(void)name;
	(void)type;
	(void)cb;
	(void)arg;
	(void)handle;
	return -1;
}

static void a_question_that_cannot_be_sent(void **state)
{
	static struct made m;
	Sekisho__DkimEvidence *const list[] = {&m.e};
	struct dkim_query q = {list, 1, false, NOW};
	uv_loop_t loop;

	(void)state;
	make(&m, rsa, "a.example");
	called = 0;
	uv_loop_init(&loop);
	fake_init(&fake, &loop, NULL, 0);
	fake.r.ask = refuse;
	dkim_check_start(&loop, &fake.r, &limits, &q, keep, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, 1);
	assert_int_equal(got.v[0].code, DKIM_TEMPERROR);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* Each letter a signature: P pass of a.example, p of mail.a.example, o of
 * another; f fail, n neutral, x permerror, y policy; g genuine; t temperror;
 * u unseen. */
static struct dkim_result result(char c)
{
	struct dkim_result r = {.code = DKIM_PASS};

	r.domain = c == 'p'   ? "mail.a.example"
		   : c == 'o' ? "b.example"
			      : "a.example";
	if (strchr("fnxyg", c) != NULL)
		r.code = c == 'f'   ? DKIM_FAIL
			 : c == 'n' ? DKIM_NEUTRAL
			 : c == 'x' ? DKIM_PERMERROR
				    : DKIM_POLICY;
	r.genuine = c == 'g';
	if (c == 't')
		r.code = DKIM_TEMPERROR;
	if (c == 'u')
		r.code = DKIM_NEUTRAL;
	r.unseen = c == 'u';
	return r;
}

static void all_signatures_say_one_thing(void **state)
{
	static const struct {
		const char *v;
		bool more;
		enum align_mode mode;
		enum dkim_says want;
		int best;
	} cases[] = {
	    {"", false, ALIGN_RELAXED, DKIM_SAYS_NOTHING, -1},
	    {"", true, ALIGN_RELAXED, DKIM_SAYS_UNSEEN, -1},
	    {"P", false, ALIGN_STRICT, DKIM_SAYS_ALIGNED, 0},
	    {"p", false, ALIGN_RELAXED, DKIM_SAYS_ALIGNED, 0},
	    {"p", false, ALIGN_STRICT, DKIM_SAYS_UNALIGNED, 0},
	    {"o", false, ALIGN_RELAXED, DKIM_SAYS_UNALIGNED, 0},
	    {"foP", true, ALIGN_RELAXED, DKIM_SAYS_ALIGNED, 2},
	    {"tuo", false, ALIGN_RELAXED, DKIM_SAYS_UNALIGNED, 2},
	    {"ftgu", false, ALIGN_RELAXED, DKIM_SAYS_GENUINE, 2},
	    {"fut", false, ALIGN_RELAXED, DKIM_SAYS_TEMPERROR, 2},
	    {"fu", false, ALIGN_RELAXED, DKIM_SAYS_UNSEEN, 1},
	    {"fnxy", false, ALIGN_RELAXED, DKIM_SAYS_FAILED, 0},
	    {"fnxy", true, ALIGN_RELAXED, DKIM_SAYS_UNSEEN, 0},
	    {"y", false, ALIGN_RELAXED, DKIM_SAYS_FAILED, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dkim_outcome o = {.more = cases[i].more};
		const struct dkim_result *best;
		enum dkim_says s;

		for (const char *p = cases[i].v; *p != '\0'; p++)
			o.v[o.n++] = result(*p);
		s = dkim_says(&o, psl, "a.example", cases[i].mode, &best);
		if (s != cases[i].want ||
		    best != (cases[i].best < 0 ? NULL : &o.v[cases[i].best]))
			fail_msg("row %zu: %d", i, (int)s);
		if (s == DKIM_SAYS_ALIGNED)
			assert_int_not_equal(
			    dkim_says(&o, psl, "", cases[i].mode, &best),
			    DKIM_SAYS_ALIGNED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_signature_has_its_result),
	    cmocka_unit_test(several_are_asked_for_together),
	    cmocka_unit_test(of_several_keys_one_may_fit),
	    cmocka_unit_test(a_name_that_dns_cannot_hold),
	    cmocka_unit_test(rfc_8463_appendix_a),
	    cmocka_unit_test(a_cancelled_check_does_not_call),
	    cmocka_unit_test(a_question_that_cannot_be_sent),
	    cmocka_unit_test(all_signatures_say_one_thing),
	};
	char err[256];
	int failed;

	rsa = EVP_RSA_gen(2048);
	small = EVP_RSA_gen(1016);
	wide = EVP_RSA_gen(2056);
	ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	psl = align_new(NULL, err, sizeof(err));
	failed = psl != NULL ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
	align_free(psl);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(small);
	EVP_PKEY_free(wide);
	EVP_PKEY_free(ed);
	return failed;
}
