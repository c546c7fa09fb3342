/* SPDX-License-Identifier: Apache-2.0 */
/* Keys about what is done with what came in: base/conf_input.c has those
 * before. */
#include "base/conf_table.h"

#define DAY_S  86400
#define AT(f)  offsetof(struct conf, f)
#define DRV(f) offsetof(struct conf_driver, f)
#define CLS(f) offsetof(struct conf_class, f)
#define MIB    (INT64_C(1) << 20)

#define WEIGHT(word, LABEL, def)                                               \
	{                                                                      \
		"policy", "weight_" word, CONF_INT, -20000, 20000, def,        \
		    "1/1000 nat",                                              \
		    "What one observation with the label " word                \
		    " adds to the score.",                                     \
		    AT(weight_milli[LABEL])                                    \
	}

#define KEEP(what, field, def, help)                                           \
	{                                                                      \
		"retention", what "_days", CONF_INT, 0, 36500, def, "days",    \
		    help " 0: kept without end.", AT(field)                    \
	}

static const struct conf_key conf_keys[] = {
    {"policy", "burst_window_s", CONF_INT, 1, 3600, "60", "seconds",
	"Window of the burst rule.", AT(burst_window_s)},
    {"policy", "min_domains", CONF_INT, 1, 4096, "5", "domains",
	"Distinct destination domains that an alarm needs, unless "
	"min_strong_minutes is met.",
	AT(min_domains)},
    {"policy", "min_strong_minutes", CONF_INT, 1, 1000000, "8", "minutes",
	"Different minutes with unknown_user or blocklisted that an alarm "
	"needs, unless min_domains is met.",
	AT(min_strong_minutes)},
    {"policy", "spoof_min_messages", CONF_INT, 1, 4096, "3", "messages",
	"Messages with a proved false sender domain for spoofed_sender.",
	AT(spoof_min_messages)},
    {"policy", "spoof_min_servers", CONF_INT, 1, 4096, "3", "servers",
	"Distinct servers that got them.", AT(spoof_min_servers)},
    {"policy", "spoof_threshold_milli", CONF_INT, 0, 1000000, "12000",
	"1/1000 nat",
	"spoofed_sender also needs this much of a score of its own, to which "
	"each message adds what follows; 0: not asked.",
	AT(spoof_threshold_milli)},
    {"policy", "spoof_weight_milli", CONF_INT, 0, 20000, "1760", "1/1000 nat",
	"Of a message with a proved false sender domain.",
	AT(spoof_weight_milli)},
    {"policy", "genuine_weight_milli", CONF_INT, -20000, 0, "-370",
	"1/1000 nat", "Of every other message that could be read.",
	AT(genuine_weight_milli)},
    {"policy", "forwarded_weight_milli", CONF_INT, -20000, 0, "-1000",
	"1/1000 nat",
	"Of one that SPF refuses and its domain signed: it was forwarded. The "
	"score may fall below 0 by it. 0: it is like every other.",
	AT(forwarded_weight_milli)},
    {"policy", "min_strong_servers", CONF_INT, 0, 4096, "3", "servers",
	"The minutes of min_strong_minutes must come from so many servers: one "
	"dead address, again and again, is no bot.",
	AT(min_strong_servers)},
    {"policy", "listing_once_s", CONF_INT, 0, 3650 * INT64_C(86400), "86400",
	"seconds",
	"That a block list names the client counts once in so long, however "
	"many receivers ask it; a listing of the range does not count. 0: "
	"each counts.",
	AT(listing_once_s)},
    {"policy", "score_half_life_s", CONF_INT, 0, 3650 * INT64_C(86400), "43200",
	"seconds",
	"The score falls to a half within so long; 0: only good mail brings "
	"it down.",
	AT(score_half_life_s)},
    {"policy", "hurry_connections", CONF_INT, 0, 4096, "8", "connections",
	"While there were so many connections to as many servers within "
	"burst_window_s, the class's hurry_threshold_milli is enough for an "
	"alarm; 0: never.",
	AT(hurry_connections)},
    {"policy", "retry_memory_s", CONF_INT, 0, 3650 * INT64_C(86400), "432000",
	"seconds",
	"A message that was deferred counts once in so long, however often it "
	"is tried again (RFC 5321 section 4.5.4.1: four to five days). 0: each "
	"time counts.",
	AT(retry_memory_s)},
    {"policy", "hurry_memory_milli", CONF_INT, 0, 1000000, "3460", "1/1000 nat",
	"In a hurry the score may fall so far below 0 within burst_window_s: "
	"good mail that went before speaks for a queue that is flushed. 0: it "
	"is forgotten at 0.",
	AT(hurry_memory_milli)},
    {"policy", "burst_bad_percent", CONF_INT, 0, 100, "20", "percent",
	"Connections make no burst when mail was seen to be delivered in a "
	"fortieth of burst_connections, five at least, and less than so many "
	"percent of the mails whose fate was seen were refused for good, one "
	"more of both outcomes counted. 0: not asked.",
	AT(burst_bad_percent)},
    {"policy", "burst_new_percent", CONF_INT, 0, 100, "100", "percent",
	"Of the burst's connections so many percent of burst_servers must go "
	"to servers that got no mail within spread_window_s and the time as "
	"long before; in a hurry a fourth as many percent of "
	"hurry_connections. 0: not asked.",
	AT(burst_new_percent)},
    {"policy", "spread_window_s", CONF_INT, 0, 3650 * INT64_C(86400), "604800",
	"seconds",
	"The window of the class's spread_servers; 0: the rule is off.",
	AT(spread_window_s)},
    {"policy", "spread_helos", CONF_INT, 0, 256, "8", "names",
	"A client that said so many different HELO names needs only a fourth "
	"of spread_servers; 0: the names do not matter.",
	AT(spread_helos)},
    {"policy", "novelty_domains", CONF_INT, 1, 256, "20", "domains",
	"So many destination domains in a day to which no mail went the day "
	"before are new; see novelty_domains_milli.",
	AT(novelty_domains)},
    {"policy", "novelty_domains_milli", CONF_INT, 0, 20000, "0", "1/1000 nat",
	"Then each refused mail adds so much more. 0: not asked.",
	AT(novelty_domains_milli)},
    {"policy", "novelty_helos", CONF_INT, 1, 256, "4", "names",
	"So many different HELO names in two days are not stable; see "
	"novelty_helos_milli.",
	AT(novelty_helos)},
    {"policy", "novelty_helos_milli", CONF_INT, 0, 20000, "0", "1/1000 nat",
	"Then each refused mail adds so much more. 0: not asked.",
	AT(novelty_helos_milli)},
    {"policy", "novelty_senders", CONF_INT, 1, 256, "6", "domains",
	"So many different MAIL FROM domains in two days are many; see "
	"novelty_senders_milli.",
	AT(novelty_senders)},
    {"policy", "novelty_senders_milli", CONF_INT, 0, 20000, "0", "1/1000 nat",
	"Then each refused mail adds so much more. 0: not asked.",
	AT(novelty_senders_milli)},
    {"policy", "novelty_unknown_percent", CONF_INT, 1, 100, "15", "percent",
	"So many of the recipients in two days (10 at the least) unknown are "
	"many; see novelty_unknown_milli.",
	AT(novelty_unknown_percent)},
    {"policy", "novelty_unknown_milli", CONF_INT, 0, 20000, "0", "1/1000 nat",
	"Then each refused mail adds so much more. 0: not asked.",
	AT(novelty_unknown_milli)},
    {"policy", "release_quiet", CONF_BOOL, 0, 0, "true", NULL,
	"Where a driver tells what it refused, and the source is validated, a "
	"block of the detector ends only when the line has been quiet for as "
	"long as the block's step; at the latest when the next step would end.",
	AT(release_quiet)},
    {"policy", "brake_customers", CONF_INT, 0, 1000000, "50", "customers",
	"When the detector is to block more customers within brake_window_s, "
	"the mass-event brake holds all of these blocks. 0: there is no "
	"brake.",
	AT(brake_customers)},
    {"policy", "brake_active_percent", CONF_INT, 0, 100, "25", "percent",
	"The same above so many of the customers whose traffic to port 25 "
	"bore evidence on that day or the day before. 0: not asked.",
	AT(brake_active_percent)},
    {"policy", "brake_prefix_percent", CONF_INT, 0, 100, "10", "percent",
	"The same above so many of 256 customers of one IPv4 /24 or IPv6 /48. "
	"0: not asked.",
	AT(brake_prefix_percent)},
    {"policy", "brake_least", CONF_INT, 1, 1000000, "20", "customers",
	"The two percentages are only asked above so many customers.",
	AT(brake_least)},
    {"policy", "brake_window_s", CONF_INT, 1, 86400, "60", "seconds",
	"Within so long the brake counts.", AT(brake_window_s)},
    {"policy", "brake_hold_s", CONF_INT, 1, 7 * INT64_C(86400), "600",
	"seconds",
	"The brake ends by itself when for so long no more than half of what "
	"put it on were to be blocked within brake_window_s.",
	AT(brake_hold_s)},
    WEIGHT("none", LABEL_NONE, "0"),
    WEIGHT("delivered", LABEL_DELIVERED, "-865"),
    WEIGHT("opaque", LABEL_OPAQUE, "0"),
    WEIGHT("oversize", LABEL_OVERSIZE, "0"),
    WEIGHT("not_smtp", LABEL_NOT_SMTP, "0"),
    WEIGHT("refused", LABEL_REFUSED, "0"),
    WEIGHT("unanswered", LABEL_UNANSWERED, "0"),
    WEIGHT("deferred", LABEL_DEFERRED, "100"),
    WEIGHT("rejected", LABEL_REJECTED, "1000"),
    WEIGHT("helo_forged", LABEL_HELO_FORGED, "1600"),
    WEIGHT("spf_fail", LABEL_SPF_FAIL, "2485"),
    WEIGHT("unknown_user", LABEL_UNKNOWN_USER, "2485"),
    WEIGHT("blocklisted", LABEL_BLOCKLISTED, "3500"),
    {"policy", "probe_attempts", CONF_INT, 1, 4096, "30", "attempts an hour",
	"Unanswered or refused attempts that make port_probe or "
	"blocked_attempts.",
	AT(probe_attempts)},
    {"policy", "misconfigured_sessions", CONF_INT, 1, 4096, "3", "sessions",
	"Sessions with AUTH on a foreign port 25 that make "
	"misconfigured_client.",
	AT(misconfigured_sessions)},
    {"policy", "account_networks", CONF_INT, 1, 24, "8", "networks",
	"Networks (IPv4 /24, IPv6 /48) new to an account that log in to it "
	"within the window for compromised_account.",
	AT(account_networks)},
    {"policy", "account_blocks", CONF_INT, 1, 24, "4", "blocks",
	"So many different IPv4 /16 or IPv6 /32 must be among them: a mobile "
	"carrier moves a telephone between few.",
	AT(account_blocks)},
    {"policy", "account_window_s", CONF_INT, 60, 86400, "3600", "seconds",
	"The window of account_networks.", AT(account_window_s)},
    {"policy", "account_burst_messages", CONF_INT, 1, 1000000, "100",
	"messages",
	"Messages that an account hands in from a network new to it, within "
	"account_burst_window_s, for compromised_account.",
	AT(account_burst_messages)},
    {"policy", "account_burst_window_s", CONF_INT, 60, 86400, "600", "seconds",
	"While the network is new, and when it sends for the first time.",
	AT(account_burst_window_s)},
    {"policy", "account_burst_factor", CONF_INT, 1, 1000, "5", NULL,
	"So many times the account's usual messages in that time they must "
	"be.",
	AT(account_burst_factor)},
    {"policy", "account_guess_networks", CONF_INT, 2, 16, "5", "networks",
	"When so many networks, of account_blocks blocks, failed to log in "
	"within an hour, and one of them then succeeds, "
	"account_guess_messages are enough.",
	AT(account_guess_networks)},
    {"policy", "account_guess_messages", CONF_INT, 1, 1000000, "25", "messages",
	"See account_guess_networks.", AT(account_guess_messages)},
    {"policy", "account_new_s", CONF_INT, 60, 3650 * INT64_C(86400), "86400",
	"seconds", "A network is new to an account for so long.",
	AT(account_new_s)},
    {"policy", "account_learn_s", CONF_INT, 0, 3650 * INT64_C(86400), "604800",
	"seconds",
	"An account that is known for less is not yet judged by "
	"account_burst_messages, unless it first came after so long a time of "
	"reading logs.",
	AT(account_learn_s)},
    {"policy", "account_threshold_milli", CONF_INT, 0, 1000000, "17000",
	"1/1000 nat",
	"When what receivers say of an account's mail comes to so much, it is "
	"a compromised_account. 0: it does not matter.",
	AT(account_threshold_milli)},
    {"policy", "account_unknown_milli", CONF_INT, 0, 20000, "2080",
	"1/1000 nat", "Of a recipient whom nobody knows.",
	AT(account_unknown_milli)},
    {"policy", "account_rejected_milli", CONF_INT, 0, 20000, "1000",
	"1/1000 nat", "Of a mail refused for its content or its sender.",
	AT(account_rejected_milli)},
    {"policy", "account_delivered_milli", CONF_INT, -20000, 0, "-320",
	"1/1000 nat", "Of a mail that was taken.", AT(account_delivered_milli)},
    {"policy", "ladder", CONF_LADDER, 1, 3650 * INT64_C(86400),
	"600 3600 86400 604800", "seconds",
	"How long the first block lasts, the second, the third, and every "
	"later one.",
	AT(ladder_s)},
    {"policy", "ladder_memory_s", CONF_INT, 1, 3650 * INT64_C(86400), "2592000",
	"seconds", "A block within so long after the last one is a repeat.",
	AT(ladder_memory_s)},
    {"policy", "incident_quiet_s", CONF_INT, 1, 3650 * INT64_C(86400), "86400",
	"seconds",
	"An incident without new evidence for so long is closed as quiet.",
	AT(incident_quiet_s)},
    {"policy", "oversize_bytes", CONF_INT, 1, INT64_C(1) << 40, "30000000",
	"bytes", "A message above it gets the label oversize: advice only.",
	AT(oversize_bytes)},
    {"policy", "leak_grace_s", CONF_INT, 1, 86400, "60", "seconds",
	"A block takes so long to reach the network; a connection to a foreign "
	"port 25 that is answered later makes enforcement_leak.",
	AT(leak_grace_s)},

    {"enforcement", "never_block", CONF_PREFIXES, 0, 100000, "", NULL,
	"Prefixes that no driver is told to close, nor any target that "
	"contains or overlaps one.",
	AT(never_block)},
    {"enforcement", "widest_ipv4", CONF_INT, 0, 32, "24", "bits",
	"A target with a shorter prefix is refused.", AT(widest_ipv4)},
    {"enforcement", "widest_ipv6", CONF_INT, 0, 128, "48", "bits",
	"A target with a shorter prefix is refused.", AT(widest_ipv6)},
    {"enforcement", "max_blocks_per_minute", CONF_INT, 0, 10000000, "1000",
	"customers",
	"More customers are not newly blocked within a minute: they wait, and "
	"an alarm is raised. Blocks by hand do not wait. 0: no limit.",
	AT(max_blocks_per_minute)},
    {"enforcement", "max_blocks", CONF_INT, 0, 10000000, "100000", "customers",
	"So many are blocked at once at the most; more wait. 0: no limit.",
	AT(max_blocks)},

    KEEP("observations", keep_observations_days, "90",
	"Rows of the observation log; those of an open incident, or of a "
	"decision in force, stay."),
    KEEP("incidents", keep_incidents_days, "400",
	"Closed incidents, after they closed; complaints; notes on customers."),
    KEEP("decisions", keep_decisions_days, "400",
	"Decisions after they ended, what drivers were told of them, and what "
	"operators asked for."),
    KEEP("leases", keep_leases_days, "180",
	"Who had an address, after the lease ended."),
    KEEP("audit", keep_audit_days, "1100", "Rows of the audit log."),

    {"letters", "dir", CONF_TEXT, 0, 4095, "", NULL,
	"Folder with templates of letters, CASE.LANGUAGE.txt; what it lacks is "
	"built in.",
	AT(letters_dir)},
    {"letters", "language", CONF_NAME, 2, 35, "ja", NULL,
	"Of letters to customers for whom the subscriber file has none.",
	AT(letters_language)},
    {"letters", "time_zone", CONF_TEXT, 1, 64, "local", NULL,
	"Zone of the times in letters: local, utc, an offset such as +09:00, "
	"or a name such as Asia/Tokyo.",
	AT(letters_time_zone)},
    {"letters", "from", CONF_TEXT, 0, 254, "", NULL,
	"Sender's mail address in letters; empty: abuse_contact.",
	AT(letters_from)},
    {"letters", "contact", CONF_TEXT, 0, 400, "", NULL,
	"Whom a customer calls or writes to: name, telephone, hours. Every "
	"letter names it.",
	AT(letters_contact)},
    {"letters", "help_url", CONF_TEXT, 0, 400, "", NULL,
	"The operator's page about sending mail.", AT(letters_help_url)},
    {"letters", "sending_host", CONF_NAME, 0, 253, "", NULL,
	"The operator's own sending server for its lines.",
	AT(letters_sending_host)},
    {"letters", "submission_host", CONF_NAME, 0, 253, "", NULL,
	"The operator's server for SMTP AUTH.", AT(letters_submission_host)},
    {"letters", "submission_port", CONF_INT, 1, 65535, "587", NULL,
	"Its submission port.", AT(letters_submission_port)},
    {"letters", "submissions_port", CONF_INT, 1, 65535, "465", NULL,
	"Its port of SMTP over SSL.", AT(letters_submissions_port)},
    {"report", "dir", CONF_TEXT, 0, 3000, "/var/lib/sekisho/reports", NULL,
	"Folder of the nightly reports, unless --out names another.",
	AT(report_dir)},
    {"report", "time_zone", CONF_TEXT, 1, 60, "UTC", NULL,
	"The zone whose midnight begins a day: local, utc, an offset such as "
	"+09:00, or a name such as Asia/Tokyo.",
	AT(report_time_zone)},
    {"report", "language", CONF_NAME, 2, 10, "en", NULL,
	"Of reports: en or ja.", AT(report_language)},
    {"report", "csv_bom", CONF_BOOL, 0, 0, "false", NULL,
	"CSV begins with a byte order mark, for Excel.", AT(report_csv_bom)},
    {"report", "console_url", CONF_TEXT, 0, 500, "", NULL,
	"Where the console is, as https://desk.example/; numbers are links to "
	"it then.",
	AT(report_console_url)},
    {"report", "mail_to", CONF_TEXT, 0, 1000, "", NULL,
	"Who gets the report by mail: addresses, separated by spaces. Empty: "
	"nobody.",
	AT(report_mail_to)},
    {"report", "mail_from", CONF_TEXT, 0, 254, "", NULL,
	"Sender of these mails; without it abuse_contact.",
	AT(report_mail_from)},
    {"report", "sendmail", CONF_TEXT, 1, 4095, "/usr/sbin/sendmail", NULL,
	"Program that takes a mail on standard input, with -i -t.",
	AT(report_sendmail)},
    {"report", "mail_spool", CONF_TEXT, 0, 3000, "", NULL,
	"Folder that mails are written to as files, instead of sendmail.",
	AT(report_mail_spool)},

    {"class", "port25", CONF_OPEN, 0, 0, "open", NULL,
	"Whether foreign port 25 is open to the class; dynamic: closed. A line "
	"with an open one may relay mail: what it forwards is not held to be "
	"forged.",
	CLS(port25_open)},
    {"class", "mode", CONF_CLASS_MODE, 0, 0, "inherit", NULL,
	"inherit: as analyzer { mode } says; monitor: decisions are made, and "
	"no driver is told of any; off: the detector opens incidents and "
	"decides nothing. business and wholesale: monitor.",
	CLS(mode)},
    {"class", "burst_servers", CONF_INT, 1, 4096, "100", "servers",
	"Distinct foreign servers within burst_window_s that make a burst.",
	CLS(burst_servers)},
    {"class", "burst_connections", CONF_INT, 1, 4096, "200", "connections",
	"New connections to foreign servers within burst_window_s that make a "
	"burst.",
	CLS(burst_connections)},
    {"class", "threshold_milli", CONF_INT, 1, 1000000, "18400", "1/1000 nat",
	"Score that raises the alarm; dynamic: 17300.", CLS(threshold_milli)},
    {"class", "hurry_threshold_milli", CONF_INT, 0, 1000000, "12000",
	"1/1000 nat",
	"Score that raises the alarm in a hurry (hurry_connections); dynamic: "
	"8700.",
	CLS(hurry_threshold_milli)},
    {"class", "spread_servers", CONF_INT, 0, 4096, "2400", "servers",
	"Distinct foreign servers to which sessions with mail, or encrypted "
	"ones, went within spread_window_s; dynamic: 1000. 0: not asked.",
	CLS(spread_servers)},

    {"serve", "listen", CONF_LISTEN, 0, 0, "127.0.0.1@8025", NULL,
	"Where sekisho serve listens. Elsewhere than on loopback only with "
	"tls_cert, or plain. Empty: on the socket alone.",
	AT(serve_listen)},
    {"serve", "socket", CONF_TEXT, 0, 107, "", NULL,
	"A unix socket beside it. Root and the server's own user may do all "
	"there, others of its group may read.",
	AT(serve_socket)},
    {"serve", "tls_cert", CONF_TEXT, 0, 4095, "", NULL,
	"Certificate chain, PEM. Read at start and at SIGHUP.",
	AT(serve_tls_cert)},
    {"serve", "tls_key", CONF_TEXT, 0, 4095, "", NULL, "Its key, PEM.",
	AT(serve_tls_key)},
    {"serve", "plain", CONF_BOOL, 0, 0, "false", NULL,
	"Listen without TLS where others can hear: passwords and tokens go "
	"in clear.",
	AT(serve_plain)},
    {"serve", "https", CONF_BOOL, 0, 0, "false", NULL,
	"People come through a proxy that speaks TLS: cookies say so.",
	AT(serve_https)},
    {"serve", "connections", CONF_INT, 1, 100000, "2000", "connections",
	"Connections at once; more are closed.", AT(serve_connections)},
    {"serve", "per_address", CONF_INT, 1, 100000, "200", "connections",
	"Connections at once of one address. Behind a proxy all have its.",
	AT(serve_per_address)},
    {"serve", "memory_bytes", CONF_INT, 4096, MIB, "16384", "bytes",
	"Memory of a connection; half of it is for header fields, more are "
	"refused (431).",
	AT(serve_memory_bytes)},
    {"serve", "body_bytes", CONF_INT, 1024, 16 * MIB, "262144", "bytes",
	"A longer body is refused (413).", AT(serve_body_bytes)},
    {"serve", "timeout_s", CONF_INT, 1, 3600, "15", "seconds",
	"A request that is not whole by then, and a connection without one, "
	"is closed.",
	AT(serve_timeout_s)},
    {"serve", "streams", CONF_INT, 0, 100000, "1000", "streams",
	"Event streams at once.", AT(serve_streams)},
    {"serve", "session_s", CONF_INT, 60, 30 * DAY_S, "43200", "seconds",
	"A log-in to the console lasts so long.", AT(serve_session_s)},
    {"serve", "crowdsec", CONF_BOOL, 0, 0, "false", NULL,
	"Answer bouncers of CrowdSec under /crowdsec/v1/.", AT(serve_crowdsec)},
    {"serve", "reports", CONF_TEXT, 0, 4095, "", NULL,
	"Folder of the nightly reports, to be listed and read.",
	AT(serve_reports)},

    {"driver", "command", CONF_ARGV, 1, CONF_ARGV_MAX, "", NULL,
	"The program and its arguments. A name without a slash is looked for "
	"beside sekisho-hooks, then on PATH.",
	DRV(argv)},
    {"driver", "timeout_s", CONF_INT, 1, 3600, "10", "seconds",
	"Time for the answer to one line.", DRV(timeout_s)},
    {"driver", "whole_line", CONF_BOOL, 0, 0, "false", NULL,
	"The driver may close the whole line, though only port 25 is to be "
	"closed: one that says ports=false gets nothing else.",
	DRV(whole_line)},
    {"driver", "reconcile_s", CONF_INT, 1, 86400, "300", "seconds",
	"What the driver holds is compared with what was decided so often, "
	"and after each start.",
	DRV(reconcile_s)},
};
#define KEYS_N (sizeof(conf_keys) / sizeof(conf_keys[0]))

size_t conf_keys_count(void)
{
	return conf_input_keys_n + KEYS_N;
}

const struct conf_key *conf_key_at(size_t i)
{
	return i < conf_input_keys_n ? &conf_input_keys[i]
				     : &conf_keys[i - conf_input_keys_n];
}

const struct conf_section conf_sections[] = {
    {"", "Top level."},
    {"network", "What belongs to the operator."},
    {"capture", "The agent at one tap."},
    {"radius", "Who got which address, told by RADIUS accounting."},
    {"analyzer", "Who is who, and what DNS may cost."},
    {"leases", "Who got which address, told by files."},
    {"logins", "Who logged in to the submission servers, told by their logs."},
    {"policy",
	"All numbers that decide. Together they make the policy hash that "
	"each decision carries."},
    {"enforcement",
	"What no driver is ever told, whatever was decided; checked right "
	"before a line is sent."},
    {"retention",
	"How long what is kept: sekisho db purge removes what is older."},
    {"letters",
	"Letters to customers: sekisho incident letter makes them, and sends "
	"none."},
    {"report", "The nightly report: where, when, and who gets it."},
    {"class",
	"One section for each class of customers, with its name as title: "
	"class \"NAME\" { }. There are dynamic, static, business and "
	"wholesale (users of another provider, on our lines), and up to 27 "
	"own names: a small letter, then up to 22 small letters, digits, "
	"\"_\" and \"-\". A line of no known class has the numbers of "
	"dynamic. The classes are part of the policy hash."},
    {"serve", "The HTTP API and the web console."},
    {"driver",
	"One section for each hook driver, with its name as title: driver "
	"\"NAME\" { }. Drivers run only in mode enforce."},
};
const size_t conf_sections_n = sizeof(conf_sections) / sizeof(conf_sections[0]);
