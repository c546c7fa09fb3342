/* SPDX-License-Identifier: Apache-2.0 */
/* The person to whom an account belongs: beside thieves, and alone. */
#pragma once

#include "tests/eval/life.h"

/* Places in life.state, which an owner takes up to OWNER_STATE. */
enum owner_state {
	OWNER_MAILS,     /* a day */
	OWNER_TELEPHONE, /* share of the mails that he sends from it */
	OWNER_BLOCKS,    /* of his carrier, among which it moves */
	OWNER_STAYS,     /* so many hours it has one address */
	OWNER_PLACES,    /* share that he sends from anywhere else */
	OWNER_OFFICE,    /* share of the others that he sends at work */
	OWNER_UNKNOWN,   /* share of his mails: nobody has that address */
	OWNER_REJECTED,  /* ... refused for their content */
	OWNER_NOW,       /* the telephone's network, block times 65536 */
	OWNER_USED,      /* when it was last used, seconds */
	OWNER_STATE
};

/* Begins to send; state is set. */
void owner_begin(struct life *l);
/* Anybody's parameters. */
void owner_draw(struct life *l);

/* Seconds since the beginning. */
double owner_seconds(const struct life *l);
/* Hands in one message from there in some seconds. */
void owner_send(struct life *l, double after_s, struct where from);
/* The same to a reader of his, whose address is good or bad for ever. */
void owner_send_reader(
    struct life *l, double after_s, struct where from, uint32_t reader);
/* His telephone's address in so many seconds; asked in order of time. */
struct where owner_telephone(struct life *l, double after_s);
struct where owner_office(const struct life *l);
/* A network of its own for each number of his; always the same. */
struct where owner_place(const struct life *l, uint32_t number);
/* Some café, station, hotel: another each time. */
struct where owner_anywhere(struct life *l);
