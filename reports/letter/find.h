/* SPDX-License-Identifier: Apache-2.0 */
/* Where a letter's template is: CASE.LANG.txt in the operator's folder, or
 * the one that is built in. */
#pragma once

#include "reports/letter/template.h"

struct letter_found {
	struct letter_template *template;
	char lang[LETTER_LANG_BYTES];
};

/* dir NULL: only what is built in. The languages are tried in their order:
 * wanted, wanted without what follows its first "-", fallback. wanted may be
 * "". 0, or -1 with err. */
int letter_find(struct letter_found *found, const char *dir, enum letter_case c,
    const char *wanted, const char *fallback, char err[LETTER_ERROR_BYTES]);
/* Every template of the folder. 0, or -1 with err: the first error. */
int letter_check_folder(const char *dir, char err[LETTER_ERROR_BYTES]);
/* Writes every built-in template that is not there yet. The number of files,
 * or -1 with err. */
int letter_write_builtin(const char *dir, char err[LETTER_ERROR_BYTES]);
