/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/row.h"

#include <stdio.h>
#include <string.h>

#include "base/record.pb-c.h"

#define CODE(name) SEKISHO__REPLY_CLASS__REPLY_CLASS_##name
#define AT(name)   SEKISHO__STAGE__STAGE_##name
#define END(name)  SEKISHO__END_OF__END_##name

/* What each fate looks like in a row. */
struct reply {
	int code, cls, stage, end;
	bool names_client, unknown;
};
static const struct reply replies[] = {
    [FATE_DELIVERED] = {250, CODE(OK), AT(MESSAGE), END(DELIVERED), 0, 0},
    [FATE_UNKNOWN] = {550, CODE(UNKNOWN_USER), AT(RCPT), END(RSET), 0, 1},
    [FATE_REJECTED] = {554, CODE(POLICY), AT(MESSAGE), END(REJECTED), 0, 0},
    [FATE_SENDER] = {553, CODE(SENDER), AT(MAIL), END(RSET), 0, 0},
    [FATE_LISTED] = {554, CODE(BLOCKLISTED), AT(RCPT), END(QUIT), 1, 0},
    [FATE_RANGE] = {554, CODE(BLOCKLISTED), AT(RCPT), END(QUIT), 0, 0},
    [FATE_GREY] = {450, CODE(GREYLISTED), AT(RCPT), END(QUIT), 0, 0},
    [FATE_OVERSIZE] = {552, CODE(SIZE), AT(MESSAGE), END(REJECTED), 0, 0},
    [FATE_NOMAIL] = {0, CODE(OTHER), AT(OTHER), END(QUIT), 0, 0},
};

static const int outcomes[] = {
    [ANSWER_YES] = SEKISHO__OUTCOME__OUTCOME_ANSWERED,
    [ANSWER_NONE] = SEKISHO__OUTCOME__OUTCOME_UNANSWERED,
    [ANSWER_RESET] = SEKISHO__OUTCOME__OUTCOME_REFUSED,
    [ANSWER_HALF] = SEKISHO__OUTCOME__OUTCOME_HALF_OPEN,
};

/* 2001:db8::/32 and the number: as distinct as the numbers are. */
static void address(struct addr *a, uint32_t number)
{
	static const uint8_t head[4] = {0x20, 0x01, 0x0d, 0xb8};

	memset(a->b, 0, sizeof(a->b));
	memcpy(a->b, head, sizeof(head));
	for (int i = 0; i < 4; i++)
		a->b[12 + i] = (uint8_t)(number >> (24 - 8 * i));
}

static void fill(struct observation *o, enum obs_kind kind,
    const struct life *l, const char *customer, enum tier tier)
{
	memset(o, 0, sizeof(*o));
	o->kind = kind;
	snprintf(o->agent, sizeof(o->agent), "eval");
	snprintf(o->customer, sizeof(o->customer), "%s", customer);
	addr_parse(&o->client, "192.0.2.7");
	o->client_port = 40000;
	o->line_class = l->line_class;
	o->source_validated = l->validated;
	o->traffic_case = 2;
	o->tier = tier;
}

void rows_begin(struct rows *r, const struct life *l, const char *customer,
    enum tier tier, bool rotates)
{
	fill(&r->attempt, OBS_ATTEMPT, l, customer, tier);
	fill(&r->mail, OBS_TRANSACTION, l, customer, tier);
	fill(&r->close, OBS_CLOSE, l, customer, tier);
	memset(&r->other, 0, sizeof(r->other));
	r->tier = tier;
	r->rotates = rotates;
}

/* "d<number>.example", without the cost of printf. */
static void domain_name(char *to, uint32_t number)
{
	char digits[12];
	int n = 0;

	do
		digits[n++] = (char)('0' + number % 10);
	while ((number /= 10) != 0);
	*to++ = 'd';
	while (n > 0)
		*to++ = digits[--n];
	memcpy(to, ".example", 9);
}

static void fill_helo(struct observation *o, const struct talk *t, bool names)
{
	o->helo_verb = SEKISHO__HELO_VERB__HELO_EHLO;
	o->helo_null_literal = t->greeting == GREET_NULL;
	o->helo[0] = '\0';
	switch (t->greeting) {
	case GREET_FQDN:
		o->helo_kind = SEKISHO__HELO_KIND__HELO_KIND_FQDN;
		if (names)
			domain_name(o->helo, t->sender);
		break;
	case GREET_BARE:
		o->helo_kind = SEKISHO__HELO_KIND__HELO_KIND_BARE;
		if (names)
			memcpy(o->helo, "localhost", 10);
		break;
	case GREET_OTHER_LITERAL:
		o->helo_kind = SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OTHER;
		if (names)
			memcpy(o->helo, "[203.0.113.77]", 15);
		break;
	case GREET_NULL:
		o->helo_kind = SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OTHER;
		if (names)
			memcpy(o->helo, "[0.0.0.0]", 10);
		break;
	}
}

static void fill_reply(
    struct observation *o, const struct talk *t, const struct reply *r)
{
	int rcpts = t->recipients > 0 ? t->recipients : 1;

	o->reply_code = r->code;
	o->reply_class = r->cls;
	o->reply_stage = r->stage;
	o->names_client = r->names_client;
	o->end = r->end;
	o->rcpt_count = rcpts;
	o->unknown_users = r->unknown ? rcpts : 0;
	o->rcpt_accepted = t->fate == FATE_DELIVERED ? rcpts : 0;
}

#define OWN_SENDER 1

/* Whose mail is authorised although it is not of his own domain forwards. */
static enum spf_result spf_of(const struct talk *t)
{
	if (t->verdict == VERDICT_AUTHORISED)
		return t->sender == OWN_SENDER ? SPF_PASS : SPF_FAIL;
	return t->verdict == VERDICT_SPOOFED ? SPF_FAIL : SPF_NEUTRAL;
}

static void fill_mail(struct rows *r, const struct talk *t)
{
	struct observation *o = &r->mail;
	bool names = r->tier == PRIVACY_DOMAINS;

	fill_helo(o, t, names);
	fill_reply(o, t, &replies[t->fate]);
	o->authenticated = t->login;
	o->mail_from_seen = true;
	o->rcpt_domains[0] = o->mail_from[0] = o->header_from[0] = '\0';
	o->verdict = names ? t->verdict : VERDICT_CANNOT_TELL;
	if (r->tier != PRIVACY_FLOW)
		memcpy(o->mail_from_hash, &t->sender, sizeof(t->sender));
	if (!names)
		return;
	domain_name(o->rcpt_domains, t->domain);
	domain_name(o->mail_from, t->sender);
	domain_name(o->header_from, t->sender);
	o->auth_state = AUTH_STATE_DONE;
	o->spf = spf_of(t);
}

static void fill_close(struct rows *r, const struct talk *t)
{
	struct observation *o = &r->close;

	fill_helo(o, t, r->tier == PRIVACY_DOMAINS);
	o->tls = t->tls ? SEKISHO__TLS_STATE__TLS_STARTED
			: SEKISHO__TLS_STATE__TLS_NONE;
	o->transactions = !t->tls && t->fate != FATE_NOMAIL;
	o->auth_outcome = t->login && !t->tls
			      ? SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED
			      : SEKISHO__AUTH_OUTCOME__AUTH_NONE;
	o->auth_mechanism[0] = '\0';
	if (t->login && !t->tls)
		memcpy(o->auth_mechanism, "PLAIN", 6);
}

struct observation *rows_event(
    struct rows *r, const struct event *e, bool closed)
{
	const struct talk *t = &e->talk;
	struct observation *o;

	switch (e->kind) {
	case EVENT_MAIL:
		o = &r->mail;
		fill_mail(r, t);
		break;
	case EVENT_CLOSE:
		o = &r->close;
		fill_close(r, t);
		break;
	case EVENT_TRY:
	case EVENT_WAKE:
	case EVENT_LOGIN:
	default:
		o = &r->attempt;
		o->outcome = outcomes[closed ? ANSWER_NONE : t->answer];
		break;
	}
	o->ts_us = o->start_us = e->ts_us;
	o->server_port = t->port != 0 ? t->port : 25;
	address(&o->server, t->server);
	if (r->rotates)
		address(
		    &o->client, (uint32_t)(e->order * 2654435761u) | 1u << 31);
	return o;
}

struct observation *rows_tick(
    struct rows *r, const char *customer, int64_t ts_us)
{
	struct observation *o = &r->other;

	o->kind = OBS_TICK;
	o->ts_us = o->start_us = ts_us;
	snprintf(o->customer, sizeof(o->customer), "%s", customer);
	o->line_class = r->attempt.line_class;
	return o;
}

struct observation *rows_operator(
    struct rows *r, const char *customer, enum op_verb verb)
{
	struct observation *o = &r->other;

	o->kind = OBS_OPERATOR;
	o->ts_us = o->start_us = LIFE_T0_US;
	snprintf(o->customer, sizeof(o->customer), "%s", customer);
	o->line_class = r->attempt.line_class;
	o->op = verb;
	o->op_id = 1;
	return o;
}
