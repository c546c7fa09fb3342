/* SPDX-License-Identifier: Apache-2.0 */
/* A letter as its author writes it: "Subject: TEXT", an empty line, the body.
 *
 *   {{name}}                    the value of a placeholder (field.h)
 *   {{if name}} {{else}} {{end}} what stands between, if there is a value
 *   {{! remark}}                nothing
 *
 * A line that holds nothing but if, else, end or a remark leaves no line. What
 * a value holds is never read as a template. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "reports/letter/field.h"

#define LETTER_TEMPLATE_BYTES (64 << 10)
#define LETTER_LANG_BYTES     36
#define LETTER_ERROR_BYTES    512

struct letter_template;

/* Copies text. name is what errors call it: a file's name. NULL with err
 * "NAME:LINE:COLUMN: what is wrong, what to write"; columns count
 * characters, from 1. */
struct letter_template *letter_template_parse(const char *name,
    const char *text, size_t len, char err[LETTER_ERROR_BYTES]);
/* Whether it holds all that letters of the case need. 0, or -1 with err. */
int letter_template_check(const struct letter_template *t, enum letter_case c,
    char err[LETTER_ERROR_BYTES]);
/* values: "" or NULL where there is none; a placeholder that is then asked
 * for outside of an if is an error. subject gets one line without its end.
 * 0, or -1 with err; something may have been written. */
int letter_template_render(const struct letter_template *t,
    const char *const values[LETTER_FIELD_COUNT], FILE *subject, FILE *body,
    char err[LETTER_ERROR_BYTES]);
/* The fields that it can show. */
uint32_t letter_template_fields(const struct letter_template *t);
void letter_template_free(struct letter_template *t); /* NULL is legal */
/* "ja", "pt-BR": a language that a template may be of. */
int letter_lang_ok(const char *lang);
