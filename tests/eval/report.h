/* SPDX-License-Identifier: Apache-2.0 */
/* What a run says, as text, JSON and markdown. */
#pragma once

#include <stdio.h>

#include "tests/eval/run.h"
#include "tests/eval/table.h"

void report_heading(FILE *out, enum table_style style, const char *text);
/* The populations and the laws of their parameters. */
void report_kinds(FILE *out, enum table_style style);
/* Bots, normals, owners of accounts, and the first two under the peers'
 * rules. */
void report_tables(const struct run *r, FILE *out, enum table_style style);
/* Normals whose parameters were all moved. */
void report_shifted(
    const struct run *shifted, double shift, FILE *out, enum table_style style);
/* What was set out to be reached; shifted NULL: nothing was moved. */
void report_targets(const struct run *r, const struct run *shifted,
    double shift, FILE *out, enum table_style style);
/* The tables as one JSON object: numbers only, nothing of the machine. */
void report_json(const struct run *r, FILE *out);
uint64_t report_rows(const struct run *r);
/* Events that found no room in a life: a fault of the evaluation. */
uint64_t report_lost(const struct run *r);

/* All honest customers whom port 25 shows. */
struct tally report_normals(const struct run *r);
/* All honest owners of accounts. */
struct tally report_owners(const struct run *r);
/* Wrong blocks per million active days, and their upper bounds (95 %). */
double per_million(uint64_t n, uint64_t days);
double upper_exact(const struct tally *t);
/* The same of wrong incidents of accounts. */
double upper_accused(const struct tally *t);
double upper_bootstrap(const struct tally *t);
/* Found of those that began; 1 when none did. */
double recall(const struct tally *t);
/* Quantile of a bot kind's times (seconds) or messages, of those found. */
double found_seconds(const struct run *r, size_t kind, double q);
double found_messages(const struct run *r, size_t kind, double q);
