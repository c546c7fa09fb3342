/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "capture/record_json.h"

#define HEAD(type)                                                             \
	"{\"type\":\"" type "\",\"agent\":\"tap\","                            \
	"\"boot\":\"00000000000000ff\",\"seq\":7,"                             \
	"\"flow_id\":\"0000000000000102\",\"ts_us\":1000001,"                  \
	"\"client\":\"192.0.2.7\",\"client_port\":4000,"                       \
	"\"server\":\"2001:db8::1\",\"server_port\":25,"                       \
	"\"vlan\":[100,200],\"outer\":null,\"tier\":\"domains\","

static uint8_t client[16] = {[10] = 0xff, 0xff, 192, 0, 2, 7};
static uint8_t server[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
static uint8_t bytes[2] = {0xab, 0x01};
static uint32_t vlan[2] = {100, 200};

static Sekisho__Record head(void)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;

	r.seq = 7;
	r.flow_id = 0x102;
	r.ts_us = 1000001;
	r.client_addr = (ProtobufCBinaryData){sizeof(client), client};
	r.server_addr = (ProtobufCBinaryData){sizeof(server), server};
	r.client_port = 4000;
	r.server_port = 25;
	r.n_vlan = 2;
	r.vlan = vlan;
	r.tier = SEKISHO__TIER__TIER_DOMAINS;
	return r;
}

static void expect(const Sekisho__Record *r, const char *want)
{
	struct jsonw j;

	jsonw_init(&j, NULL);
	record_json(&j, r, "tap", 0xff);
	assert_string_equal(jsonw_take(&j), want);
	jsonw_free(&j);
}

static void an_attempt(void **state)
{
	Sekisho__Record r = head();
	Sekisho__Attempt a = SEKISHO__ATTEMPT__INIT;

	(void)state;
	a.start_us = 5;
	a.outcome = SEKISHO__OUTCOME__OUTCOME_HALF_OPEN;
	a.syn_count = 3;
	r.body_case = SEKISHO__RECORD__BODY_ATTEMPT;
	r.attempt = &a;
	expect(&r, HEAD("attempt") "\"start_us\":5,\"outcome\":\"half_open\","
				   "\"syn_count\":3}\n");
	a.outcome = (Sekisho__Outcome)77;
	expect(&r, HEAD("attempt") "\"start_us\":5,\"outcome\":\"?\","
				   "\"syn_count\":3}\n");
}

static Sekisho__DkimEvidence evidence(void)
{
	Sekisho__DkimEvidence k = SEKISHO__DKIM_EVIDENCE__INIT;

	k.domain = (char *)"one.example";
	k.selector = (char *)"s1";
	k.algorithm = SEKISHO__DKIM_ALGORITHM__DKIM_ED25519_SHA256;
	k.signed_s = 1;
	k.body = SEKISHO__DKIM_BODY__BODY_MISMATCH;
	k.digest = (ProtobufCBinaryData){2, bytes};
	k.from_signed = true;
	return k;
}

static void a_transaction(void **state)
{
	Sekisho__Record r = head();
	Sekisho__Transaction t = SEKISHO__TRANSACTION__INIT;
	Sekisho__Helo h = SEKISHO__HELO__INIT;
	Sekisho__Mailbox m = SEKISHO__MAILBOX__INIT, *mv[] = {&m};
	Sekisho__RcptDomain d = SEKISHO__RCPT_DOMAIN__INIT, *dv[] = {&d};
	Sekisho__Reply y = SEKISHO__REPLY__INIT, *yv[] = {&y};
	Sekisho__DkimEvidence k = evidence(), *kv[] = {&k};

	(void)state;
	h.verb = SEKISHO__HELO_VERB__HELO_EHLO;
	h.kind = SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OWN;
	h.name = (char *)"[192.0.2.7]";
	m.domain = (char *)"one.example";
	m.address_hash = (ProtobufCBinaryData){2, bytes};
	d.domain_hash = (ProtobufCBinaryData){2, bytes};
	d.count = 2;
	y.stage = SEKISHO__STAGE__STAGE_RCPT;
	y.code = 550;
	y.enhanced = (char *)"5.1.1";
	y.cls = SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER;
	y.count = 2;
	t.helo = &h;
	t.mail_from = &m;
	t.n_header_from = t.n_rcpt_domains = t.n_replies = 1;
	t.header_from = mv;
	t.rcpt_domains = dv;
	t.replies = yv;
	t.end = SEKISHO__END_OF__END_REJECTED;
	t.seen_bytes = UINT64_MAX;
	t.list_id = true;
	t.auto_submitted = SEKISHO__AUTO_SUBMITTED__AUTO_REPLIED;
	t.n_dkim = 1;
	t.dkim = kv;
	r.body_case = SEKISHO__RECORD__BODY_TRANSACTION;
	r.transaction = &t;
#define BOX                                                                    \
	"{\"null_path\":false,\"domain\":\"one.example\",\"domain_hash\":\"\"" \
	",\"address_hash\":\"ab01\",\"unparsed\":false}"
	expect(&r,
	    HEAD("transaction") "\"start_us\":0,\"helo\":"
				"{\"verb\":\"ehlo\",\"kind\":\"literal_own\","
				"\"name\":\"[192.0.2.7]\",\"name_hash\":\"\","
				"\"null_literal\":false},\"mail_from\":" BOX ","
				"\"rcpt_count\":0,\"rcpt_accepted\":0,\"rcpt_"
				"domains\":["
				"{\"domain\":\"\",\"domain_hash\":\"ab01\","
				"\"count\":2,"
				"\"accepted\":0}],\"rcpt_domains_cut\":false,"
				"\"rcpt_hash\":\"\","
				"\"replies\":["
				"{\"stage\":\"rcpt\",\"code\":550,\"enhanced\":"
				"\"5.1.1\","
				"\"cls\":\"unknown_user\",\"names_client\":"
				"false,\"count\":2}],"
				"\"declared_bytes\":0,\"seen_bytes\":"
				"18446744073709551615,"
				"\"header_from\":[" BOX
				"],\"header_complete\":false,"
				"\"dkim_signature\":false,\"received_count\":0,"
				"\"tls\":\"none\",\"end\":\"rejected\",\"gap\":"
				"false,"
				"\"authenticated\":false,"
				"\"message_id\":null,\"list_id\":true,"
				"\"auto_submitted\":\"replied\","
				"\"smtputf8\":false,\"dkim\":[{"
				"\"domain\":\"one.example\","
				"\"selector\":\"s1\","
				"\"algorithm\":\"ed25519_sha256\","
				"\"identity_domain\":\"\",\"signed_s\":1,"
				"\"expires_s\":0,\"body\":\"mismatch\","
				"\"body_length\":false,\"digest\":\"ab01\","
				"\"signature\":\"\",\"malformed\":false,"
				"\"from_signed\":true}]}\n");
}

static void a_close(void **state)
{
	Sekisho__Record r = head();
	Sekisho__Close c = SEKISHO__CLOSE__INIT;
	char *risks[] = {(char *)"Clear-Text Credentials"};

	(void)state;
	c.reason = SEKISHO__CLOSE_REASON__CLOSE_EVICTED;
	c.auth_mechanism = (char *)"PLAIN";
	c.sni = (char *)"mx.one.example";
	c.tls_version = 772;
	c.n_dpi_risks = 1;
	c.dpi_risks = risks;
	c.xclient = true;
	r.body_case = SEKISHO__RECORD__BODY_CLOSE;
	r.close = &c;
	expect(&r,
	    HEAD(
		"close") "\"start_us\":0,\"reason\":\"evicted\","
			 "\"client_bytes\":0,\"server_bytes\":0,\"client_"
			 "packets\":0,"
			 "\"server_packets\":0,\"auth_mechanism\":\"PLAIN\","
			 "\"auth\":\"none\",\"tls\":\"none\",\"dpi\":\"\","
			 "\"gaps\":0,"
			 "\"lost_bytes\":0,\"transactions\":0,\"not_smtp\":"
			 "false,"
			 "\"midstream\":false,\"client_unseen\":false,"
			 "\"server_unseen\":false,\"helo\":null,\"replies\":[],"
			 "\"unknown_commands\":0,"
			 "\"sni\":\"mx.one.example\",\"sni_hash\":\"\","
			 "\"tls_version\":772,"
			 "\"dpi_risks\":[\"Clear-Text Credentials\"],"
			 "\"proxy\":false,\"xclient\":true,"
			 "\"overlong_lines\":0}\n");
}

static void a_tunnel_and_a_summary(void **state)
{
	Sekisho__Record r = head();
	Sekisho__Outer o = SEKISHO__OUTER__INIT;
	Sekisho__Summary s = SEKISHO__SUMMARY__INIT;

	(void)state;
	o.pppoe_session = 5;
	o.tunnel = SEKISHO__TUNNEL__TUNNEL_GTP_U;
	o.tunnel_addr = r.client_addr;
	o.tunnel_id = 4294967295;
	r.outer = &o;
	s.start_us = 3;
	s.unanswered = 9000;
	s.distinct_servers = 8000;
	s.error = 2;
	s.server_port = 25;
	s.own_servers = true;
	s.failed_servers = 7999;
	r.body_case = SEKISHO__RECORD__BODY_SUMMARY;
	r.summary = &s;
	expect(&r, "{\"type\":\"summary\",\"agent\":\"tap\","
		   "\"boot\":\"00000000000000ff\",\"seq\":7,"
		   "\"flow_id\":\"0000000000000102\",\"ts_us\":1000001,"
		   "\"client\":\"192.0.2.7\",\"client_port\":4000,"
		   "\"server\":\"2001:db8::1\",\"server_port\":25,"
		   "\"vlan\":[100,200],\"outer\":{\"pppoe_session\":5,"
		   "\"mpls_label\":0,\"tunnel\":\"gtp_u\","
		   "\"tunnel_addr\":\"192.0.2.7\","
		   "\"tunnel_id\":4294967295},\"tier\":\"domains\","
		   "\"start_us\":3,\"unanswered\":9000,\"refused\":0,"
		   "\"half_open\":0,\"evicted\":0,"
		   "\"distinct_servers\":8000,\"error\":2,"
		   "\"server_port\":25,\"own_servers\":true,"
		   "\"failed_servers\":7999}\n");
}

static void counters_have_no_connection(void **state)
{
	Sekisho__Record r = SEKISHO__RECORD__INIT;
	Sekisho__Counter a = SEKISHO__COUNTER__INIT, *v[] = {&a};
	Sekisho__Counters c = SEKISHO__COUNTERS__INIT;

	(void)state;
	a.name = (char *)"packets";
	a.value = 9;
	c.n_counters = 1;
	c.counters = v;
	r.body_case = SEKISHO__RECORD__BODY_COUNTERS;
	r.counters = &c;
	expect(&r,
	    "{\"type\":\"counters\",\"agent\":\"tap\","
	    "\"boot\":\"00000000000000ff\",\"seq\":0,"
	    "\"flow_id\":\"0000000000000000\",\"ts_us\":0,"
	    "\"client\":\"\",\"client_port\":0,\"server\":\"\","
	    "\"server_port\":0,\"vlan\":[],\"outer\":null,\"tier\":\"flow\","
	    "\"counters\":{\"packets\":9}}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_attempt),
	    cmocka_unit_test(a_transaction),
	    cmocka_unit_test(a_close),
	    cmocka_unit_test(a_tunnel_and_a_summary),
	    cmocka_unit_test(counters_have_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
