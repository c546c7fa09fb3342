/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of at most 72 columns: paragraphs, values, command lines. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#define PAGE_COLUMNS 72

/* Title underlined. */
void page_head(FILE *f, const char *title);
/* Words from column indent on; foreign text is made safe; what is longer
 * than a line is cut with "...". */
void page_words(FILE *f, int indent, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "  name ......... 1,234". */
void page_value(FILE *f, const char *name, int64_t n);
/* A command line under what it reproduces: "  $ sekisho ...", with " \" at
 * a line's end where it goes on. */
void page_command(FILE *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
