/* SPDX-License-Identifier: Apache-2.0 */
/* A stream that goes to a pager once it holds more lines than the screen,
 * and straight to the terminal when it does not. */
#pragma once

#include <stdio.h>

struct pager;

/* ${SEKISHO_PAGER:-${PAGER:-less}} with LESS=FRX unless LESS is set; an empty
 * word or "cat": none. NULL: no pager is wanted here, or no memory. */
struct pager *pager_open(FILE *terminal, int screen_lines);
FILE *pager_stream(struct pager *p);
/* Waits until the reader is done. NULL is legal. */
void pager_close(struct pager *p);
/* Lines of the terminal on f; 0: it is none. */
int pager_screen_lines(FILE *f);
