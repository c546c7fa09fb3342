/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/auth/check.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"
#include "tests/unit/analyzer/auth/signer.h"

static EVP_PKEY *ed;
static struct align *psl;
static struct auth_limits limits = {
    {10, 2, 10, 20000}, {3, 4, 1024, 4096}, 20000};
static Sekisho__DkimEvidence evidence;
static uint8_t digest[32] = {1}, signature[1024];
static Sekisho__DkimEvidence *const list[] = {&evidence};

static struct auth_outcome got;
static struct spf_outcome got_spf;
static struct dkim_outcome got_dkim;
static struct dmarc_outcome got_dmarc;
static int called;
static struct fake fake;
static uv_loop_t loop;

static void keep(void *arg, const struct auth_outcome *o)
{
	struct auth_check **cancel = arg;

	got = *o;
	got_spf = *o->spf;
	if (o->dkim != NULL)
		got_dkim = *o->dkim;
	if (o->dmarc != NULL)
		got_dmarc = *o->dmarc;
	called++;
	if (cancel != NULL)
		auth_check_cancel(*cancel);
}

static int set_up(void **state)
{
	(void)state;
	sekisho__dkim_evidence__init(&evidence);
	evidence.domain = (char *)"mail.a.example";
	evidence.selector = (char *)"k1";
	evidence.algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256;
	evidence.body = SEKISHO__DKIM_BODY__BODY_MATCH;
	evidence.from_signed = true;
	evidence.digest.data = digest;
	evidence.digest.len = sizeof(digest);
	evidence.signature.data = signature;
	evidence.signature.len = signer_sign(ed, digest, signature);
	return 0;
}

static struct auth_query query(const char *domain, const char *from)
{
	struct auth_query q = {.header_from = from,
	    .header_complete = true,
	    .dkim = {list, 1, false, 1780000000}};

	addr_parse(&q.spf.ip, "192.0.2.1");
	q.spf.helo = "helo.example";
	q.spf.domain = domain;
	return q;
}

static struct spf_cache *cache; /* NULL but in one test */

static struct auth_check *start(
    const struct auth_query *q, const char *const *lines, size_t n, void *arg)
{
	static struct auth_means means;

	called = 0;
	uv_loop_init(&loop);
	fake_init(&fake, &loop, lines, n);
	means = (struct auth_means){&loop, &fake.r, psl, &limits, cache};
	return auth_check_start(&means, q, keep, arg);
}

static void end(int want)
{
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(called, want);
	assert_int_equal(fake.in_flight, 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static char key[4096];
static const char *zone[] = {
    key,
    "a.example TXT v=spf1 -all",
    "_dmarc.a.example TXT v=DMARC1; p=reject",
    "pass.example TXT v=spf1 +all",
    "m.strict.example TXT v=spf1 +all",
    "_dmarc.strict.example TXT v=DMARC1; p=none; aspf=s",
    "s.example TXT v=spf1 -all",
    "soft.example TXT v=spf1 ~all",
    "local.example TXT v=spf1 exists:%{l}.x.example -all",
    "slow.example FAIL",
};
#define ZONE zone, sizeof(zone) / sizeof(zone[0])

static void run(const struct auth_query *q)
{
	assert_non_null(start(q, ZONE, NULL));
	end(1);
}

static void dkim_is_asked_where_spf_fails(void **state)
{
	struct auth_query q = query("a.example", "a.example");

	(void)state;
	run(&q);
	assert_int_equal(got_spf.result, SPF_FAIL);
	assert_null(got_spf.answers);
	assert_non_null(got.dkim);
	assert_int_equal(got.says, DKIM_SAYS_ALIGNED);
	assert_true(got.from_aligned);
	assert_non_null(got.dmarc);
	assert_int_equal(got_dmarc.policy, DMARC_REJECT);
	assert_int_equal(got.lookups, 2);
	/* key and policy go out together */
	assert_int_equal(fake.most_in_flight, 2);
	/* A header that was not seen whole may hold other signatures. */
	q.header_complete = false;
	run(&q);
	assert_null(got.dkim);
	assert_null(got.dmarc);
	assert_int_equal(fake.asked, 1);
	q = query("local.example", "local.example");
	run(&q);
	assert_true(got_spf.needs_local_part);
	assert_null(got.dkim);
	assert_null(got.dmarc);
}

static void dmarc_says_how_strictly_domains_are_compared(void **state)
{
	struct auth_query q = query("s.example", "b.a.example");

	(void)state;
	run(&q);
	assert_int_equal(got.says, DKIM_SAYS_ALIGNED);
	assert_false(got.from_aligned);
	zone[2] = "_dmarc.a.example TXT v=DMARC1; p=reject; adkim=s";
	run(&q);
	assert_int_equal(got.says, DKIM_SAYS_UNALIGNED);
	zone[2] = "_dmarc.a.example TXT v=DMARC1; p=reject";
	q = query("m.strict.example", "strict.example");
	run(&q);
	assert_int_equal(got_spf.result, SPF_PASS);
	assert_false(got.from_aligned);
	assert_int_equal(got_dmarc.record.aspf, ALIGN_STRICT);
	q = query("m.strict.example", "m.strict.example");
	run(&q);
	assert_true(got.from_aligned);
}

static void what_needs_no_dns_gets_none(void **state)
{
	struct auth_query q = query("pass.example", "pass.example");

	(void)state;
	run(&q);
	assert_true(got.from_aligned);
	assert_null(got.dkim);
	assert_null(got.dmarc);
	assert_int_equal(fake.asked, 1);
	q = query("soft.example", "a.example");
	run(&q);
	assert_int_equal(got_spf.result, SPF_SOFTFAIL);
	assert_null(got.dkim);
	assert_null(got.dmarc);
	q = query("a.example", "");
	q.dkim.n = 0;
	run(&q);
	assert_int_equal(got.says, DKIM_SAYS_NOTHING);
	assert_null(got.dmarc);
	assert_false(got.from_aligned);
	assert_int_equal(fake.asked, 1);
	q.dkim.more = true;
	run(&q);
	assert_int_equal(got.says, DKIM_SAYS_UNSEEN);
}

/* Only SPF is answered. */
static int ask_late(struct resolver *r, const char *name, enum rr_type type,
    dns_cb cb, void *arg, void **handle)
{
	((struct fake *)r)->late_ms = strchr(name, '_') != NULL ? 60000 : 0;
	return fake_ask(r, name, type, cb, arg, handle);
}

/* Time runs out with SPF, or with what follows, under way. */
static void what_is_late_is_a_temperror(void **state)
{
	struct auth_query q = query("a.example", "a.example");

	(void)state;
	limits.timeout_ms = 5;
	start(&q, ZONE, NULL);
	fake.late_ms = 60000;
	end(1);
	assert_int_equal(got_spf.result, SPF_TEMPERROR);
	assert_null(got.dkim);
	limits.timeout_ms = 500;
	start(&q, ZONE, NULL);
	fake.r.ask = ask_late;
	end(1);
	assert_int_equal(got_spf.result, SPF_FAIL);
	assert_int_equal(got.says, DKIM_SAYS_TEMPERROR);
	assert_int_equal(got_dmarc.state, DMARC_TEMPERROR);
	limits.timeout_ms = 20000;
}

static void a_known_result_costs_no_dns(void **state)
{
	struct auth_query q = query("pass.example", "pass.example");
	struct auth_query fails = query("a.example", "a.example");
	struct auth_check *c;

	(void)state;
	cache = spf_cache_new(10);
	run(&q);
	assert_false(got.cached);
	assert_int_equal(fake.asked, 1);
	run(&q);
	assert_true(got.cached);
	assert_int_equal(fake.asked, 0);
	assert_int_equal(got_spf.result, SPF_PASS);
	assert_string_equal(got_spf.record, "v=spf1 +all");
	/* DKIM and DMARC are asked all the same. */
	run(&fails);
	run(&fails);
	assert_true(got.cached);
	assert_int_equal(fake.asked, 2);
	assert_int_equal(got.says, DKIM_SAYS_ALIGNED);
	/* and one that is cancelled before it calls */
	c = start(&q, ZONE, NULL);
	auth_check_cancel(c);
	end(0);
	spf_cache_free(cache);
	cache = NULL;
}

static void a_cancelled_check_does_not_call(void **state)
{
	struct auth_query q = query("a.example", "a.example");
	struct auth_check *c;

	(void)state;
	auth_check_cancel(start(&q, ZONE, NULL));
	end(0);
	for (int after = 1; after < 4; after++) {
		c = start(&q, ZONE, NULL);
		fake.late_ms = 3;
		while (fake.asked < after)
			uv_run(&loop, UV_RUN_ONCE);
		auth_check_cancel(c);
		end(0);
	}
	/* from inside the callback */
	c = start(&q, ZONE, &c);
	end(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dkim_is_asked_where_spf_fails),
	    cmocka_unit_test(dmarc_says_how_strictly_domains_are_compared),
	    cmocka_unit_test(what_needs_no_dns_gets_none),
	    cmocka_unit_test(what_is_late_is_a_temperror),
	    cmocka_unit_test(a_known_result_costs_no_dns),
	    cmocka_unit_test(a_cancelled_check_does_not_call),
	};
	char err[256], record[3000];
	int failed;

	ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	psl = align_new(NULL, err, sizeof(err));
	signer_record(ed, false, "k=ed25519; ", record, sizeof(record));
	snprintf(
	    key, sizeof(key), "k1._domainkey.mail.a.example TXT %s", record);
	failed = psl != NULL ? cmocka_run_group_tests(tests, set_up, NULL) : 1;
	align_free(psl);
	EVP_PKEY_free(ed);
	return failed;
}
