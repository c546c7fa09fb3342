/* SPDX-License-Identifier: Apache-2.0 */
/* What one customer does on port 25, or with his mailbox at our submission
 * server, in a month: a small simulation of events. A kind's start() plans
 * when it wakes next; waking, it begins connections or logs in. Each
 * connection becomes the rows that the pipeline would have written for it, in
 * order of time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vocab.h"
#include "tests/eval/draw.h"

#define LIFE_PARAMS     10
#define LIFE_STATE      16
#define LIFE_EVENTS_MAX 8192
/* 2026-11-02 00:00:00 UTC */
#define LIFE_T0_US INT64_C(1793577600000000)

/* How a connection to port 25 fared. */
enum answer { ANSWER_YES, ANSWER_NONE, ANSWER_RESET, ANSWER_HALF };

/* What became of one mail. */
enum fate {
	FATE_DELIVERED,
	FATE_UNKNOWN,  /* 550 5.1.1 */
	FATE_REJECTED, /* 554 5.7.1, policy or content */
	FATE_SENDER,   /* 553 5.1.8 */
	FATE_LISTED,   /* a block list, and it names the client */
	FATE_RANGE,    /* a block list, and it names the provider's range */
	FATE_GREY,     /* 450, and the sender tries again */
	FATE_OVERSIZE, /* 552 */
	FATE_NOMAIL,   /* EHLO and QUIT */
};

enum greeting { GREET_FQDN, GREET_BARE, GREET_OTHER_LITERAL, GREET_NULL };

/* One connection. All zero but the names is one delivered mail. */
struct talk {
	uint32_t domain, server; /* numbers of the receiver's */
	uint32_t sender;         /* number of the envelope sender's domain */
	uint16_t port;           /* 0: 25 */
	enum answer answer;
	enum fate fate;
	enum greeting greeting;
	enum verdict verdict;
	uint32_t message;   /* the same when it is tried again */
	uint8_t recipients; /* 0: one */
	uint8_t tries;      /* so many were made before */
	bool tls;           /* STARTTLS: nothing can be read afterwards */
	bool login;         /* AUTH */
	bool bot;           /* the part of the customer that must be found */
};

/* Where a log-in comes from: a network is what the rule counts (IPv4 /24,
 * IPv6 /48), a block holds many (IPv4 /16, IPv6 /32). */
struct where {
	uint32_t block; /* 24 bits; LIFE_OWN_LINE: the customer's own line */
	uint16_t network, host;
};
#define LIFE_OWN_LINE 0

/* A line of our submission server's log about his account. */
struct login {
	struct where from;
	uint16_t messages; /* that it stands for; of a failure 0 */
	bool failure;
	/* what becomes of its one message: of policy and block lists the
	 * receiver speaks to our server, not to the account */
	enum fate fate;
	uint32_t server, recipient;
	bool bot; /* who must be found */
};

struct life;
typedef void life_wake(struct life *l);

enum event_kind { EVENT_WAKE, EVENT_TRY, EVENT_MAIL, EVENT_CLOSE, EVENT_LOGIN };
struct event {
	int64_t ts_us;
	uint64_t order; /* among those of one time */
	enum event_kind kind;
	life_wake *wake;
	union {
		struct talk talk;   /* of a try, a mail, a close */
		struct login login; /* of a log-in */
	};
};

struct life {
	struct prng rng;
	int64_t now_us, end_us;
	int64_t first_bot_us; /* INT64_MAX: none was planned */
	/* drawn once for the customer */
	double p[LIFE_PARAMS];
	enum line_class line_class;
	bool validated;
	/* Of the receivers that an honest server of his writes to, so many
	 * offer STARTTLS, and then it is used. Reports of large providers
	 * say nine in ten and more. */
	double tls_share;
	int zone_hours; /* of local time before UTC */
	uint32_t base;  /* of his receivers' numbers */
	/* of the kind's own functions */
	double state[LIFE_STATE];
	double load;   /* multiplies what he sends: 1 */
	bool stop;     /* set by the sink: enough */
	uint64_t lost; /* events that found no room: must stay 0 */
	/* told of every attempt, mail, end and log-in, in order of time */
	void (*sink)(struct life *l, const struct event *e);
	void *arg;
	uint64_t order;
	size_t n;
	struct event heap[LIFE_EVENTS_MAX];
};

struct kind;
/* Draws the customer: his parameters, his line, his first plans. The sink
 * must be set; everything else is overwritten. */
void life_begin(struct life *l, const struct kind *k, uint64_t seed,
    uint64_t number, int days);
/* Runs until the end, or until the sink says stop. */
void life_run(struct life *l);

/* --- for kinds ------------------------------------------------------- */

/* Wakes it after so many seconds. */
void life_plan(struct life *l, double after_s, life_wake *wake);
/* The same after a draw of the exponential law of that rate a day, thinned
 * by the hour of the day: work hours and evenings, or flat. */
void life_plan_daily(struct life *l, double rate_day, life_wake *wake);
void life_plan_flat(struct life *l, double rate_day, life_wake *wake);
/* Begins a connection now, or in some seconds. */
void life_talk(struct life *l, const struct talk *t);
void life_talk_in(struct life *l, double after_s, const struct talk *t);
/* Logs in now, or in some seconds. */
void life_login_in(struct life *l, double after_s, const struct login *in);
/* A receiver among n of the customer's own circle: a large provider with
 * that probability, else one of the small. */
void life_pick(struct life *l, struct talk *t, uint32_t circle, double large);
/* Anybody in the world. */
void life_pick_any(struct life *l, struct talk *t);
/* One of the large providers' several servers. */
void life_pick_large(struct life *l, struct talk *t, uint32_t which);
