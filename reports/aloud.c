/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/aloud.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "analyzer/decide/explain.h"
#include "base/clock.h"
#include "base/record.pb-c.h"

/* Grows inside a fixed buffer and is cut at its end. */
struct words {
	char *buf;
	size_t size;
};

static void __attribute__((format(printf, 2, 3)))
say(const struct words *w, const char *fmt, ...)
{
	size_t n = strlen(w->buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->buf + n, w->size - n, fmt, ap);
	va_end(ap);
}

void aloud_note(struct aloud *a, const struct observation *o)
{
	if (a->first_us == 0)
		a->first_us = o->ts_us;
	a->unverified |=
	    !o->source_validated &&
	    (o->kind == OBS_SUMMARY ||
		(o->kind == OBS_ATTEMPT &&
		    o->outcome != SEKISHO__OUTCOME__OUTCOME_ANSWERED));
	if (o->verdict == VERDICT_SPOOFED)
		explain_spf(o, a->spf, sizeof(a->spf));
	addr_format(&o->server, a->server);
}

/* "In 45 min ", or without the time when the first row is gone. */
static void say_span(const struct words *w, const struct aloud *a,
    const struct incident *i, const char *who)
{
	char time[48];

	if (a->first_us == 0) {
		say(w, "%c%s", who[0] - 'a' + 'A', who + 1);
		return;
	}
	explain_duration(i->last_us - a->first_us, time, sizeof(time));
	say(w, "In %s %s", time, who);
}

static void say_count(
    const struct words *w, int64_t n, const char *one, const char *many)
{
	say(w, "%" PRId64 " %s", n, n == 1 ? one : many);
}

static void say_servers(const struct words *w, const struct incident *i)
{
	if (i->servers == 1)
		say(w, " to one mail server. ");
	else
		say(w, " to %" PRId64 " different mail servers. ", i->servers);
}

static void say_spf(const struct words *w, const struct aloud *a)
{
	if (a->spf[0] != '\0')
		say(w, "For example, %s. ", a->spf);
}

static void say_machine(const struct words *w)
{
	say(w,
	    "Most likely a device on your line sends mail by itself, without "
	    "your knowledge. Please look for malicious software on every "
	    "computer, telephone, camera and router behind it. ");
}

static void say_burst(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say_span(w, a, i, "your line opened ");
	say_count(w, i->observations, "new connection", "new connections");
	say_servers(w, i);
	say(w, "A mail program speaks to one or two. ");
	say_machine(w);
}

static void say_spam(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say_span(w, a, i, "your line sent ");
	say_count(w, i->observations, "mail that was refused or is suspect",
	    "mails that were refused or are suspect");
	say(w, ",");
	say_servers(w, i);
	if (i->unknown_users > 0) {
		say_count(w, i->unknown_users, "recipient does not exist. ",
		    "recipients do not exist. ");
	}
	if (i->blocklisted > 0)
		say_count(w, i->blocklisted,
		    "refusal says that your address is on a block list. ",
		    "refusals say that your address is on a block list. ");
	if (i->spoofed > 0) {
		say_count(w, i->spoofed, "mail has", "mails have");
		say(w, " a forged sender. ");
		say_spf(w, a);
	}
	say_machine(w);
}

static void say_spoofed(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say_span(w, a, i, "your line sent ");
	say_count(w, i->observations, "mail with a forged sender,",
	    "mails with a forged sender,");
	say_servers(w, i);
	say_spf(w, a);
	say(w, "If you forward mail of others, your mail server has to rewrite "
	       "the sender. If you do not, something else is wrong. ");
	say_machine(w);
}

static void say_misconfigured(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say_span(w, a, i, "a mail program on your line logged in ");
	say_count(w, i->observations, "time", "times");
	if (i->servers == 1 && a->server[0] != '\0')
		say(w, " at the mail server %s", a->server);
	else
		say(w, " at %" PRId64 " mail servers", i->servers);
	say(w, " on port 25, which is for mail servers among themselves. "
	       "Nothing is wrong with your devices. Please set the program to "
	       "port 587, or 465, for outgoing mail. ");
}

static void say_attempts(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say_span(w, a, i, "your line tried ");
	say_count(w, i->observations, "time", "times");
	say(w, " in vain to reach port 25,");
	say_servers(w, i);
	if (i->kind == INCIDENT_BLOCKED_ATTEMPTS)
		say(w, "Port 25 is closed for your line, so no mail went out "
		       "there. ");
	if (a->unverified)
		say(w, "Somebody else may have put your address on these "
		       "packets: this is no proof. ");
	say(w,
	    "If you run no mail server, please look for a program that sends "
	    "mail by itself. If you want to send mail with a mail program, "
	    "set it to port 587. ");
}

/* The summary names the account by a hash, which says nothing to anybody. */
static void say_account(const struct words *w, const struct incident *i)
{
	static const char head[] = "account ";
	const char *text = i->summary, *rest = NULL, *end, *own;

	if (strncmp(text, head, sizeof(head) - 1) == 0)
		rest = strchr(text + sizeof(head) - 1, ' ');
	own = strstr(text, "; it comes from the customer's own line");
	end = own != NULL ? own
			  : strstr(text, "; somebody else has the password");
	say(w, own != NULL ? "A program on your line uses the password of one "
			     "of your mail accounts. "
			   : "Somebody else has the password of one of your "
			     "mail accounts. ");
	if (rest != NULL && end != NULL && end > rest)
		say(w, "The account%.*s. ", (int)(end - rest), rest);
	say(w, own != NULL ? "Please clean the computers on your line, and "
			     "then set a new password. "
			   : "Your line is not the cause. Please set a new "
			     "password, and end all sessions of the "
			     "account. ");
}

static void say_leak(
    const struct words *w, const struct aloud *a, const struct incident *i)
{
	say(w, "This is a fault of ours, and you need do nothing. Port 25 of "
	       "your line was to be closed. ");
	say_span(w, a, i, "your line made ");
	say_count(w, i->observations, "connection", "connections");
	say(w, " all the same,");
	say_servers(w, i);
}

/* The first block, and how many came after it. */
static void say_blocks(const struct words *w, const struct aloud *a,
    const struct decision *decisions, size_t n)
{
	const struct decision *first = NULL;
	char at[CLOCK_STRLEN], length[48];
	int blocks = 0;

	for (size_t k = 0; k < n; k++) {
		const struct decision *d = &decisions[k];

		if (d->cause != CAUSE_DETECTOR || d->action != ACTION_BLOCK ||
		    d->ends_seq != 0)
			continue;
		first = first ? first : d;
		blocks++;
	}
	if (first == NULL) {
		say(w, a->closed_already
			   ? "Port 25 of your line was closed already."
			   : "Nothing was closed for it.");
		return;
	}
	explain_duration(
	    first->until_us - first->since_us, length, sizeof(length));
	say(w,
	    first->mode == MODE_ENFORCE
		? "Port 25 of your line was closed for %s at %.16sZ"
		: "This is a trial operation, nothing was closed: else port 25 "
		  "of your line had been, for %s at %.16sZ",
	    length, clock_format(first->since_us, at));
	if (blocks > 1)
		say(w, ", and %d more %s since", blocks - 1,
		    blocks == 2 ? "time" : "times");
	say(w, ". Everything else goes on working, and so does mail through "
	       "our own mail servers.");
}

static void say_all(const struct words *words, const struct aloud *a,
    const struct incident *i, const struct decision *decisions, size_t n)
{
	const struct words w = *words;

	switch (i->kind) {
	case INCIDENT_BOT_BURST:
		say_burst(&w, a, i);
		break;
	case INCIDENT_SPAM_BOT:
		say_spam(&w, a, i);
		break;
	case INCIDENT_SPOOFED_SENDER:
		say_spoofed(&w, a, i);
		break;
	case INCIDENT_MISCONFIGURED_CLIENT:
		say_misconfigured(&w, a, i);
		break;
	case INCIDENT_BLOCKED_ATTEMPTS:
		say_attempts(&w, a, i);
		return;
	case INCIDENT_PORT_PROBE:
		say_attempts(&w, a, i);
		break;
	case INCIDENT_COMPROMISED_ACCOUNT:
		say_account(&w, i);
		break;
	case INCIDENT_ENFORCEMENT_LEAK:
		say_leak(&w, a, i);
		return;
	case INCIDENT_KIND_COUNT:
		break;
	}
	say_blocks(&w, a, decisions, n);
}

void aloud_words(const struct aloud *a, const struct incident *i,
    const struct decision *decisions, size_t n, char *buf, size_t size)
{
	const struct words w = {buf, size};

	buf[0] = '\0';
	say_all(&w, a, i, decisions, n);
	while (buf[0] != '\0' && buf[strlen(buf) - 1] == ' ')
		buf[strlen(buf) - 1] = '\0';
}
