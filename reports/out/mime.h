/* SPDX-License-Identifier: Apache-2.0 */
/* What MIME makes of bytes and of names. Lines end with LF. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* RFC 2045 section 6.8. */
void encode_base64(FILE *f, const char *s, size_t n);
/* The same of text with LF or CR LF at line ends: what is decoded has CR LF,
 * the canonical form of text. */
void encode_base64_text(FILE *f, const char *s, size_t n);
/* RFC 2045 section 6.7, of such text. */
void encode_quoted_printable(FILE *f, const char *s, size_t n);
/* Mostly no ASCII: quoted-printable would be three times as long. */
bool encode_prefers_base64(const char *s, size_t n);
/* A text of a header field: plain if it is short, of letters, digits and
 * harmless marks; else encoded words (RFC 2047), folded. Control characters
 * become visible, so that no text begins another field. at: columns that are
 * taken. */
void encode_words(FILE *f, const char *text, size_t at);
