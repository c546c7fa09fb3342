/* SPDX-License-Identifier: Apache-2.0 */
/* The transaction that is open, in as much memory as it has content, and the
 * replies that are counted together. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/smtp/pending.h"
#include "capture/smtp/session.h"

struct smtp_replies {
	struct smtp_reply *v;
	uint8_t n, capacity;
};

/* Equal ones are counted, up to SMTP_REPLIES_MAX different ones kept.
 * False: this one is not. */
bool smtp_replies_add(struct smtp_replies *l, const struct smtp_reply *r);
void smtp_replies_clear(struct smtp_replies *l);

struct smtp_open {
	int64_t start_us;
	uint64_t seen_bytes, rcpt_sum;
	struct smtp_pending *mail;    /* its MAIL, owned; NULL: not seen */
	struct smtp_message *message; /* whose header it shows, owned */
	struct smtp_rcpt_domain *domains;
	struct smtp_replies replies;
	uint32_t rcpt_count, rcpt_accepted;
	uint8_t n_domains, domains_capacity;
	bool domains_cut;
	bool greeted; /* the session's HELO came before it */
	bool gap;
};

/* NULL: no memory. */
struct smtp_open *smtp_open_new(int64_t start_us);
/* Wipes local parts. */
void smtp_open_free(struct smtp_open *t);
void smtp_open_add_rcpt(
    struct smtp_open *t, const char *domain, uint32_t count, bool accepted);
/* What m showed; takes it. NULL is legal. */
void smtp_open_take_message(struct smtp_open *t, struct smtp_message *m);
/* Fills out with borrowed pointers; what the session knows is not set. */
void smtp_open_view(const struct smtp_open *t, struct smtp_transaction *out);
size_t smtp_open_bytes(const struct smtp_open *t);
