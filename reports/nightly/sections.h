/* SPDX-License-Identifier: Apache-2.0 */
/* Private to reports/nightly/: the sections of a report, in their order. */
#pragma once

#include "reports/nightly/night.h"
#include "reports/nightly/recipe.h"

/* One line: what happened, what needs a person. */
void section_verdict_line(
    const struct doc *d, const struct night *n, char *buf, size_t size);
void section_verdict(struct doc *d, const struct night *n);
void section_coverage(struct doc *d, const struct night *n);
void section_numbers(struct doc *d, const struct night *n);
void section_incidents(struct doc *d, const struct night *n);
void section_open(struct doc *d, const struct night *n);
void section_enforcement(struct doc *d, const struct night *n);
void section_domains(struct doc *d, const struct night *n);
struct quality;
struct quality_budget;
void section_quality(struct doc *d, const struct night *n,
    const struct quality *q, const struct quality_budget *budget);
void section_policy(struct doc *d, const struct night *n);
/* Every counter, within the last section. */
void section_counters(struct doc *d, const struct night *n);
void section_method(struct doc *d, const struct night *n);

/* A count with its name, and the command and console query of recipe(). */
void section_value(struct doc *d, const char *key, const char *name,
    int64_t value, const struct doc_recipe *r);
const char *section_kind(const struct doc *d, enum incident_kind k);
