/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/kinds.h"

#include <string.h>

#include "tests/eval/lives.h"

/* One parameter of which the "why" says where its range comes from. Nothing
 * here was measured on real customers: ranges are wide on purpose. */
#define UNIFORM(name, lo, hi, why)                                             \
	{                                                                      \
		name, LAW_UNIFORM, lo, hi, why                                 \
	}
#define LOGARITHM(name, lo, hi, why)                                           \
	{                                                                      \
		name, LAW_LOG, lo, hi, why                                     \
	}
#define CHANCE(name, p, why)                                                   \
	{                                                                      \
		name, LAW_CHANCE, p, 0, why                                    \
	}

/* What every honest sender's mail meets. */
#define UNKNOWN(lo, hi)                                                        \
	LOGARITHM("unknown", lo, hi,                                           \
	    "typing errors and people who left; "                              \
	    "FIELD: a bad rate of .05 is normal")
#define REJECTED(lo, hi)                                                       \
	LOGARITHM("rejected", lo, hi, "content filters and policies of others")

/* What every thief of a password does. */
#define THIEF                                                                  \
	LOGARITHM("mails in a row", 1, 30,                                     \
	    "from one address before the next; 22 on average were published"), \
	    LOGARITHM(                                                         \
		"hours a run", .5, 8, "then 12 to 40 hours to the next"),      \
	    CHANCE(                                                            \
		"guessed", .2, "5 to 300 failures before, in 6 min to 24 h"),  \
	    CHANCE("owner", .8,                                                \
		"sends beside it as account_person; else nobody has used it "  \
		"for long"),                                                   \
	    UNIFORM(                                                           \
		"day", 0, 20, "of the log; the first week is learned from"),   \
	    UNIFORM("unknown", .05, .4, "as a snowshoe's list"),               \
	    UNIFORM("rejected", .02, .2,                                       \
		"for content or sender; other refusals speak to our server")
/* Refused for what stands in it. */
#define CONTENT                                                                \
	LOGARITHM("rejected", .001, .01, "content filters take it for spam")

/* clang-format off */
const struct kind kinds[] = {
{"home_server", "home or office mail server", AIM_NONE, SIGHT_PORT25,
    start_home_server, .5, .5, {
	LOGARITHM("mails a day", 3, 120, "a family to a small office"),
	LOGARITHM("circle", 5, 80, "small receivers he writes to"),
	UNKNOWN(.003, .03),
	REJECTED(.002, .03),
	UNIFORM("greylisted", .02, .12, "share of receivers that greylist"),
	LOGARITHM("dead", .002, .02, "servers that do not answer"),
    }, 0, 0, 0, 1.1},
{"queue_flush", "the same after its line was down", AIM_NONE, SIGHT_PORT25,
    start_queue_flush, .5, .5, {
	LOGARITHM("mails a day", 10, 150, "as above, the larger ones"),
	LOGARITHM("circle", 10, 80, "small receivers"),
	UNKNOWN(.003, .03),
	REJECTED(.002, .03),
	UNIFORM("outages a month", 1, 4, "power, maintenance, moves"),
	LOGARITHM("outage hours", .5, 24, "until somebody looks at it"),
    }, 5, 0, 0, 1.1},
{"nas", "storage box that mails its alerts", AIM_NONE, SIGHT_PORT25,
    start_nas, .1, .5, {
	LOGARITHM("mails a day", .5, 12, "reports, updates, quota"),
	LOGARITHM("alarms a month", .3, 3, "a disk fails: 5 to 40 mails"),
	CHANCE("address gone", .01, "set up once, its reader left"),
	CHANCE("refused", .03, "receiver takes no mail from such lines"),
    }, 0, 0, 0, 1.25},
{"list", "mailing list", AIM_NONE, SIGHT_PORT25,
    start_list, 1, .5, {
	LOGARITHM("posts a day", .3, 4, "a club's or a project's list"),
	LOGARITHM("subscribers", 30, 300, "each post goes to all"),
	UNKNOWN(.001, .01),
	REJECTED(.002, .02),
	UNIFORM("minutes a post", 2, 20, "concurrency of the sender"),
    }, 1, 0, 0, 1.6},
{"forwarder", "forwards as is, original sender kept", AIM_NONE, SIGHT_PORT25,
    start_forwarder, .9, .5, {
	LOGARITHM("mails a day", 5, 120, "old addresses of a family or club"),
	UNIFORM("spam share", .02, .15, "what its own filter lets through"),
	UNIFORM("senders with -all", .2, .5, "share of domains"),
	UNIFORM("unsigned of these", .01, .10, "no DKIM signature that holds"),
	LOGARITHM("targets", 1, 6, "mostly large mailbox providers"),
    }, 0, 0, 0, 1.1},
{"forwarder_srs", "forwards with a sender of its own (SRS)",
    AIM_NONE, SIGHT_PORT25, start_forwarder_srs, .9, .5, {
	LOGARITHM("mails a day", 5, 120, "as above"),
	UNIFORM("spam share", .02, .15, "as above"),
	UNIFORM("-", 0, 1, "not used"),
	UNIFORM("-", 0, 1, "not used"),
	LOGARITHM("targets", 1, 6, "as above"),
    }, 0, 0, 0, 1.1},
{"mail_program", "mail program set to a foreign port 25",
    AIM_NONE, SIGHT_PORT25, start_mail_program, .05, .5, {
	LOGARITHM("mails a day", 1, 25, "one person"),
	CHANCE("starttls", .6, "what the provider offers"),
	CHANCE("old password", .05, "tries every few minutes and fails"),
	CHANCE("second account", .3, "FIELD: one or two accounts"),
	UNKNOWN(.002, .02),
    }, 0, 0, 0, 1.1},
{"mx_monitor", "watches the mail servers of its clients",
    AIM_NONE, SIGHT_PORT25, start_monitor, .7, .5, {
	LOGARITHM("servers", 1, 14, "clients of a small consultancy"),
	LOGARITHM("period minutes", 5, 60, "common defaults of monitors"),
	CHANCE("staggered", .7, "monitors spread checks over the period"),
	LOGARITHM("down", .001, .02, "server is not there"),
    }, 0, 0, 0, 1.1},
{"scan_to_mail", "office scanner that mails what it scans",
    AIM_NONE, SIGHT_PORT25, start_scan_to_mail, .6, .5, {
	LOGARITHM("mails a day", 1, 40, "an office"),
	LOGARITHM("targets", 1, 8, "the staff, and a few clients"),
	LOGARITHM("too large", .005, .08, "552: resolution set too high"),
	UNKNOWN(.002, .03),
    }, 0, 0, 0, 1.1},
{"port_scan", "slow survey of port 25, no mail", AIM_NONE, SIGHT_PORT25,
    start_port_scan, .7, .3, {
	LOGARITHM("probes a minute", .05, 4, "polite surveys"),
	UNIFORM("hours a day", .5, 4, "runs by night"),
	UNIFORM("answered", .02, .15, "few addresses have a mail server"),
	UNIFORM("refused", .1, .4, "the rest is silent"),
	UNIFORM("runs a week", .5, 3, "-"),
    }, 0, 0, 0, 4.6},
{"newsletter", "newsletter of a shop", AIM_NONE, SIGHT_PORT25,
    start_newsletter, .95, .5, {
	LOGARITHM("issues a week", .25, 2, "-"),
	LOGARITHM("readers", 100, 1500, "a small shop's own server"),
	UNKNOWN(.002, .02),
	REJECTED(.002, .02),
	UNIFORM("minutes an issue", 20, 180, "paced, as receivers ask"),
    }, 1, 0, 0, 8},
{"broken_spf", "senders whose SPF record is broken", AIM_NONE, SIGHT_PORT25,
    start_broken_spf, .5, .5, {
	LOGARITHM("mails a day", 3, 80, "as a home server"),
	LOGARITHM("circle", 5, 60, "small receivers"),
	UNKNOWN(.003, .03),
	UNIFORM("rejected for it", .005, .08, "receivers that take permerror "
	    "for a fail"),
    }, 3, 0, 0, 1.1},
{"softfail", "own domain whose SPF ends in ~all and forgets the line",
    AIM_NONE, SIGHT_PORT25, start_softfail, .5, .5, {
	LOGARITHM("mails a day", 3, 80, "as a home server"),
	LOGARITHM("circle", 5, 60, "small receivers"),
	UNKNOWN(.003, .03),
	UNIFORM("rejected for it", .005, .10, "receivers that refuse softfail"),
    }, 3, 0, 0, 1.1},
{"receiver_down", "a large receiver fails or refuses all for an hour",
    AIM_NONE, SIGHT_PORT25, start_receiver_down, .5, .5, {
	LOGARITHM("mails a day", 5, 120, "as a home server"),
	LOGARITHM("circle", 5, 80, "small receivers"),
	UNKNOWN(.003, .03),
	REJECTED(.002, .03),
	UNIFORM("share", .2, .6, "of his mail that goes there"),
	UNIFORM("how", 0, 3, "below 1: silent; below 2: 4xx; else 5xx"),
	UNIFORM("hours a month", 1, 3, "FIELD: an outage is no bot"),
    }, 0, 0, 0, 1.1},
{"forged_syn", "attempts are forged in his name", AIM_NONE, SIGHT_PORT25,
    start_forged_syn, .5, 0, {
	LOGARITHM("mails a day", 1, 40, "as a home server"),
	LOGARITHM("circle", 5, 40, "small receivers"),
	UNKNOWN(.003, .03),
	LOGARITHM("forged an event", 50, 3000, "SYNs of some minutes"),
	UNIFORM("events a month", 1, 4, "-"),
    }, 3, 0, 0, 1.1},
{"listed_line", "home server whose range stands on a policy block list",
    AIM_NONE, SIGHT_PORT25, start_listed_line, 0, .5, {
	LOGARITHM("mails a day", 3, 60, "as a home server"),
	LOGARITHM("circle", 5, 60, "small receivers"),
	UNKNOWN(.003, .03),
	LOGARITHM("refused for it", .005, .15, "receivers that use the list; "
	    "those who refuse often are written to through a relay"),
	UNIFORM("names the client", .0, .3, "replies that quote his address, "
	    "not the range"),
    }, 3, 0, 0, 1.1},
{"account_person", "owner of an account: home, telephone, office, café",
    AIM_NONE, SIGHT_LOGINS, start_account_person, .1, .5, {
	LOGARITHM("mails a day", .5, 40, "a person, up to all day long"),
	UNIFORM("telephone", 0, .9, "share of his mails"),
	LOGARITHM("carrier's blocks", 1, 16, "/16 of its gateways"),
	LOGARITHM("hours an address stays", .05, 24, "some carriers give "
	    "another with each connection"),
	UNIFORM("other places", 0, .2, "share: cafés, stations, friends"),
	UNIFORM("office", 0, .7, "share of the rest"),
	UNKNOWN(.003, .03),
	CONTENT,
    }, 0, 0, 0, 1.35},
{"account_traveller", "owner of an account, often abroad", AIM_NONE,
    SIGHT_LOGINS, start_account_traveller, .1, .5, {
	LOGARITHM("mails a day", 1, 60, "at work"),
	UNIFORM("trips a month", .5, 4, "-"),
	LOGARITHM("days a trip", 1, 10, "-"),
	LOGARITHM("hours a network stays", .2, 12, "airport, train, hotel"),
	CHANCE("VPN", .3, "half of his connections, each by another exit"),
	LOGARITHM("exits", 1, 60, "most use one, some programs change"),
	UNKNOWN(.003, .03),
	CONTENT,
    }, 0, 0, 0, 1.1},
{"account_branches", "mailbox that branch offices share", AIM_NONE,
    SIGHT_LOGINS, start_account_branches, .5, .5, {
	LOGARITHM("branches", 2, 40, "shops of a chain"),
	LOGARITHM("mails a day each", .5, 20, "orders, reports"),
	UNIFORM("on own lines", 0, .95, "share of the branches; none of it "
	    "is a network"),
	LOGARITHM("moves a month", .1, 4, "addresses of dynamic lines"),
	CHANCE("later", .03, "set up after the log is read"),
	UNKNOWN(.003, .03),
	CONTENT,
    }, 0, 0, 0, 1.1},
{"account_newsletter", "newsletter by hand from a mail program", AIM_NONE,
    SIGHT_LOGINS, start_account_newsletter, .1, .5, {
	LOGARITHM("issues a week", .25, 2, "a club, a school class"),
	LOGARITHM("readers", 20, 400, "one message each: the worst case"),
	LOGARITHM("minutes an issue", 2, 60, "the program's pace"),
	UNIFORM("elsewhere", 0, .2, "share of issues that are not sent from "
	    "home"),
	LOGARITHM("own mails a day", .5, 10, "-"),
	LOGARITHM("unknown", .003, .06, "a club's list is seldom cleaned"),
	CONTENT,
    }, 1, 0, 0, 1.5},
{"account_script", "script or shop that mails by itself, and moves", AIM_NONE,
    SIGHT_LOGINS, start_account_script, .3, .5, {
	LOGARITHM("runs a day", .5, 24, "backups, invoices, alerts"),
	LOGARITHM("mails a run", 1, 300, "one to all customers of a day"),
	LOGARITHM("seconds a mail", .1, 10, "-"),
	UNIFORM("varies", 0, 1.5, "a run's mails: up to so many times more, "
	    "or less"),
	UNIFORM("moves a month", 0, 2, "another machine, another hoster"),
	CHANCE("own line", .4, "in the house, until it moves"),
	CHANCE("later", .03, "set up after the log is read"),
	LOGARITHM("unknown", .003, .04, "what customers type into a shop"),
	CONTENT,
    }, 1, 0, 0, 1.1},
{"account_old_password", "devices that try an old password for hours",
    AIM_NONE, SIGHT_LOGINS, start_account_old_password, .1, .5, {
	LOGARITHM("mails a day", .5, 40, "as a person"),
	UNIFORM("telephone", .2, .9, "share of his mails"),
	LOGARITHM("carrier's blocks", 1, 16, "as a person"),
	LOGARITHM("hours an address stays", .05, 24, "as a person"),
	LOGARITHM("minutes a try", 1, 30, "a program's interval; twice a "
	    "month, at a change of the password"),
	LOGARITHM("hours wrong", .3, 24, "until he finds the setting"),
	LOGARITHM("waiting", 1, 40, "mails of the outbox, at most"),
	UNKNOWN(.003, .03),
	CONTENT,
    }, 6, 0, 0, 1.35},

{"burst", "bot that sends as fast as it can", AIM_BLOCK, SIGHT_PORT25,
    start_burst, .2, .5, {
	LOGARITHM("mails a minute", 15, 600, "FIELD: 150 servers and more"),
	UNIFORM("unknown", .15, .6, "bought lists"),
	UNIFORM("refused", .1, .3, "-"),
	UNIFORM("listed", 0, .3, "receivers that ask a block list"),
	UNIFORM("starttls", 0, .6, "opaque after it"),
    }, 0, .0005, 600, 1.1},
{"snowshoe", "slow bot, one mail in three minutes", AIM_BLOCK, SIGHT_PORT25,
    start_snowshoe, .2, .5, {
	LOGARITHM("seconds a mail", 120, 300, "issue 7"),
	UNIFORM("unknown", .05, .4, "cleaner lists than a burst's"),
	UNIFORM("refused", .05, .25, "-"),
	UNIFORM("listed", 0, .2, "-"),
	UNIFORM("starttls", 0, .5, "-"),
    }, 0, 100, 200000, 1.1},
{"spoofer", "mail with a false sender domain, accepted",
    AIM_BLOCK, SIGHT_PORT25, start_spoofer, .1, .5, {
	LOGARITHM("mails an hour", 5, 120, "targeted fraud"),
	UNIFORM("unknown", 0, .05, "chosen victims"),
	UNIFORM("provable", .3, 1, "domains with -all of those it uses"),
	UNIFORM("starttls", 0, .6, "-"),
    }, 2, .001, 1, 1.1},
{"household", "bot behind a household's normal mail", AIM_BLOCK, SIGHT_PORT25,
    start_household, .2, .5, {
	LOGARITHM("mails an hour", 20, 200, "-"),
	UNIFORM("unknown", .1, .4, "-"),
	UNIFORM("refused", .05, .25, "-"),
	UNIFORM("listed", 0, .2, "-"),
	UNIFORM("starttls", 0, .5, "-"),
	LOGARITHM("good a day", 5, 100, "the household's own mail"),
    }, 5, 10, 30000, 1.1},
{"cgn_ports", "bot in a shared address, port ranges known",
    AIM_BLOCK, SIGHT_PORT25, start_cgn_ports, 0, .5, {
	LOGARITHM("mails an hour", 20, 200, "-"),
	UNIFORM("unknown", .1, .4, "-"),
	UNIFORM("refused", .05, .25, "-"),
	UNIFORM("listed", 0, .2, "-"),
	UNIFORM("starttls", 0, .5, "-"),
    }, 0, .01, 300, 1.1},
{"cgn_shared", "bot in an address that 60 households share",
    AIM_BLOCK, SIGHT_PORT25, start_cgn_shared, 0, .5, {
	LOGARITHM("mails an hour", 20, 200, "-"),
	UNIFORM("unknown", .1, .4, "-"),
	UNIFORM("refused", .05, .25, "-"),
	UNIFORM("listed", 0, .2, "-"),
	UNIFORM("starttls", 0, .5, "-"),
	LOGARITHM("good a day", 60, 900, "1 to 15 of each household"),
    }, 5, 10, 30000, 1.1},
{"ipv6", "bot that changes its IPv6 address with each mail",
    AIM_BLOCK, SIGHT_PORT25, start_ipv6, .2, .5, {
	LOGARITHM("mails an hour", 20, 1000, "RFC 8981 addresses"),
	UNIFORM("unknown", .1, .5, "-"),
	UNIFORM("refused", .05, .25, "-"),
	UNIFORM("listed", 0, .2, "-"),
	UNIFORM("starttls", 0, .5, "-"),
    }, 0, .01, 1000, 1.1},
{"starttls", "bot all of whose mail is encrypted", AIM_BLOCK, SIGHT_PORT25,
    start_starttls, .1, .5, {
	LOGARITHM("mails a minute", 2, 300, "-"),
	UNIFORM("hours a day", 1, 12, "-"),
    }, 0, .1, 300, 1.1},
{"mixed", "bot half of whose mail is good", AIM_BLOCK, SIGHT_PORT25,
    start_mixed, .2, .5, {
	LOGARITHM("mails an hour", 20, 300, "-"),
	UNIFORM("bad", .4, .6, "issue 7: 50 % good"),
	UNIFORM("of these unknown", .4, .8, "the others are refused"),
	UNIFORM("starttls", 0, .3, "-"),
    }, 1, .02, .6, 1.1},
{"blocked_line", "bot on a line whose port 25 is closed",
    AIM_BLOCKED, SIGHT_PORT25, start_blocked_line, .2, .5, {
	LOGARITHM("tries an hour", 40, 4000, "bots do not give up"),
    }, 0, 1, 4000, 1.1},
{"carriers", "bot that mails three mobile carriers only",
    AIM_BLOCK, SIGHT_PORT25, start_carriers, .1, .5, {
	LOGARITHM("mails an hour", 20, 300, "-"),
	UNIFORM("unknown", .2, .6, "made-up addresses"),
	UNIFORM("refused", .05, .2, "-"),
	UNIFORM("listed", 0, .1, "-"),
	UNIFORM("starttls", 0, .2, "-"),
    }, 1, .005, .6, 1.1},
{"submission", "bot with a stolen password of our own submission server",
    AIM_ACCOUNT, SIGHT_LOGINS, start_thief, .1, .5, {
	LOGARITHM("mails an hour", 20, 2000, "issue 7: slow is a mail in three "
	    "minutes; operators tell of thousands an hour"),
	LOGARITHM("addresses", 1, 400, "one hired server to a botnet; 342 in "
	    "41 countries were published"),
	THIEF,
    }, 0, .5, 5000, 1.1},
{"submission_vps", "the same from one to three hired servers",
    AIM_ACCOUNT, SIGHT_LOGINS, start_thief, .1, .5, {
	LOGARITHM("mails an hour", 20, 2000, "as above"),
	UNIFORM("addresses", 1, 4, "one to three"),
	THIEF,
    }, 0, 1, 20000, 1.1},
{"submission_own", "the same, a program on the customer's own PC",
    AIM_ACCOUNT, SIGHT_LOGINS, start_thief, .1, .5, {
	LOGARITHM("mails an hour", 20, 2000, "as above"),
	UNIFORM("addresses", 0, 0, "his own line"),
	THIEF,
    }, 0, .5, 5000, 1.1},
{"submission_slow", "the same, no faster than a person",
    AIM_ACCOUNT, SIGHT_LOGINS, start_thief, .1, .5, {
	LOGARITHM("mails an hour", 1, 20, "slower than issue 7's slow ones"),
	LOGARITHM("addresses", 1, 400, "as above"),
	THIEF,
    }, 1, 1, 1000, 1.1},
{"submission_foreign", "the same at a foreign provider's 587: he can see it, "
    "we cannot", AIM_BLOCK, SIGHT_NONE, start_submission_foreign, .05, .5, {
	LOGARITHM("mails an hour", 20, 400, "a mailbox provider's limits"),
	UNIFORM("accounts", 1, 20, "passwords in use"),
    }, -1, 0, 0, 1.1},
};
/* clang-format on */
const size_t kinds_n = sizeof(kinds) / sizeof(kinds[0]);

bool kind_is_normal(const struct kind *k, enum sight sight)
{
	return k->aim == AIM_NONE && k->sight == sight;
}

bool kind_is_shown(const struct kind *k)
{
	return k->aim == AIM_BLOCK && k->sight == SIGHT_PORT25;
}

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < kinds_n; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}
