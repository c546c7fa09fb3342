/* SPDX-License-Identifier: Apache-2.0 */
/* What people at the desk add beside the log: states of incidents set by
 * hand, and notes. Readers and writers as in read.h and write.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

#define NOTE_TEXT_BYTES 2001

/* An incident as people see it: what was set by hand stands until there is
 * newer evidence. */
struct incident_view {
	struct incident row; /* state, closed_as, closed_us: what stands */
	char by[ROW_ID_LEN]; /* "": the log says so */
	int64_t version;     /* how often it was set by hand */
	int64_t notes;
};
struct desk_state {
	int64_t incident_id;
	enum incident_state state;
	enum closed_as closed_as;
	int64_t last_us; /* of the incident, when it was set */
	int64_t ts_us;
	char actor[ROW_ID_LEN];
	int64_t version;
};
struct note {
	int64_t id, ts_us;
	char actor[ROW_ID_LEN], customer[ROW_ID_LEN];
	int64_t incident_id; /* 0: about the customer */
	char text[NOTE_TEXT_BYTES];
};
typedef int (*read_note_cb)(void *arg, const struct note *n);

/* 1 found, 0 not there, -1. */
int read_incident_view(struct db *db, int64_t id, struct incident_view *v);
/* v->row is there; adds what was set by hand. */
int desk_overlay(struct db *db, struct incident_view *v);
/* By incident_id; replaces; s->version counts from the one that was there. */
int write_desk_state(struct db *db, struct desk_state *s);
/* Sets n->id. */
int write_note(struct db *db, struct note *n);
/* The newest first; incident_id 0: all of the customer's. */
int read_notes(struct db *db, const char *customer, int64_t incident_id,
    int64_t limit, read_note_cb cb, void *arg);
