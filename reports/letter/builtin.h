/* SPDX-License-Identifier: Apache-2.0 */
/* templates/CASE.LANG.txt, embedded by scripts/embed-text. */
#pragma once

struct letter_builtin {
	const char *name; /* "infected.ja.txt" */
	const char *text;
};

/* By name; name NULL at the end. */
extern const struct letter_builtin letter_builtins[];
