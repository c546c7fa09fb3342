/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/escape.h"

#include <stdlib.h>

#include "reports/out/text.h"

void escape_html(FILE *f, const char *s)
{
	char *safe = s ? text_safe_dup(s) : NULL;

	for (const char *p = safe; p && *p != '\0'; p++) {
		switch (*p) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		case '\'':
			fputs("&#39;", f);
			break;
		default:
			putc(*p, f);
		}
	}
	free(safe);
}
