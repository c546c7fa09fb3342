/* SPDX-License-Identifier: Apache-2.0 */
/* Text inside of HTML and SVG, in elements and in quoted attributes. */
#pragma once

#include <stdio.h>

/* & < > " ' are escaped; control characters, marks that turn the direction
 * and bytes that are no UTF-8 become \xNN. */
void escape_html(FILE *f, const char *s);
