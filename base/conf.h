/* SPDX-License-Identifier: Apache-2.0 */
/* The one configuration file (libconfuse). One schema table in conf.c gives
 * each key's name, type, bounds, default, unit and help; it parses, checks,
 * prints the effective configuration and feeds the man page. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/addr.h"
#include "base/vocab.h"

#define CONF_ERROR_BYTES 512
#define CONF_DRIVERS_MAX 16
#define CONF_ARGV_MAX    32

struct conf_prefixes {
	struct prefix *v;
	size_t n;
};
struct conf_ports {
	uint16_t v[16];
	size_t n;
};
/* Where mail of a private or shared source leaves: the address that a
 * receiver sees. egress = { "100.64.0.0/10 203.0.113.1", ... } */
struct conf_egress {
	struct prefix inside;
	struct addr outside;
};
/* Customers who share IPv4 addresses by the formula of RFC 7422: inside
 * addresses in order, block_ports each of first_port to last_port. All IPv4;
 * the last address belongs to it. */
struct conf_cgn {
	struct addr outside_first, outside_last;
	struct addr inside_first, inside_last;
	uint16_t first_port, last_port, block_ports;
};
/* A basic mapping rule (RFC 7597 section 5). v4.len counts from 96; v6.len +
 * ea_bits is 64 at most, ea_bits at least 128 - v4.len. */
struct conf_map_e {
	struct prefix v6, v4;
	uint8_t ea_bits, psid_offset;
};
/* Host names, in small letters. */
struct conf_names {
	char **v;
	size_t n;
};
/* Of an IPv6 network, what one customer has where nothing named it: a prefix
 * of len. ipv6_unit = { "2001:db8::/32 56", "2001:db9::/32 64 dynamic" } */
struct conf_unit {
	struct prefix inside;
	uint8_t len;
	char line_class[CLASS_NAME_LEN]; /* "": never blocked */
};
/* How customers of one class are judged. */
struct conf_class {
	bool named; /* a class of this policy, not only of an older one */
	bool port25_open;
	enum class_mode mode;
	int64_t burst_servers; /* distinct foreign servers */
	int64_t burst_connections;
	int64_t threshold_milli;       /* CUSUM h, 1/1000 nat */
	int64_t hurry_threshold_milli; /* the same in a hurry */
	int64_t spread_servers; /* within spread_window_s; 0: not asked */
};
struct conf_driver {
	char *name;
	char *argv[CONF_ARGV_MAX + 1]; /* NULL-terminated */
	int timeout_s;
	bool whole_line; /* it may close more than port 25 */
	int reconcile_s; /* what it holds is compared so often: 300 */
};

/* Text that is not set, or set to "", is NULL: legal_basis, hash_key_file,
 * provider, abuse_contact, interface, spool_dir, subscribers, resolver, zone,
 * allowed_sender_domains, psl_file, letters_*. */
struct conf {
	/* top level */
	char *legal_basis;
	enum tier privacy_tier;
	char *hash_key_file; /* at least 16 bytes; needed above flow */
	char *provider;      /* the operator's name, for reports */
	char *abuse_contact; /* mail address, for reports to other desks */
	char *db;            /* SQLite file */
	char *socket;        /* unix socket between agent and analyzer */
	/* network { } */
	struct conf_prefixes own_networks;
	struct conf_prefixes own_servers;
	struct conf_names own_server_names; /* more of them, by name */
	struct conf_prefixes own_named;     /* no key: what they resolved to */
	struct conf_prefixes server_egress; /* where own_servers send from */
	struct conf_prefixes source_validated; /* BCP 38 holds here */
	struct conf_egress *egress;
	size_t n_egress;
	struct conf_cgn *cgn;
	size_t n_cgn;
	struct conf_map_e *map_e;
	size_t n_map_e;
	struct conf_unit *ipv6_units;
	size_t n_ipv6_units;
	/* capture { } */
	char *agent;
	char *interface;
	struct conf_ports ports;     /* 25 465 587 2525 */
	int64_t max_flows;           /* 1,000,000 */
	int64_t idle_s;              /* 300 */
	int64_t syn_timeout_s;       /* 10 */
	int64_t reorder_bytes;       /* per flow and direction: 65536 */
	int64_t reorder_total_bytes; /* in all: 64 MiB */
	int64_t smtp_bytes;          /* sessions, beyond 4 KiB: 256 MiB */
	int64_t queue_bytes;         /* unacknowledged records: 64 MiB */
	bool dpi;                    /* ask nDPI */
	int64_t dpi_bytes;           /* its memory for flows: 64 MiB */
	bool checksums;              /* drop packets with a wrong one */
	int64_t fragment_bytes;      /* of IP fragments that wait: 4 MiB */
	int64_t ring_bytes;          /* of the kernel, per worker: 64 MiB */
	int64_t snap_bytes;          /* captured of a packet: 65535 */
	int64_t workers;             /* processes that share the port: 1 */
	char *user;                  /* who parses packets: nobody */
	int64_t attempt_records;     /* failed attempts told singly, each
				      * second: 1000; 0: all of them */
	char *spool_dir;             /* NULL: no spool */
	int64_t spool_bytes;         /* of all files in it: 1 GiB */
	/* capture { }: accounting on the mirror */
	struct conf_ports radius_ports;  /* none */
	struct conf_prefixes radius_nas; /* whose packets are believed */
	bool radius_confirm;             /* only what the server answered */
	/* radius { }; the attributes are read by radius_map.h */
	char *radius_listen;          /* ADDRESS@PORT; NULL: off */
	char *radius_clients_file;    /* lines PREFIX SECRET */
	char *radius_customer;        /* attribute: user_name */
	char *radius_customer_prefix; /* what its value begins with */
	char *radius_strip_realms;    /* space separated; "*": all */
	char *radius_class;           /* attribute; NULL: none */
	char *radius_class_prefix;    /* what its value begins with */
	bool radius_framed_netmask;   /* it names a routed prefix */
	char *radius_cgn_address;     /* attributes of a port block */
	char *radius_cgn_first_port;
	char *radius_cgn_last_port;
	char *radius_cgn_port_count;
	char *radius_cgn_block;
	int64_t radius_clock_skew_s; /* clocks may differ by: 5 */
	bool radius_correct_skew;
	/* analyzer { } */
	char *subscribers;             /* CSV file */
	enum mode mode;                /* monitor (default), enforce */
	char *resolver;                /* "192.0.2.53@53"; empty: resolv.conf */
	char *zone;                    /* zone file served as local data; no
					* DNS leaves the machine when set */
	int64_t spf_timeout_ms;        /* whole check: 20000 */
	int64_t spf_max_terms;         /* 10 */
	int64_t spf_max_void;          /* 2 */
	int64_t spf_max_addresses;     /* per MX and PTR: 10 */
	int64_t spf_cache;             /* results kept: 20000 */
	int64_t dkim_max_signatures;   /* of a message, checked: 3 */
	int64_t dkim_max_keys;         /* records of one name: 4 */
	int64_t dkim_min_rsa_bits;     /* RFC 8301: 1024 */
	int64_t dkim_max_rsa_bits;     /* 4096 */
	char *allowed_sender_domains;  /* space separated */
	char *psl_file;                /* NULL: the system's */
	int64_t lease_timeout_s;       /* 2 days; 0: never */
	int64_t dns_in_flight;         /* 1000 checks */
	int64_t dns_budget_subscriber; /* checks an hour: 600 */
	int64_t dns_budget_total;      /* checks an hour: 360,000 */
	int64_t budget_blocks;         /* wrong ones a day: 1 ... */
	int64_t budget_customers;      /* ... for so many: 1,000,000 */
	/* leases { }: files that tell of them; base/lease_source.h reads each
	 */
	char *lease_files[CONF_ARGV_MAX + 1]; /* NULL-terminated */
	/* logins { }: the submission servers' own logs */
	char *login_files[CONF_ARGV_MAX + 1]; /* NULL-terminated */
	char *login_accounts_file;            /* CSV account,customer */
	char *login_domain;       /* of accounts without one; NULL: none */
	char *login_services;     /* Dovecot's, space separated */
	char *login_time_zone;    /* local; utc, +09:00 */
	int64_t login_interval_s; /* told in one row: 60 */
	/* policy { }: all of it goes into the policy hash */
	int64_t burst_window_s;     /* 60 */
	int64_t min_domains;        /* distinct destinations: 5 */
	int64_t min_strong_minutes; /* minutes with unknown_user or
				     * blocklisted: 8 */
	int64_t spoof_min_messages; /* 3 */
	int64_t spoof_min_servers;  /* 3 */
	/* Added later: 0 in a policy of an older log, which switches each
	 * off (conf_policy.c). */
	int64_t spoof_threshold_milli;  /* of the second score: 12000 */
	int64_t spoof_weight_milli;     /* a spoofed mail adds: 1760 */
	int64_t genuine_weight_milli;   /* another one: -370 */
	int64_t forwarded_weight_milli; /* one that was forwarded: -1000 */
	int64_t min_strong_servers;     /* 3 */
	int64_t listing_once_s;         /* 86400 */
	int64_t score_half_life_s;      /* 43200 */
	int64_t hurry_connections;      /* 8 */
	int64_t spread_window_s;        /* 7 d */
	int64_t spread_helos;           /* 8 */
	bool release_quiet;             /* true */
	int64_t retry_memory_s;         /* of a deferred mail: 5 d */
	int64_t hurry_memory_milli;     /* good mail in a hurry: 3460 */
	int64_t burst_bad_percent;      /* of mail that can be read: 20 */
	int64_t burst_new_percent;      /* of burst_servers: 100 */
	/* Novelty: so many, and what it adds to a refusal's weight (0). */
	int64_t novelty_domains, novelty_domains_milli;
	int64_t novelty_helos, novelty_helos_milli;
	int64_t novelty_senders, novelty_senders_milli;
	int64_t novelty_unknown_percent, novelty_unknown_milli;
	int64_t brake_customers;           /* in brake_window_s: 50 */
	int64_t brake_active_percent;      /* of those with evidence: 25 */
	int64_t brake_prefix_percent;      /* of an IPv4 /24: 10 */
	int64_t brake_least;               /* percentages need more: 20 */
	int64_t brake_window_s;            /* 60 */
	int64_t brake_hold_s;              /* 600 */
	int64_t weight_milli[LABEL_COUNT]; /* weight_delivered, ... */
	int64_t probe_attempts;            /* unanswered or refused SYNs an hour
					    * for port_probe, blocked_attempts:
					    * 30 */
	int64_t misconfigured_sessions;    /* AUTH on a foreign :25: 3 */
	/* compromised_account */
	int64_t account_networks;       /* new, within the window: 8 */
	int64_t account_blocks;         /* /16 or /32 of them: 4 */
	int64_t account_window_s;       /* 3600 */
	int64_t account_burst_messages; /* from a new network: 100 */
	int64_t account_burst_window_s; /* 600 */
	int64_t account_burst_factor;   /* times the usual: 5 */
	int64_t account_guess_networks; /* that failed before: 5 */
	int64_t account_guess_messages; /* then these are enough: 25 */
	int64_t account_new_s;          /* a network is new so long: 1 d */
	int64_t account_learn_s;        /* 7 d */
	/* log-likelihood ratios of what receivers say of its mail */
	int64_t account_threshold_milli; /* 17000; 0: it does not matter */
	int64_t account_unknown_milli;   /* 2080 */
	int64_t account_rejected_milli;  /* 1000 */
	int64_t account_delivered_milli; /* -320 */
	int64_t ladder_s[4];             /* ladder = {600,3600,86400,604800} */
	int64_t ladder_memory_s;         /* a repeat within: 30 d */
	int64_t incident_quiet_s;        /* closed as quiet after: 24 h */
	int64_t oversize_bytes;          /* 30 MB = 30,000,000 */
	int64_t leak_grace_s;            /* a block takes so long: 60 */
	/* enforcement { }: what is never sent to a driver */
	struct conf_prefixes never_block;
	int64_t widest_ipv4;           /* a target's prefix length: 24 */
	int64_t widest_ipv6;           /* 48 */
	int64_t max_blocks_per_minute; /* 1000; 0: no limit */
	int64_t max_blocks;            /* 100,000; 0: no limit */
	/* retention { }: how long rows are kept; 0: without end */
	int64_t keep_observations_days; /* 90 */
	int64_t keep_incidents_days;    /* after they closed: 400 */
	int64_t keep_decisions_days;    /* after they ended: 400 */
	int64_t keep_leases_days;       /* after they ended: 180 */
	int64_t keep_audit_days;        /* 1100 */
	/* letters { }: to customers; made, never sent */
	char *letters_dir;       /* NULL: the built-in templates */
	char *letters_language;  /* of customers without one: ja */
	char *letters_time_zone; /* local, utc, +09:00, Asia/Tokyo */
	char *letters_from;      /* NULL: abuse_contact */
	char *letters_contact;   /* whom a customer calls */
	char *letters_help_url;
	char *letters_sending_host;       /* SMTP on port 25, for own lines */
	char *letters_submission_host;    /* SMTP AUTH */
	int64_t letters_submission_port;  /* 587 */
	int64_t letters_submissions_port; /* implicit TLS: 465 */
	/* report { } */
	char *report_dir;
	char *report_time_zone; /* of the IANA; "UTC" */
	char *report_language;  /* en, ja */
	bool report_csv_bom;
	char *report_console_url; /* NULL: no links */
	char *report_mail_to;     /* space separated; NULL: no mail */
	char *report_mail_from;   /* NULL: abuse_contact */
	char *report_sendmail;
	char *report_mail_spool; /* NULL: sendmail */
	/* class "name" { }: goes into the policy hash, too. Ask
	 * conf_class_rules(). */
	struct conf_class classes[CLASS_COUNT];
	/* serve { } */
	char *serve_listen; /* ADDRESS@PORT; NULL: none */
	char *serve_socket; /* NULL: none */
	char *serve_tls_cert, *serve_tls_key;
	bool serve_plain; /* elsewhere than loopback without TLS */
	bool serve_https; /* people come through a proxy with TLS */
	int64_t serve_connections, serve_per_address;
	int64_t serve_memory_bytes; /* header fields: 16384 */
	int64_t serve_body_bytes;   /* 262144 */
	int64_t serve_timeout_s;    /* 15 */
	int64_t serve_streams;      /* event streams: 1000 */
	int64_t serve_session_s;    /* 12 h */
	bool serve_crowdsec;
	char *serve_reports; /* folder of nightly reports; NULL: none */
	/* driver "name" { command = {"prog", "arg"} timeout_s = 10 } */
	struct conf_driver drivers[CONF_DRIVERS_MAX];
	size_t n_drivers;
};

/* Read and check a file; path NULL gives the defaults. On error -1, and err
 * says file, line, key and remedy. conf_free() is legal after both. */
int conf_load(struct conf *c, const char *path, char err[CONF_ERROR_BYTES]);
void conf_free(struct conf *c);
/* What only makes sense together: a tier above flow needs legal_basis and
 * hash_key_file. Daemons call it, `config check` too. 0, or -1 with err. */
int conf_check(const struct conf *c, char err[CONF_ERROR_BYTES]);
/* "ADDRESS@PORT" to listen on. 0, or -1 with why. */
int conf_listen_parse(
    const char *text, struct addr *a, uint16_t *port, char *why, size_t n);
/* "ADDRESS[@PORT]" of a DNS server. 0, or -1 with why. */
int conf_server_check(const char *text, char *why, size_t n);
/* The effective configuration as a valid file. */
void conf_show(const struct conf *c, FILE *out);
/* The schema as mdoc list items, for sekisho.conf(5). */
void conf_show_mdoc(FILE *out);
/* The rules of a class. A line of no known class has the numbers of dynamic,
 * and an open port. */
struct conf_class conf_class_rules(const struct conf *c, enum line_class k);
/* The classes of the configuration, by name. Returns how many. */
size_t conf_classes_named(
    const struct conf *c, enum line_class out[static CLASS_COUNT]);
/* Every policy { } key as "name=value\n" in table order, then each class by
 * name as "class.NAME.key=value\n"; policy.c hashes it. malloc'd; NULL: no
 * memory. */
char *conf_policy_text(const struct conf *c);
/* The way back: defaults, then these policy keys. Texts of the time before
 * there were classes are understood. 0, or -1 with err. */
int conf_load_policy_text(
    struct conf *c, const char *text, char err[CONF_ERROR_BYTES]);
