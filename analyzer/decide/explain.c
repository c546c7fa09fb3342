/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/record.pb-c.h"

/* Text that grows inside a fixed buffer and is cut at its end. */
struct text {
	char *buf;
	size_t size, len;
};

static void __attribute__((format(printf, 2, 3)))
add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (t->len + 1 >= t->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	t->len += (size_t)n;
	if (t->len >= t->size)
		t->len = t->size - 1;
}

static struct text text_begin(char *buf, size_t size)
{
	struct text t = {buf, size, 0};

	if (size > 0)
		buf[0] = '\0';
	return t;
}

static void add_count(
    struct text *t, int64_t n, const char *one, const char *many)
{
	add(t, "%" PRId64 " %s", n, n == 1 ? one : many);
}

static void add_milli(struct text *t, int64_t milli)
{
	int64_t tenths = (llabs(milli) + 50) / 100;

	add(t, "%s%" PRId64 ".%" PRId64, milli < 0 && tenths > 0 ? "-" : "",
	    tenths / 10, tenths % 10);
}

void explain_duration(int64_t us, char *buf, size_t size)
{
	int64_t s = us / US_PER_S;

	if (s < 1)
		snprintf(buf, size, "less than a second");
	else if (s < 120)
		snprintf(buf, size, "%" PRId64 " s", s);
	else if (s < 7200)
		snprintf(buf, size, "%" PRId64 " min", s / 60);
	else if (s < 2 * 86400)
		snprintf(buf, size, "%" PRId64 " h", s / 3600);
	else
		snprintf(buf, size, "%" PRId64 " d", s / 86400);
}

static void add_span(
    struct text *t, const struct incident *i, const struct explain_evidence *e)
{
	char length[48];

	explain_duration(i->last_us - e->since_us, length, sizeof(length));
	add(t, " in %s", length);
}

static void add_servers(struct text *t, const struct incident *i,
    const struct explain_evidence *e, const char *to)
{
	add(t, " %s %s", to, e->estimate ? "about " : "");
	if (i->servers == 1)
		add(t, "one mail server");
	else
		add(t, "%" PRId64 " different mail servers", i->servers);
}

static void add_leak(
    struct text *t, const struct incident *i, const struct explain_evidence *e)
{
	char age[48];

	add_count(t, i->observations, "connection to port 25 answered",
	    "connections to port 25 answered");
	add_span(t, i, e);
	add_servers(t, i, e, "by");
	explain_duration(e->block_age_us, age, sizeof(age));
	add(t, ", although a block was in force since %s", age);
}

static void add_spam_bot(
    struct text *t, const struct incident *i, const struct explain_evidence *e)
{
	add_count(t, i->observations, "refused or suspect mail",
	    "refused or suspect mails");
	add_span(t, i, e);
	add_servers(t, i, e, "to");
	if (i->unknown_users > 0) {
		add(t, "; ");
		add_count(t, i->unknown_users, "recipient unknown",
		    "recipients unknown");
	}
	if (i->blocklisted > 0) {
		add(t, "; ");
		add_count(t, i->blocklisted, "refusal names a block list",
		    "refusals name a block list");
	}
	if (i->spoofed > 0) {
		add(t, "; ");
		add_count(t, i->spoofed, "mail with a forged sender domain",
		    "mails with a forged sender domain");
	}
	add(t, "; score ");
	add_milli(t, i->score_milli);
}

/* "2026-11-24T03:12Z" */
static void add_minute(struct text *t, int64_t ts_us)
{
	char time[CLOCK_STRLEN];

	add(t, "%.16sZ", clock_format(ts_us, time));
}

static void add_account_burst(struct text *t, const struct account_words *a)
{
	char length[48];

	explain_duration(a->burst_us, length, sizeof(length));
	add(t, "sent ");
	add_count(t, a->messages, "mail", "mails");
	add(t, " in %s from a network first seen at ", length);
	add_minute(t, a->first_us);
	add(t, "; its busiest %" PRId64 " min before had %" PRId64,
	    a->window_us / (60 * US_PER_S), a->usual);
	if (a->guessers > 0)
		add(t,
		    "; that network and %" PRId64
		    " others had failed to log in before",
		    a->guessers - 1);
}

static void add_account_answers(struct text *t, const struct account_words *a)
{
	char length[48];

	explain_duration(a->answers_us, length, sizeof(length));
	add(t,
	    "sent mail, of whose recipients in %s %" PRId64
	    " were unknown, %" PRId64
	    " refused it for its content or sender, and %" PRId64 " took it",
	    length, a->unknown, a->rejected, a->delivered);
}

static void add_compromised(
    struct text *t, const struct incident *i, const struct explain_evidence *e)
{
	const struct account_words *a = e->account;
	char length[48];

	if (a == NULL) { /* not of this rule */
		add_count(t, i->observations, "log-in", "log-ins");
		return;
	}
	add(t, "account %.16s ", a->id);
	if (a->networks > 0) {
		explain_duration(a->span_us, length, sizeof(length));
		add(t, "logged in from %" PRId64 " networks in %s", a->networks,
		    length);
	}
	if (a->messages > 0) {
		add(t, "%s", a->networks > 0 ? ", then " : "");
		add_account_burst(t, a);
	}
	if (a->unknown + a->rejected > 0) {
		add(t, "%s", a->networks + a->messages > 0 ? "; " : "");
		add_account_answers(t, a);
	}
	if (a->accounts > 1)
		add(t, "; also %" PRId64 " more of the customer's accounts",
		    a->accounts - 1);
	if (a->own_line && a->networks + a->messages == 0)
		add(t, "; it comes from the customer's own line, so that a "
		       "program there has the password: clean the computer, "
		       "then set a new one");
	else
		add(t, "; somebody else has the password: set a new one, end "
		       "all sessions");
}

void explain_incident_summary(const struct incident *i,
    const struct explain_evidence *e, char *buf, size_t size)
{
	struct text t = text_begin(buf, size);

	switch (i->kind) {
	case INCIDENT_BOT_BURST:
		add_count(&t, i->observations, "new connection to port 25",
		    "new connections to port 25");
		add_span(&t, i, e);
		add_servers(&t, i, e, "to");
		break;
	case INCIDENT_SPAM_BOT:
		add_spam_bot(&t, i, e);
		break;
	case INCIDENT_SPOOFED_SENDER:
		add_count(&t, i->observations,
		    "mail with a forged sender domain",
		    "mails with a forged sender domain");
		add_span(&t, i, e);
		add_servers(&t, i, e, "to");
		add(&t, "; the domains do not allow this line to send for "
			"them");
		break;
	case INCIDENT_MISCONFIGURED_CLIENT:
		add_count(&t, i->observations, "log-in on port 25",
		    "log-ins on port 25");
		add_span(&t, i, e);
		add_servers(&t, i, e, "at");
		add(&t, " of another provider; the mail program should use "
			"port 587");
		break;
	case INCIDENT_PORT_PROBE:
	case INCIDENT_BLOCKED_ATTEMPTS:
		add_count(&t, i->observations,
		    "connection attempt to port 25 without success",
		    "connection attempts to port 25 without success");
		add_span(&t, i, e);
		add_servers(&t, i, e, "to");
		if (i->kind == INCIDENT_BLOCKED_ATTEMPTS)
			add(&t, "; port 25 is closed for this line");
		break;
	case INCIDENT_COMPROMISED_ACCOUNT:
		add_compromised(&t, i, e);
		break;
	case INCIDENT_ENFORCEMENT_LEAK:
		add_leak(&t, i, e);
		break;
	case INCIDENT_KIND_COUNT:
		add_count(&t, i->observations, "observation", "observations");
		add_span(&t, i, e);
		add_servers(&t, i, e, "at");
		break;
	}
	if (e->unverified)
		add(&t, "; the source address is not verified, somebody else "
			"may have forged it");
	if (e->held_by != 0)
		add(&t,
		    "; the block is held by the mass-event brake "
		    "B%" PRId64,
		    e->held_by);
}

void explain_spf(const struct observation *o, char *buf, size_t size)
{
	struct text t = text_begin(buf, size);
	const char *domain =
	    o->spf_domain[0] != '\0' ? o->spf_domain : "the sender's domain";
	char address[ADDR_STRLEN];

	addr_format(&o->spf_address, address);
	switch (o->spf) {
	case SPF_UNCHECKED:
	case SPF_RESULT_COUNT:
		return;
	case SPF_NONE:
		add(&t, "%s publishes no SPF record", domain);
		return;
	case SPF_NEUTRAL:
		add(&t, "%s does not say whether %s may send", domain, address);
		break;
	case SPF_PASS:
		add(&t, "%s allows %s to send", domain, address);
		break;
	case SPF_FAIL:
		add(&t, "%s does not allow %s to send", domain, address);
		break;
	case SPF_SOFTFAIL:
		add(&t, "%s does not expect %s to send", domain, address);
		break;
	case SPF_TEMPERROR:
		add(&t, "DNS gave no answer about %s", domain);
		return;
	case SPF_PERMERROR:
		add(&t, "the SPF record of %s is faulty", domain);
		return;
	}
	if (o->spf_term[0] != '\0')
		add(&t, ": %s", o->spf_term);
	if (o->spf_helo)
		add(&t, " (checked for the HELO name)");
}

static void add_end(struct text *t, const struct observation *o)
{
	if (o->reply_code >= 400) {
		add(t, ", refused with %d", o->reply_code);
		if (o->reply_enhanced[0] != '\0')
			add(t, " %s", o->reply_enhanced);
	} else if (o->end == SEKISHO__END_OF__END_DELIVERED) {
		add(t, ", delivered");
	} else {
		add(t, ", not completed");
	}
}

static void add_attempt(struct text *t, const struct observation *o)
{
	switch (o->outcome) {
	case SEKISHO__OUTCOME__OUTCOME_ANSWERED:
		add(t, "connection made");
		break;
	case SEKISHO__OUTCOME__OUTCOME_HALF_OPEN:
		add(t, "connection answered, never completed");
		break;
	case SEKISHO__OUTCOME__OUTCOME_REFUSED:
		add(t, "connection refused");
		break;
	case SEKISHO__OUTCOME__OUTCOME_UNANSWERED:
		add(t, "connection not answered");
		break;
	default:
		add(t, "connection of unknown outcome");
		break;
	}
	if (!o->source_validated &&
	    o->outcome != SEKISHO__OUTCOME__OUTCOME_ANSWERED)
		add(t, " (source not verified)");
}

static void add_transaction(struct text *t, const struct observation *o)
{
	char spf[ROW_TEXT_LEN + ROW_DOMAIN_LEN];

	add(t, "mail to ");
	add_count(t, o->rcpt_count, "recipient", "recipients");
	if (o->unknown_users > 0)
		add(t, ", %d unknown", o->unknown_users);
	add_end(t, o);
	if (o->names_client)
		add(t, ", the reply names the customer's address");
	explain_spf(o, spf, sizeof(spf));
	if (spf[0] != '\0')
		add(t, "; %s", spf);
	if (o->spf == SPF_FAIL && o->spf_record[0] != '\0')
		add(t, ", its record being \"%s\"", o->spf_record);
	if (o->spf == SPF_FAIL && o->spf_trail[0] != '\0')
		add(t, ", found by %s", o->spf_trail);
	if (o->verdict == VERDICT_SPOOFED)
		add(t, "; the sender domain is forged");
	if (o->verdict_reason[0] != '\0')
		add(t, " (%s)", o->verdict_reason);
}

static void add_close(struct text *t, const struct observation *o)
{
	add(t, "connection ended after ");
	add_count(t, o->transactions, "mail", "mails");
	if (o->not_smtp)
		add(t, ", what it carried is not SMTP");
	else if (o->tls == SEKISHO__TLS_STATE__TLS_STARTED ||
		 o->tls == SEKISHO__TLS_STATE__TLS_IMPLICIT)
		add(t, ", encrypted");
	if (o->auth_outcome != SEKISHO__AUTH_OUTCOME__AUTH_NONE)
		add(t, ", log-in %s",
		    o->auth_outcome == SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED
			? "accepted"
		    : o->auth_outcome == SEKISHO__AUTH_OUTCOME__AUTH_FAILED
			? "refused"
			: "of unknown outcome");
	if (o->reply_code >= 400)
		add(t, ", refused with %d", o->reply_code);
}

static const char *incident_done(enum op_verb op)
{
	if (op == OP_ACK)
		return "acknowledged";
	return op == OP_NOTE ? "noted on" : "closed";
}

static const char *incident_as(enum op_verb op)
{
	if (op == OP_CLOSE_FALSE_POSITIVE)
		return " as a false positive";
	if (op == OP_CLOSE_DUPLICATE)
		return " as a duplicate";
	return op == OP_CLOSE_FIXED ? " as fixed" : "";
}

static void add_operator(struct text *t, const struct observation *o)
{
	char until[CLOCK_STRLEN];

	if (o->op_incident != 0)
		add(t, "an operator %s I%" PRId64 "%s", incident_done(o->op),
		    o->op_incident, incident_as(o->op));
	else
		add(t, "an operator's %s", op_verb_name(o->op));
	if (o->op_until_us != 0 && o->op != OP_RELEASE && o->op != OP_DISALLOW)
		add(t, " until %s", clock_format(o->op_until_us, until));
	if (o->verdict_reason[0] != '\0')
		add(t, ": %s", o->verdict_reason);
}

static void add_summary(struct text *t, const struct observation *o)
{
	add_count(t, o->attempts, "connection attempt", "connection attempts");
	add(t, " without success, told in one");
	if (!o->source_validated)
		add(t, " (source not verified)");
	add(t, ", about ");
	add_count(t, o->servers, "server", "different servers");
	add(t, ", port %u: not scored", (unsigned int)o->server_port);
}

static void add_outcome(struct text *t, const struct observation *o)
{
	char server[ADDR_STRLEN];

	add(t, ", server %s port %u", addr_format(&o->server, server),
	    (unsigned int)o->server_port);
	if (o->label == LABEL_NONE) {
		add(t, ": no evidence");
		return;
	}
	add(t, ": %s", label_name(o->label));
	if (o->weight_milli == 0) {
		add(t, ", not counted");
		return;
	}
	add(t, ", score %s", o->weight_milli > 0 ? "+" : "");
	add_milli(t, o->weight_milli);
	add(t, " = ");
	add_milli(t, o->score_milli);
	if (o->novelty[0] != '\0')
		add(t, ", of which %s in two days", o->novelty);
}

static void add_answers(struct text *t, const struct observation *o)
{
	add(t, "receivers answered: %d taken, ", o->rcpt_accepted);
	add_count(
	    t, o->unknown_users, "recipient unknown", "recipients unknown");
	add(t, ", %d refused for content or sender; mail",
	    o->rcpt_count - o->rcpt_accepted - o->unknown_users);
}

static void add_login(struct text *t, const struct observation *o)
{
	char client[ADDR_STRLEN];

	if (o->login == LOGIN_DELIVERY)
		add_answers(t, o);
	else
		add_count(t, o->attempts,
		    o->login == LOGIN_SUCCESS ? "log-in"
					      : "log-in with a wrong password",
		    o->login == LOGIN_SUCCESS
			? "log-ins"
			: "log-ins with a wrong password");
	add(t, " from %s", addr_format(&o->client, client));
	if (o->own_line)
		add(t, ", the customer's own line");
	add(t, ", account ");
	for (int i = 0; i < 8; i++)
		add(t, "%02x", o->account_hash[i]);
	if (o->messages > 0) {
		add(t, ", ");
		add_count(t, o->messages, "mail handed in", "mails handed in");
	}
}

void explain_observation(const struct observation *o, char *buf, size_t size)
{
	struct text t = text_begin(buf, size);

	switch (o->kind) {
	case OBS_ATTEMPT:
		add_attempt(&t, o);
		break;
	case OBS_TRANSACTION:
		add_transaction(&t, o);
		break;
	case OBS_CLOSE:
		add_close(&t, o);
		break;
	case OBS_SUMMARY:
		add_summary(&t, o);
		return;
	case OBS_OPERATOR:
		add_operator(&t, o);
		return;
	case OBS_LOGIN:
		add_login(&t, o);
		return;
	case OBS_TICK:
		add(&t, "time passed: something came to its end");
		return;
	case OBS_POLICY:
		add(&t, "policy %s applies from here on, mode %s",
		    o->policy_hash, mode_name(o->mode));
		return;
	case OBS_MOVE:
		add(&t, "the customer's addresses changed");
		return;
	case OBS_FILTERED:
		add(&t, "driver %s refused ", o->agent);
		add_count(&t, o->attempts, "attempt", "attempts");
		if (!o->source_validated)
			add(&t, "; the source address is not verified, so "
				"that the block does not go on for them");
		return;
	case OBS_KIND_COUNT:
		return;
	}
	add_outcome(&t, o);
}
