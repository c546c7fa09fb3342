/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/csv.h"

#include <stdbool.h>

int csv_split(char *line, char *fields[CSV_FIELDS_MAX])
{
	char *r = line, *w = line;
	int n = 0;

	for (;;) {
		bool quoted = *r == '"';

		if (n < CSV_FIELDS_MAX)
			fields[n] = w;
		n++;
		if (quoted)
			r++;
		while (*r && (quoted || *r != ',')) {
			if (quoted && *r == '"') {
				if (r[1] != '"') {
					quoted = false;
					r++;
					break;
				}
				r++;
			}
			*w++ = *r++;
		}
		if (quoted || (*r != ',' && *r != '\0'))
			return -1;
		if (*r == '\0') {
			*w = '\0';
			return n;
		}
		r++;
		*w++ = '\0';
	}
}
