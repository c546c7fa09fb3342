/* SPDX-License-Identifier: Apache-2.0 */
/* A letter as a mail (RFC 5322, MIME) for a spool folder or sendmail -i -t.
 * Lines end in LF, as both expect. */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct letter_mail {
	const char *from_name; /* any text; "": none */
	const char *from;      /* LOCAL@DOMAIN, see address_ok() */
	const char *to;        /* the same; NULL: the field is left out */
	const char *subject;   /* any text; one line */
	const char *date;      /* of the header's form */
	const char *lang;      /* BCP 47 */
	const char *id;        /* left of the @ in Message-ID: letters, digits,
				* ".-" */
	const char *customer, *reference, *letter_case;
	const char *body;
};

/* 0, or -1: no memory. */
int letter_mail_write(const struct letter_mail *m, FILE *f);
/* "NAME: " and the text as RFC 2047 encoded words where it needs them, folded.
 * Control characters become visible. */
void letter_mail_header(FILE *f, const char *name, const char *text);
