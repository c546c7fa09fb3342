/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of at most 72 columns: paragraphs, values, command lines. */
#pragma once

#include <stddef.h>
#include <stdio.h>

#define PAGE_COLUMNS 72

/* Columns that a text takes: two for kana, kanji and full-width forms, else
 * one for each character. */
int page_width(const char *s, size_t n);
/* Title underlined. */
void page_head(FILE *f, const char *title);
/* Words from column indent on; foreign text is made safe. Lines end at
 * spaces, and between characters that are two columns wide; what is longer
 * than a line goes on in the next one. */
void page_words(FILE *f, int indent, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* "  name ......... 1,234"; a name that is too long has its own line. */
void page_value(FILE *f, const char *name, const char *number);
/* A command line under what it reproduces: "    $ sekisho ...", with " \" at
 * a line's end where it goes on. A word is never cut. */
void page_command(FILE *f, const char *command);
