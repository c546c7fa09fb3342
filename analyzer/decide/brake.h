/* SPDX-License-Identifier: Apache-2.0 */
/* The mass-event brake: when more customers are to be blocked within a minute
 * than bots explain, something of ours is wrong, or an outage is. Then the
 * detector blocks nobody, and whom it blocked within that minute is let go,
 * until the rate falls or an operator has looked.
 *
 * The only state that customers share: a function of the log as all else. Its
 * time is the greatest time of a row that wished for a block; only a way back
 * of more than an hour is another capture. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decide/ruling.h"

enum wish_end {
	WISH_WAITS,     /* as long as the brake is on */
	WISH_BLOCKED,   /* an operator let the block through */
	WISH_PROBATION, /* the rate fell: evidence anew, from half of h */
	WISH_FORGOTTEN, /* an operator said that it was no abuse */
};
/* A block that the detector wanted: the last one of its customer. */
struct wish {
	struct wish *prev, *next; /* by time */
	struct wish **own;        /* where its customer keeps it */
	struct customer *who;
	int64_t us;
	uint64_t prefix; /* 0: no address led to it */
	int64_t incident_id;
	int64_t brake_id; /* that holds it; 0: none */
	bool in_window;
	bool began;        /* the block began, before the brake held it */
	int64_t due_us;    /* end or lift is to be done then; 0: nothing is */
	enum wish_end end; /* when the brake has ended */
};

/* All zero: off. */
struct brake {
	struct wish *first, *last; /* off: in the window; on: all held */
	struct wish *window;       /* the first within the window */
	int64_t n_window;
	int64_t now_us;
	bool on;
	bool touched;         /* a wish of another customer is due */
	struct brake_row row; /* of the last one */
	int64_t limit;        /* that was exceeded */
	int64_t end_us;       /* when on: it ends by itself then */
	int64_t day, active, active_before; /* customers, by day */
};

/* A row that bears evidence; last_us: of the customer's row before, or 0. */
void brake_note_active(struct brake *b, int64_t last_us, int64_t ts_us);
/* The detector wants the block of r->who, who keeps the wish in *own. 1: it
 * may begin; 0: it is held; -1: no memory. */
int brake_ask(struct brake *b, struct ruling *r, struct wish **own,
    int64_t incident_id, int64_t now_us);
/* INT64_MAX: it is off. */
int64_t brake_next_due(const struct brake *b);
/* The rate has fallen. */
void brake_end_due(struct brake *b, struct ruling *r, int64_t at_us);
/* brake_apply or brake_drop of an operator row. */
void brake_operate(
    struct brake *b, struct ruling *r, const struct observation *o);
/* The customer's wish, if there is one, leaves the brake and is freed. */
void brake_forget(struct brake *b, struct wish **own);
