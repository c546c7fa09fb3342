/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/observe.h"

static struct prefix own[2], servers[1], validated[1];
static struct conf conf;
static struct directory *directory;
static struct lease_book *leases;
static struct db *db;
static char path[64];

static struct addr addr(const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, text), 0);
	return a;
}

static int setup(void **state)
{
	struct lease l = {.line_class = CLASS_DYNAMIC,
	    .until_us = INT64_MAX,
	    .customer = "C1"};
	struct lease_book_owner nobody = {NULL, NULL};
	char err[DB_ERROR_BYTES];

	(void)state;
	strcpy(path, "/tmp/sekisho-observe-XXXXXX");
	close(mkstemp(path));
	db = db_open(path, DB_CREATE, err);
	assert_non_null(db);
	prefix_parse(&own[0], "198.51.100.0/24");
	prefix_parse(&own[1], "2001:db8:100::/40");
	prefix_parse(&servers[0], "198.51.100.240/29");
	prefix_parse(&validated[0], "198.51.100.0/26");
	conf.own_networks = (struct conf_prefixes){own, 2};
	conf.own_servers = (struct conf_prefixes){servers, 1};
	conf.source_validated = (struct conf_prefixes){validated, 1};
	directory = directory_new();
	prefix_parse(&l.prefix, "198.51.100.7");
	leases = lease_book_new(db, directory, &conf, nobody, 0);
	assert_non_null(leases);
	assert_int_not_equal(directory_add(directory, &l), 0);
	prefix_parse(&l.prefix, "198.51.100.9");
	l.first_port = 1024;
	l.last_port = 2047;
	assert_int_not_equal(directory_add(directory, &l), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	lease_book_free(leases);
	directory_free(directory);
	db_close(db);
	unlink(path);
	return 0;
}

static void the_four_cases(void **state)
{
	static const struct {
		const char *client, *server;
		int want;
	} rows[] = {
	    {"198.51.100.7", "198.51.100.241", 1},
	    {"198.51.100.7", "203.0.113.5", 2},
	    {"2001:db8:100::1", "2001:db8:f000::5", 2},
	    {"203.0.113.5", "198.51.100.241", 3},
	    {"203.0.113.5", "203.0.113.6", 4},
	    /* our own server sends to the world: no subscriber's mail */
	    {"198.51.100.241", "203.0.113.5", 4},
	    {"198.51.100.241", "198.51.100.242", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct addr c = addr(rows[i].client);
		struct addr s = addr(rows[i].server);

		assert_int_equal(observe_case(&conf, &c, &s), rows[i].want);
	}
}

/* What network.own_server_names resolve to. */
static void a_server_is_our_own_by_name(void **state)
{
	struct addr c = addr("198.51.100.7"), s = addr("203.0.113.5");
	struct addr far = addr("203.0.113.9");
	struct prefix named = {s, 128};

	(void)state;
	conf.own_named = (struct conf_prefixes){&named, 1};
	assert_int_equal(observe_case(&conf, &c, &s), 1);
	assert_int_equal(observe_case(&conf, &far, &s), 3);
	assert_int_equal(observe_case(&conf, &s, &far), 4);
	conf.own_named = (struct conf_prefixes){NULL, 0};
	assert_int_equal(observe_case(&conf, &c, &s), 2);
}

struct sample {
	struct addr client, server;
	Sekisho__Record r;
	Sekisho__Transaction t;
	Sekisho__Mailbox from;
	Sekisho__Reply reply[4];
	Sekisho__Reply *replies[4];
	Sekisho__RcptDomain dom[2];
	Sekisho__RcptDomain *doms[2];
};

static void fill(struct sample *s, const char *client, const char *server)
{
	s->client = addr(client);
	s->server = addr(server);
	sekisho__record__init(&s->r);
	sekisho__transaction__init(&s->t);
	sekisho__mailbox__init(&s->from);
	s->r.seq = 9;
	s->r.ts_us = 1000;
	s->r.server_port = 25;
	s->r.tier = SEKISHO__TIER__TIER_DOMAINS;
	s->r.client_addr = (ProtobufCBinaryData){16, s->client.b};
	s->r.server_addr = (ProtobufCBinaryData){16, s->server.b};
	s->r.body_case = SEKISHO__RECORD__BODY_TRANSACTION;
	s->r.transaction = &s->t;
	s->from.domain = "a.example";
	s->t.mail_from = &s->from;
	for (int i = 0; i < 4; i++) {
		sekisho__reply__init(&s->reply[i]);
		s->reply[i].count = 1;
		s->reply[i].enhanced = "";
		s->replies[i] = &s->reply[i];
	}
	s->t.replies = s->replies;
	for (int i = 0; i < 2; i++) {
		sekisho__rcpt_domain__init(&s->dom[i]);
		s->doms[i] = &s->dom[i];
	}
	s->dom[0].domain = "x.example";
	s->dom[1].domain = "y.example";
	s->t.rcpt_domains = s->doms;
	s->t.n_rcpt_domains = 2;
	s->t.rcpt_hash = (ProtobufCBinaryData){8, (uint8_t *)"eightbyt"};
}

static enum observe_result run(const struct sample *s, struct observation *o)
{
	return observe_record(&conf, leases, "tap0", 77, &s->r, o);
}

static void a_transaction_becomes_a_row_with_its_customer(void **state)
{
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.7", "203.0.113.5");
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_string_equal(o.customer, "C1");
	assert_int_equal(o.line_class, CLASS_DYNAMIC);
	assert_int_equal(o.traffic_case, 2);
	assert_true(o.source_validated);
	assert_string_equal(o.mail_from, "a.example");
	assert_string_equal(o.rcpt_domains, "x.example y.example");
	assert_memory_equal(o.rcpt_hash, "eightbyt", 8);
	assert_int_equal(o.seq, 9);
	assert_int_equal(o.boot, 77);
	s.t.rcpt_hash.len = 7; /* of no agent of ours */
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.rcpt_hash[0], 0);
}

static void mail_through_our_own_server_keeps_no_names(void **state)
{
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.7", "198.51.100.241");
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.traffic_case, 1);
	assert_string_not_equal(o.mail_from, "");
	assert_string_not_equal(o.rcpt_domains, "");
	observe_drop_names(&o);
	assert_string_equal(o.mail_from, "");
	assert_string_equal(o.rcpt_domains, "");
	assert_int_equal(o.rcpt_hash[0], 0);
	assert_string_equal(o.customer, "C1");
}

static void addresses_without_a_customer_make_no_row(void **state)
{
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.8", "203.0.113.5");
	assert_int_equal(run(&s, &o), OBSERVE_UNKNOWN);
	fill(&s, "203.0.113.9", "203.0.113.5");
	assert_int_equal(run(&s, &o), OBSERVE_NOT_OURS);
	s.r.client_addr.len = 4;
	assert_int_equal(run(&s, &o), OBSERVE_BAD);
}

static void a_unit_stands_for_who_is_not_known(void **state)
{
	struct conf_unit unit = {.len = 56};
	struct observation o;
	struct sample s;

	(void)state;
	assert_int_equal(prefix_parse(&unit.inside, "2001:db8:100::/40"), 0);
	fill(&s, "2001:db8:1ff:1234::9", "203.0.113.5");
	assert_int_equal(run(&s, &o), OBSERVE_UNKNOWN);
	conf.ipv6_units = &unit;
	conf.n_ipv6_units = 1;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_string_equal(o.customer, "unit:2001:db8:1ff:1200::/56");
	assert_int_equal(o.line_class, CLASS_UNKNOWN);
	strcpy(unit.line_class, "static");
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.line_class, CLASS_STATIC);
	/* Whom something names, nobody guesses; nor beside the unit. */
	fill(&s, "198.51.100.8", "203.0.113.5");
	assert_int_equal(run(&s, &o), OBSERVE_UNKNOWN);
	conf.ipv6_units = NULL;
	conf.n_ipv6_units = 0;
}

static void a_shared_address_needs_its_port(void **state)
{
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.9", "203.0.113.5");
	s.r.client_port = 1500;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_string_equal(o.customer, "C1");
	s.r.client_port = 2048;
	assert_int_equal(run(&s, &o), OBSERVE_SHARED);
	assert_string_equal(o.customer, "");
}

static void a_summary_is_a_row_without_a_server(void **state)
{
	static const struct {
		const char *client;
		bool own_servers;
		enum observe_result want;
		int traffic_case;
	} rows[] = {
	    {"198.51.100.7", false, OBSERVE_ROW, 2},
	    {"198.51.100.7", true, OBSERVE_ROW, 1},
	    {"198.51.100.8", false, OBSERVE_UNKNOWN, 2},
	    {"203.0.113.9", true, OBSERVE_NOT_OURS, 3},
	    {"203.0.113.9", false, OBSERVE_NOT_OURS, 4},
	    {"198.51.100.241", false, OBSERVE_NOT_OURS, 4},
	};
	Sekisho__Summary told = SEKISHO__SUMMARY__INIT;
	struct observation o;
	struct sample s;

	(void)state;
	told.start_us = 400;
	told.unanswered = 5;
	told.refused = 6;
	told.half_open = 7;
	told.evicted = 1000;
	told.error = 3;
	told.server_port = 587;
	told.failed_servers = 9;
	told.distinct_servers = 900;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fill(&s, rows[i].client, "203.0.113.5");
		s.r.server_addr.len = 0;
		s.r.server_port = 0;
		s.r.body_case = SEKISHO__RECORD__BODY_SUMMARY;
		s.r.summary = &told;
		told.own_servers = rows[i].own_servers;
		assert_int_equal(run(&s, &o), rows[i].want);
		assert_int_equal(o.traffic_case, rows[i].traffic_case);
	}
	fill(&s, "198.51.100.7", "203.0.113.5");
	s.r.server_addr.len = 0;
	s.r.body_case = SEKISHO__RECORD__BODY_SUMMARY;
	s.r.summary = &told;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.kind, OBS_SUMMARY);
	assert_string_equal(o.customer, "C1");
	assert_true(o.source_validated);
	assert_int_equal(o.start_us, 400);
	assert_int_equal(o.server_port, 587);
	assert_int_equal(o.attempts, 15);
	assert_int_equal(o.servers, 9);
	assert_true(addr_is_null(&o.server));
}

/* Whatever an agent tells. */
static void a_summary_counts_no_more_than_it_may(void **state)
{
	static const struct {
		uint64_t unanswered, refused, error;
		uint32_t servers;
		int64_t want_attempts, want_servers;
	} rows[] = {
	    {10, 0, 0, 20, 10, 10},
	    {10, 0, 0, 0, 10, 1}, /* an agent that does not say */
	    {10, 0, 9, 20, 1, 1}, {10, 0, 10, 20, 0, 0},
	    {10, 0, UINT64_MAX, 20, 0, 0},
	    {UINT64_MAX, UINT64_MAX, 0, UINT32_MAX, 2 * (int64_t)INT32_MAX,
		2 * (int64_t)INT32_MAX},
	    {UINT64_MAX, UINT64_MAX, UINT64_MAX, 7, 0, 0},
	    {0, 0, 0, 7, 0, 0}, /* all were evicted */
	};
	Sekisho__Summary told = SEKISHO__SUMMARY__INIT;
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.7", "203.0.113.5");
	s.r.body_case = SEKISHO__RECORD__BODY_SUMMARY;
	s.r.summary = &told;
	told.server_port = 25;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		told.unanswered = rows[i].unanswered;
		told.refused = rows[i].refused;
		told.error = rows[i].error;
		told.failed_servers = rows[i].servers;
		told.evicted = 5;
		assert_int_equal(run(&s, &o),
		    rows[i].want_attempts ? OBSERVE_ROW : OBSERVE_NOTHING);
		assert_int_equal(o.attempts, rows[i].want_attempts);
		assert_int_equal(o.servers, rows[i].want_servers);
	}
}

static void the_strongest_refusal_is_kept(void **state)
{
	struct observation o;
	struct sample s;

	(void)state;
	fill(&s, "198.51.100.7", "203.0.113.5");
	s.t.n_replies = 4;
	s.reply[0].code = 250;
	s.reply[1].code = 550;
	s.reply[1].cls = SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER;
	s.reply[1].count = 3;
	s.reply[1].enhanced = "5.1.1";
	s.reply[2].code = 554;
	s.reply[3].code = 451;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.reply_code, 550);
	assert_int_equal(o.unknown_users, 3);
	assert_string_equal(o.reply_enhanced, "5.1.1");
	/* a block list only counts when it names this client */
	s.reply[2].cls = SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.reply_code, 550);
	s.reply[2].names_client = true;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(o.reply_code, 554);
	assert_true(o.names_client);
}

static void too_many_domains_are_cut_at_a_whole_name(void **state)
{
	char longname[250];
	struct observation o;
	struct sample s;
	Sekisho__RcptDomain *many[8];

	(void)state;
	fill(&s, "198.51.100.7", "203.0.113.5");
	memset(longname, 'a', sizeof(longname));
	longname[sizeof(longname) - 1] = '\0';
	s.dom[1].domain = longname;
	for (int i = 0; i < 8; i++)
		many[i] = &s.dom[1];
	many[7] = &s.dom[0];
	s.t.rcpt_domains = many;
	s.t.n_rcpt_domains = 8;
	assert_int_equal(run(&s, &o), OBSERVE_ROW);
	assert_int_equal(strlen(o.rcpt_domains), 4 * 249 + 3 + 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_four_cases),
	    cmocka_unit_test(a_server_is_our_own_by_name),
	    cmocka_unit_test(a_unit_stands_for_who_is_not_known),
	    cmocka_unit_test(a_transaction_becomes_a_row_with_its_customer),
	    cmocka_unit_test(mail_through_our_own_server_keeps_no_names),
	    cmocka_unit_test(addresses_without_a_customer_make_no_row),
	    cmocka_unit_test(a_shared_address_needs_its_port),
	    cmocka_unit_test(a_summary_is_a_row_without_a_server),
	    cmocka_unit_test(a_summary_counts_no_more_than_it_may),
	    cmocka_unit_test(the_strongest_refusal_is_kept),
	    cmocka_unit_test(too_many_domains_are_cut_at_a_whole_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
