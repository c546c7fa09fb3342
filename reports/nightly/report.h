/* SPDX-License-Identifier: Apache-2.0 */
/* The nightly report: the document, and its forms. docs/REPORT.md. */
#pragma once

#include <stdio.h>

#include "reports/nightly/doc.h"
#include "reports/nightly/night.h"
#include "reports/quality.h"

#define REPORT_SCHEMA 2

struct report_facts {
	const struct night *night;
	const struct quality *quality;
	const struct quality_budget *budget;
	const char *console_url; /* NULL: no links */
};

/* The ten sections. 0; -1: no memory. doc_free() is legal after both. */
int report_build(struct doc *d, const struct report_facts *f,
    enum language language, bool outside);

/* 72 columns, complete. */
void report_print_text(const struct doc *d, FILE *f);
/* One page that loads nothing; charts: SVG, else tables of bars that mail
 * programs show. */
void report_print_html(const struct doc *d, bool charts, FILE *f);
/* RFC 4180: section, item, row, column, value, command, console. */
void report_print_csv(const struct doc *d, bool bom, FILE *f);
/* docs/report.schema.json. */
void report_print_json(const struct doc *d, FILE *f);
