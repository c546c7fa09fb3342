/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the store as plain records. Strings are NUL-terminated and
 * cut at the array's size by whoever fills them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/target.h"
#include "base/vocab.h"

#define ROW_ID_LEN      64
#define ROW_DOMAIN_LEN  256
#define ROW_HASH_BYTES  16
#define ROW_TEXT_LEN    512
#define ROW_RESULT_LEN  384
#define ROW_TARGETS_MAX 64
/* An Acct-Session-Id may have 253 bytes (RFC 2866 section 5.5). */
#define ROW_SESSION_LEN 256
#define ROW_RCPT_BYTES  8
#define ROW_NOVELTY_LEN 160

#define ROW_BLOB_BYTES 2048
struct row_blob {
	uint16_t len;
	uint8_t b[ROW_BLOB_BYTES];
};

/* One entry of the observation log: input, authentication, outcome. */
struct observation {
	int64_t obs_no;     /* record order, from 1; the store assigns it */
	int64_t applied_no; /* 0: not applied yet */
	enum obs_kind kind;
	int64_t ts_us, start_us;
	/* who and where; agent "" for ticks and operator actions */
	char agent[ROW_ID_LEN];
	uint64_t boot, seq, flow_id;
	struct addr client, server;
	uint16_t client_port, server_port;
	char customer[ROW_ID_LEN]; /* "": unknown address */
	enum line_class line_class;
	int traffic_case; /* 1 to 4, 0: none */
	bool source_validated;
	enum tier tier;
	/* attempt; Sekisho__Outcome */
	int outcome;
	/* summary: how many failed; estimate of the distinct servers; login:
	 * how many */
	int64_t attempts, servers;
	/* transaction and close */
	int helo_verb, helo_kind; /* Sekisho__HeloVerb, HeloKind */
	bool helo_null_literal;
	char helo[ROW_DOMAIN_LEN];
	bool mail_from_seen, mail_from_null;
	char mail_from[ROW_DOMAIN_LEN];         /* domain, tier domains */
	uint8_t mail_from_hash[ROW_HASH_BYTES]; /* address, keyed; else 0 */
	uint8_t rcpt_hash[ROW_RCPT_BYTES];      /* all recipients; else 0 */
	char header_from[ROW_DOMAIN_LEN];       /* first mailbox's domain */
	int header_from_count;                  /* mailboxes */
	int rcpt_count, rcpt_accepted, unknown_users;
	char rcpt_domains[1024]; /* space separated, cut at a whole name */
	int reply_code;          /* of the strongest refusal, or the end */
	char reply_enhanced[12];
	int reply_class, reply_stage; /* Sekisho__ReplyClass, Stage */
	bool names_client;
	int64_t declared_bytes, seen_bytes;
	int tls, end; /* Sekisho__TlsState, EndOf */
	bool header_complete, dkim_signature, gap, authenticated;
	/* A Transaction with its DKIM evidence only, packed, as far as there
	 * is room; dkim_more: there may be further signatures. */
	struct row_blob dkim_evidence;
	bool dkim_more;
	int received_count;
	int auth_outcome; /* Sekisho__AuthOutcome */
	char auth_mechanism[24];
	char dpi[24];
	bool not_smtp;
	int transactions;
	/* sender authentication: inputs of the log, once DONE */
	enum auth_state auth_state;
	enum spf_result spf;
	bool spf_helo; /* identity checked: HELO */
	char spf_domain[ROW_DOMAIN_LEN];
	struct addr spf_address;        /* the address that was checked */
	char spf_term[ROW_DOMAIN_LEN];  /* deciding term */
	char spf_record[ROW_TEXT_LEN];  /* text of the deciding record */
	char spf_trail[ROW_RESULT_LEN]; /* of a fail: the look-ups */
	int spf_lookups;
	char dkim[ROW_RESULT_LEN];  /* what the signatures say, in words */
	char dmarc[ROW_RESULT_LEN]; /* policy and whose it is, in words */
	enum verdict verdict;
	char verdict_reason[ROW_TEXT_LEN];
	/* log-ins at our own submission server (kind OBS_LOGIN): attempts of
	 * one client within a minute, start_us to ts_us. LOGIN_DELIVERY: what
	 * receivers said of its mail; attempts and rcpt_count: how many
	 * answers, of which rcpt_accepted took it, unknown_users know no such
	 * recipient, and the others refused content or sender */
	uint8_t account_hash[ROW_HASH_BYTES]; /* keyed; also without customer */
	enum login_result login;
	int64_t messages; /* whose acceptance began */
	bool own_line;    /* the client is a line of this customer */
	/* operator action (kind OBS_OPERATOR) */
	enum op_verb op;
	int64_t op_id, op_until_us; /* 0: without end */
	int64_t op_incident;        /* 0: of none */
	/* from here on this policy applies (kind OBS_POLICY) */
	char policy_hash[20];
	enum mode mode;
	/* outcome, written when applied */
	enum label label;
	int32_t weight_milli; /* what it added; 0: not counted */
	int32_t score_milli;  /* CUSUM after it */
	/* What novelty added to the weight, in words; "": nothing. */
	char novelty[ROW_NOVELTY_LEN];
	/* Of all that is above "outcome", made when it is applied
	 * (store/digest.h); zero: written before version 10. */
	uint8_t digest[ROW_HASH_BYTES];
};

struct incident {
	int64_t id; /* from 1 */
	enum incident_kind kind;
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	enum incident_state state;
	enum closed_as closed_as;
	int64_t opened_us, last_us, closed_us;
	int64_t first_obs, last_obs; /* evidence: this customer's rows */
	int64_t observations;        /* counted since it opened */
	int64_t servers;             /* distinct destinations */
	int64_t unknown_users, blocklisted, spoofed;
	int32_t score_milli, peak_milli;
	char summary[ROW_TEXT_LEN]; /* in words, no envelope data */
	char policy_hash[20];
	int64_t brake_id; /* that held its block last; 0: none did */
};

/* A time during which the mass-event brake held the detector's blocks. */
struct brake_row {
	int64_t id;                 /* from 1, no holes */
	int64_t began_us, ended_us; /* ended 0: it is on */
	char reason[ROW_TEXT_LEN];  /* in words */
	int64_t held;               /* customers whose block it held */
	int64_t lifted;             /* ... of them, after it had begun */
	int64_t last_us;            /* the detector last wanted one */
	enum brake_end ended_by;
	int64_t obs_no; /* the row that put it on */
	int64_t op_id;  /* applied, dropped: the operator action */
	char policy_hash[20];
};

struct decision {
	int64_t seq; /* from 1, no holes */
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	enum action action;
	enum cause cause;
	int64_t since_us, until_us; /* until 0: without end */
	int64_t incident_id;        /* 0: none */
	int64_t ends_seq;           /* the decision that this one ends */
	int64_t obs_no;             /* the row that caused it */
	int64_t op_id;              /* manual: the operator action */
	int step;                   /* ladder, from 1; 0: not on the ladder */
	enum mode mode;
	char policy_hash[20];
	char reason[ROW_TEXT_LEN];
	/* what the customer had at since_us */
	struct target targets[ROW_TARGETS_MAX];
	int n_targets;
};

/* Subscriber: prefix, or a part of its source ports, during an interval ->
 * customer. */
struct lease {
	struct prefix prefix;
	uint16_t first_port, last_port; /* both 0: all of them */
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	int64_t from_us, until_us;      /* until INT64_MAX: still held */
	char source[16];                /* static, radius, dhcp, ... */
	char nas[ROW_ID_LEN];           /* who gave it; "": not said */
	char session[ROW_SESSION_LEN];  /* of nas; "": none */
	char own_domains[ROW_TEXT_LEN]; /* space separated */
};

/* A line of the line protocol of leases that the desk hands in. */
#define ROW_LINE_LEN 4096
struct lease_request {
	int64_t id, ts_us;
	char actor[ROW_ID_LEN];
	char line[ROW_LINE_LEN];
	char answer[16]; /* taken, refused; "": it waits */
};

/* A session that has ended, where its leases do not tell; session "": the NAS
 * began anew at ended_us. */
struct lease_grave {
	char source[16];
	char nas[ROW_ID_LEN];
	char session[ROW_SESSION_LEN];
	int64_t since_us, ended_us;
};

/* What is known of a customer whatever the addresses. */
struct customer_row {
	char id[ROW_ID_LEN];
	enum line_class line_class;
	char own_domains[ROW_TEXT_LEN]; /* space separated */
	char contact[128];              /* for a person; "": none */
	char language[36];              /* BCP 47; "": not said */
};

/* How far a submission server's log was read: all lines before offset are in
 * the log of observations or in a counter. */
struct file_position {
	char path[ROW_TEXT_LEN]; /* as configured */
	uint64_t device, inode;
	int64_t offset;
	/* Keyed hash of its first bytes: a file that was written anew is not
	 * taken for the old one. */
	int64_t head_bytes;
	uint8_t head[ROW_HASH_BYTES];
};

struct op_action {
	int64_t id;
	int64_t ts_us;
	char actor[ROW_ID_LEN];
	enum op_verb verb;
	char target[ROW_ID_LEN];   /* as typed */
	char customer[ROW_ID_LEN]; /* resolved */
	int64_t until_us;
	int64_t incident_id; /* 0: of none */
	char reason[ROW_TEXT_LEN];
	int64_t applied_obs; /* 0: not yet applied */
};

/* Who asked for what; written with what it tells of, never changed. */
struct audit {
	int64_t audit_no; /* 0: the store gives the next */
	int64_t at_us;
	char operator[ROW_ID_LEN];
	enum audit_source source;
	char verb[40];           /* as typed: "block", "db purge" */
	char object[ROW_ID_LEN]; /* customer, I12, D7, ...; "": none */
	char reason[ROW_TEXT_LEN];
	char detail[ROW_TEXT_LEN]; /* in words, no envelope data */
	char outcome[16];          /* accepted, done, refused, failed */
};

/* What another desk said of an address of ours. */
struct complaint {
	int64_t id;                  /* from 1, shown as R1 */
	uint8_t key[ROW_HASH_BYTES]; /* the same report has the same */
	int64_t received_us;         /* when it came to us */
	int64_t at_us;               /* of the mail it is about; 0: not said */
	char format[8];              /* arf, xarf */
	char type[48];               /* abuse, not-spam, messaging/spam, ... */
	char reporter[ROW_DOMAIN_LEN]; /* domain; "": not said */
	struct addr client;            /* zero: not said */
	uint16_t client_port;          /* 0: not said */
	char customer[ROW_ID_LEN];     /* who had that then; "": nobody found */
	enum line_class line_class;
	char unmatched[16]; /* why nobody: a word; "": matched */
};

struct delivery {
	int64_t id;
	int64_t decision_seq;
	char driver[ROW_ID_LEN];
	char op[12];    /* block, unblock */
	char event[12]; /* new, renew, expire, release, moved, restored */
	char state[12]; /* pending, done, dead */
	int attempts;
	int64_t created_us, next_us, done_us;
	char error[ROW_TEXT_LEN];
	int turn; /* docs/HOOKS.md */
};

/* Where what a driver holds is not what was decided; it ends when a list
 * shows it no more. */
struct difference {
	int64_t id;
	char driver[ROW_ID_LEN];
	/* missing, stale, wrong, foreign; refused: never to be enforced */
	char kind[12];
	char customer[ROW_ID_LEN];                     /* "": foreign */
	int64_t decision_seq, held_seq;                /* 0: none */
	char wanted[ROW_TEXT_LEN], held[ROW_TEXT_LEN]; /* targets; cut */
	char reason[ROW_TEXT_LEN];
	int64_t found_us, last_us;
	int64_t seen;     /* by so many lists */
	int64_t ended_us; /* 0: there now */
};

/* What a driver refused of a blocked customer, between two looks. */
struct refusal {
	char driver[ROW_ID_LEN];
	char customer[ROW_ID_LEN];
	int64_t first_us, last_us;
	int64_t packets;
};

/* How a driver fares. */
struct enforcer {
	char driver[ROW_ID_LEN];
	char state[12]; /* ready, down, paused; panic */
	int64_t since_us;
	int64_t listed_us; /* the last whole list; 0: none yet */
	int64_t wanted, held, differences; /* by that list */
	char error[ROW_TEXT_LEN];          /* of the last list; "": none */
};

/* What a driver held beside what was decided: lists that said the same, an
 * hour's at the most, or all lists of a minute in which it changed. */
struct enforcer_sample {
	int64_t id;
	char driver[ROW_ID_LEN];
	int64_t first_us, last_us; /* when its lists came */
	int64_t lists;
	int64_t wanted, held; /* by the last of them, as all but worst */
	int64_t missing;      /* wanted, and not there or not so */
	int64_t extra;        /* ours, there and not wanted */
	int64_t worst;   /* missing + extra, the most of any of its lists */
	bool after_hole; /* between the sample before and it nobody knew */
};

/* The desk asks sekisho-hooks. */
struct hook_request {
	int64_t id;
	int64_t ts_us;
	char actor[ROW_ID_LEN];
	char verb[16];           /* retry, check, reconcile, panic, panic-off,
				  * test, replay */
	char driver[ROW_ID_LEN]; /* "": all */
	int64_t delivery_id;     /* of retry and replay; 0: all */
	char reason[ROW_TEXT_LEN];
	int64_t done_us; /* 0: not yet */
	char result[ROW_TEXT_LEN];
	int64_t since_us; /* of replay: rows made from then on; 0: all */
};
