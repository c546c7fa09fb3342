/* SPDX-License-Identifier: Apache-2.0 */
/* A letter to a customer, whole and in memory. Nothing is ever sent. */
#pragma once

#include "base/conf.h"
#include "reports/letter/facts.h"
#include "reports/letter/template.h"

struct letter {
	enum letter_case letter_case;
	char lang[36];
	char *subject, *body; /* malloc'd */
};
struct letter_wish {
	enum letter_case letter_case;
	const char *lang; /* NULL: as configured */
	int64_t at_us;    /* its date */
};

/* The keys of letters { }, and every template of the folder. 0, or -1 with
 * err. */
int letter_folder_check(const struct conf *c, char err[LETTER_ERROR_BYTES]);
/* That, and what any letter names. */
int letter_conf_check(const struct conf *c, char err[LETTER_ERROR_BYTES]);
/* 0, or -1 with err: what is missing, and where. letter_free() is legal after
 * both. */
int letter_make(struct letter *l, const struct letter_facts *f,
    const struct conf *c, const struct letter_wish *w,
    char err[LETTER_ERROR_BYTES]);
/* As a mail to this address; NULL: without the field To. 0, or -1. */
int letter_write_mail(const struct letter *l, const struct letter_facts *f,
    const struct conf *c, const char *to, int64_t at_us, FILE *out);
void letter_free(struct letter *l);
