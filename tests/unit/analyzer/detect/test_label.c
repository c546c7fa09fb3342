/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/label.h"

#include "feed.h"

#define CLASS(x) SEKISHO__REPLY_CLASS__REPLY_CLASS_##x
#define STAGE(x) SEKISHO__STAGE__STAGE_##x
#define KIND(x)  SEKISHO__HELO_KIND__HELO_KIND_##x

struct label_case {
	const char *name;
	enum label want;
	struct observation o; /* case, port, customer are set by the loop */
	const char *client;   /* NULL: 192.0.2.7 */
};

#define T .kind = OBS_TRANSACTION
#define C .kind = OBS_CLOSE
#define A .kind = OBS_ATTEMPT
#define REPLY(code, c, s)                                                      \
	.reply_code = (code), .reply_class = CLASS(c), .reply_stage = STAGE(s)
#define SAID_HELO .helo_verb = SEKISHO__HELO_VERB__HELO_EHLO
#define DELIVERED .end = SEKISHO__END_OF__END_DELIVERED

static const struct label_case cases[] = {
    {"answered attempt feeds the burst rule only", LABEL_NONE,
	{A, .outcome = ANSWERED}, NULL},
    {"unanswered", LABEL_UNANSWERED, {A, .outcome = UNANSWERED}, NULL},
    {"refused", LABEL_REFUSED, {A, .outcome = REFUSED}, NULL},
    {"half open, source not validated", LABEL_NONE, {A, .outcome = HALF_OPEN},
	NULL},
    {"half open, source validated", LABEL_UNANSWERED,
	{A, .outcome = HALF_OPEN, .source_validated = true}, NULL},
    {"attempt without outcome", LABEL_NONE, {A}, NULL},

    {"delivered", LABEL_DELIVERED, {T, DELIVERED}, NULL},
    {"transaction that was given up", LABEL_NONE,
	{T, .end = SEKISHO__END_OF__END_RSET}, NULL},
    {"transaction with lost end", LABEL_NONE,
	{T, .end = SEKISHO__END_OF__END_GAP}, NULL},

    {"block list names the client", LABEL_BLOCKLISTED,
	{T, REPLY(554, BLOCKLISTED, RCPT), .names_client = true}, NULL},
    {"block list, temporary", LABEL_BLOCKLISTED,
	{T, REPLY(450, BLOCKLISTED, RCPT), .names_client = true}, NULL},
    {"block list names our range only", LABEL_REJECTED,
	{T, REPLY(554, BLOCKLISTED, RCPT)}, NULL},
    {"block list beats everything", LABEL_BLOCKLISTED,
	{T, REPLY(554, BLOCKLISTED, RCPT), .names_client = true,
	    .unknown_users = 2, .verdict = VERDICT_SPOOFED},
	NULL},
    {"a policy reply that names the client", LABEL_REJECTED,
	{T, REPLY(554, POLICY, RCPT), .names_client = true}, NULL},

    {"unknown user by class", LABEL_UNKNOWN_USER,
	{T, REPLY(550, UNKNOWN_USER, RCPT)}, NULL},
    {"unknown user, temporary", LABEL_DEFERRED,
	{T, REPLY(450, UNKNOWN_USER, RCPT)}, NULL},
    {"unknown user among accepted ones", LABEL_UNKNOWN_USER,
	{T, DELIVERED, .unknown_users = 1, .rcpt_accepted = 3}, NULL},
    {"unknown user beats a spoofed sender", LABEL_UNKNOWN_USER,
	{T, .unknown_users = 1, .verdict = VERDICT_SPOOFED}, NULL},

    {"spoofed and delivered", LABEL_SPF_FAIL,
	{T, DELIVERED, .verdict = VERDICT_SPOOFED}, NULL},
    {"SPF fail without the verdict", LABEL_DELIVERED,
	{T, DELIVERED, .spf = SPF_FAIL, .verdict = VERDICT_CANNOT_TELL}, NULL},
    {"authorised", LABEL_DELIVERED,
	{T, DELIVERED, .spf = SPF_PASS, .verdict = VERDICT_AUTHORISED}, NULL},

    {"HELO [0.0.0.0]", LABEL_HELO_FORGED,
	{T, DELIVERED, SAID_HELO, .helo_null_literal = true,
	    .helo_kind = KIND(LITERAL_OTHER)},
	NULL},
    {"HELO [0.0.0.0] of a private client", LABEL_HELO_FORGED,
	{T, SAID_HELO, .helo_null_literal = true}, "100.64.0.9"},
    {"HELO with another public literal", LABEL_HELO_FORGED,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER),
	    .helo = "[203.0.113.5]"},
	NULL},
    {"HELO with another IPv6 literal", LABEL_HELO_FORGED,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER),
	    .helo = "[ipv6:2001:db8::5]"},
	"2001:db8:1::1"},
    {"HELO with another literal, private client", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER),
	    .helo = "[203.0.113.5]"},
	"100.64.0.9"},
    {"HELO of a mail program behind home NAT", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER),
	    .helo = "[192.168.1.5]"},
	NULL},
    {"literal of another address, its text not known", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER)}, NULL},
    {"literal that is none", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OTHER), .helo = "[300.1.1.1]"},
	NULL},
    {"own literal", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(LITERAL_OWN), .helo = "[192.0.2.7]"},
	NULL},
    {"HELO of an authenticated session", LABEL_DELIVERED,
	{T, DELIVERED, SAID_HELO, .helo_null_literal = true,
	    .authenticated = true},
	NULL},
    {"no HELO at all", LABEL_NONE, {T, .helo_null_literal = true}, NULL},
    {"bare HELO name is no forgery", LABEL_NONE,
	{T, SAID_HELO, .helo_kind = KIND(BARE), .helo = "pc"}, NULL},

    {"rejected at MAIL", LABEL_REJECTED, {T, REPLY(553, SENDER, MAIL)}, NULL},
    {"rejected at RCPT", LABEL_REJECTED, {T, REPLY(550, POLICY, RCPT)}, NULL},
    {"rejected at DATA", LABEL_REJECTED, {T, REPLY(554, OTHER, DATA)}, NULL},
    {"rejected after the message", LABEL_REJECTED,
	{T, REPLY(554, CONTENT, MESSAGE)}, NULL},
    {"rejected at HELO", LABEL_REJECTED, {T, REPLY(550, POLICY, HELO)}, NULL},
    {"refused at STARTTLS is about TLS", LABEL_NONE,
	{T, REPLY(554, OTHER, STARTTLS)}, NULL},
    {"refused at QUIT", LABEL_NONE, {T, REPLY(554, OTHER, QUIT)}, NULL},
    {"authentication required", LABEL_NONE, {T, REPLY(530, AUTH, MAIL)}, NULL},
    {"syntax error", LABEL_NONE, {T, REPLY(501, SYNTAX, MAIL)}, NULL},
    {"syntax error of one command, delivered", LABEL_DELIVERED,
	{T, DELIVERED, REPLY(500, SYNTAX, HELO)}, NULL},
    {"code outside of 4xx and 5xx", LABEL_NONE, {T, REPLY(650, OTHER, RCPT)},
	NULL},

    {"552 too big", LABEL_OVERSIZE, {T, REPLY(552, SIZE, MAIL)}, NULL},
    {"size refusal, declared above the limit", LABEL_OVERSIZE,
	{T, REPLY(554, SIZE, MAIL), .declared_bytes = 30000001}, NULL},
    {"size refusal of a small message", LABEL_REJECTED,
	{T, REPLY(554, SIZE, MAIL), .declared_bytes = 30000000}, NULL},
    {"no room now", LABEL_DEFERRED, {T, REPLY(452, SIZE, MAIL)}, NULL},
    {"above the limit, delivered", LABEL_OVERSIZE,
	{T, DELIVERED, .seen_bytes = 30000001}, NULL},
    {"at the limit, delivered", LABEL_DELIVERED,
	{T, DELIVERED, .seen_bytes = 30000000}, NULL},
    {"above the limit and rejected for another reason", LABEL_REJECTED,
	{T, REPLY(554, CONTENT, MESSAGE), .seen_bytes = 30000001}, NULL},

    {"greylisted", LABEL_DEFERRED, {T, REPLY(451, GREYLISTED, RCPT)}, NULL},
    {"rate limited", LABEL_DEFERRED, {T, REPLY(421, RATE, MESSAGE)}, NULL},
    {"454 at AUTH", LABEL_NONE, {T, REPLY(454, AUTH, AUTH)}, NULL},

    {"close after transactions says nothing", LABEL_NONE,
	{C, REPLY(554, POLICY, GREETING), .transactions = 1, .not_smtp = true,
	    SAID_HELO, .helo_null_literal = true},
	NULL},
    {"refusal in the greeting", LABEL_REJECTED,
	{C, REPLY(554, POLICY, GREETING)}, NULL},
    {"block list in the greeting", LABEL_BLOCKLISTED,
	{C, REPLY(554, BLOCKLISTED, GREETING), .names_client = true}, NULL},
    {"busy greeting", LABEL_DEFERRED, {C, REPLY(421, OTHER, GREETING)}, NULL},
    {"forged HELO and no mail", LABEL_HELO_FORGED,
	{C, SAID_HELO, .helo_null_literal = true}, NULL},
    {"not SMTP", LABEL_NOT_SMTP, {C, .not_smtp = true}, NULL},
    {"not SMTP, answered by syntax errors", LABEL_NOT_SMTP,
	{C, REPLY(500, SYNTAX, HELO), .not_smtp = true}, NULL},
    {"syntax errors only", LABEL_NONE, {C, REPLY(500, SYNTAX, HELO)}, NULL},
    {"STARTTLS", LABEL_OPAQUE, {C, .tls = SEKISHO__TLS_STATE__TLS_STARTED},
	NULL},
    {"TLS from the start", LABEL_OPAQUE,
	{C, .tls = SEKISHO__TLS_STATE__TLS_IMPLICIT}, NULL},
    {"TLS offered only", LABEL_NONE,
	{C, .tls = SEKISHO__TLS_STATE__TLS_OFFERED}, NULL},
    {"readable before TLS", LABEL_NONE,
	{C, .tls = SEKISHO__TLS_STATE__TLS_STARTED, .transactions = 1}, NULL},

    {"summary", LABEL_NONE, {.kind = OBS_SUMMARY, .attempts = 9, .servers = 9},
	NULL},
    {"tick", LABEL_NONE, {.kind = OBS_TICK, .unknown_users = 1}, NULL},
    {"operator", LABEL_NONE, {.kind = OBS_OPERATOR, .unknown_users = 1}, NULL},
    {"policy", LABEL_NONE, {.kind = OBS_POLICY, .unknown_users = 1}, NULL},
    {"move", LABEL_NONE, {.kind = OBS_MOVE, .unknown_users = 1}, NULL},
};

static void test_every_label_and_exception(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct observation o = cases[i].o;
		enum label got;

		o.traffic_case = 2;
		o.server_port = 25;
		snprintf(o.customer, sizeof(o.customer), "C1");
		assert_int_equal(addr_parse(&o.client, cases[i].client != NULL
							   ? cases[i].client
							   : "192.0.2.7"),
		    0);
		got = label_of(&f->policy, &o);
		if (got != cases[i].want)
			fail_msg("%s: %s, not %s", cases[i].name,
			    label_name(got), label_name(cases[i].want));
	}
	feed_free(f);
}

static void test_only_case_2_on_port_25_of_a_customer_is_evidence(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_unknown("C1", 0, 1);

	(void)state;
	assert_int_equal(label_of(&f->policy, &o), LABEL_UNKNOWN_USER);
	for (o.traffic_case = 0; o.traffic_case <= 4; o.traffic_case++)
		assert_int_equal(label_of(&f->policy, &o),
		    o.traffic_case == 2 ? LABEL_UNKNOWN_USER : LABEL_NONE);
	o.traffic_case = 2;
	o.server_port = 587;
	assert_int_equal(label_of(&f->policy, &o), LABEL_NONE);
	o.server_port = 25;
	o.customer[0] = '\0';
	assert_int_equal(label_of(&f->policy, &o), LABEL_NONE);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_label_and_exception),
	    cmocka_unit_test(
		test_only_case_2_on_port_25_of_a_customer_is_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
