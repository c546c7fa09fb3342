/* SPDX-License-Identifier: Apache-2.0 */
/* Private to the book of leases: its parts, and the rules that change it. */
#pragma once

#include "analyzer/identity/lease_book.h"
#include "analyzer/identity/sessions.h"
#include "analyzer/identity/slab.h"

/* The source of what the subscriber file says. */
#define LEASE_OF_FILE "static"

/* One lease of a session: a link of its list. */
struct hold_link {
	uint32_t span, next;
};

struct lease_book {
	struct db *db;
	struct directory *directory;
	struct sessions *sessions;
	struct slab links;
	const struct conf *conf;
	struct lease_book_owner owner;
	/* of the event at hand */
	char (*touched)[ROW_ID_LEN];
	size_t n_touched, cap_touched;
	uint32_t *cut;
	size_t n_cut, cap_cut;
	struct lease found; /* what lease_book_find() lends */
	/* What ended before was never read; INT64_MIN: there was nothing. */
	int64_t loaded_us;
	int64_t counts[LEASES_COUNTS];
};

/* The customer is touched by what is at hand. 0; -1: no memory. */
int book_touch(struct lease_book *b, const char *customer);
/* Tells the owner who was touched, and begins anew. */
void book_tell(struct lease_book *b, int64_t at_us);
/* The interval is one of the session's. 0; -1: no memory. */
int book_attach(struct lease_book *b, uint32_t session, uint32_t span);
/* arg is the book: as directory_on_drop() wants it. */
void book_detach(void *arg, uint32_t span, uint32_t session);
/* All that it holds ends then. 0, or -1. */
int book_close_session(struct lease_book *b, uint32_t n, int64_t at_us);
/* What a sane event says. As lease_book_take(). */
int book_apply(struct lease_book *b, const struct lease_event *e);
