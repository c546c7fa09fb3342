/* SPDX-License-Identifier: Apache-2.0 */
/* A decision, an incident, a note as the API shows them: the columns of the
 * command line, and what a screen needs beside them. */
#pragma once

#include "base/jsonw.h"
#include "store/db.h"
#include "store/rows.h"

void decision_json(struct jsonw *j, const struct decision *d);
/* 0, or -1 when the store fails. */
int incident_json(
    struct jsonw *j, struct db *db, const struct incident *i, int64_t now_us);
/* A block is in force for the customer: 1, 0, -1. */
int customer_blocked(struct db *db, const char *customer, int64_t now_us);
/* The notes of an incident among its actions. */
int incident_notes_json(struct jsonw *j, struct db *db, int64_t incident_id);
void note_json(struct jsonw *j, int64_t id, int64_t ts_us, const char *actor,
    const char *customer, int64_t incident_id, const char *text);
/* Ends a text with a NUL, for If-Match: changes with all that PATCH heeds. */
int incident_etag(
    struct db *db, const struct incident *i, char *buf, size_t size);
