/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reports/nightly/form.h"

/* FROM and TO stand for the day and the day after. */
#define RANGE "--since FROM --until TO "

static const char *const recipes[NIGHT_NUMBERS] = {
    [NIGHT_SUBSCRIBERS] =
	("sekisho observation list " RANGE
	 "--case 2 -o csv | awk -F, '$10 == 25 && $4 != \"\" { print $4 }' | "
	 "sort -u | wc -l"),
    [NIGHT_OPENED] = ("sekisho incident list " RANGE "--opened"),
    [NIGHT_CLOSED] = ("sekisho incident list " RANGE "--closed"),
    [NIGHT_OPEN] = ("sekisho incident list --open-at TO"),
    [NIGHT_BLOCKS] = ("sekisho decision list " RANGE "--cause detector"),
    [NIGHT_REPEATS] =
	("sekisho decision list " RANGE "--cause detector --repeats"),
    [NIGHT_MANUAL_BLOCKS] =
	("sekisho decision list " RANGE "--cause manual --action block"),
    [NIGHT_MANUAL_ALLOWS] =
	("sekisho decision list " RANGE "--cause manual --action allow"),
    [NIGHT_EXPIRED] = ("sekisho decision list " RANGE "--cause expired"),
    [NIGHT_RELEASED] = ("sekisho decision list " RANGE "--cause released"),
    [NIGHT_IN_FORCE] = ("sekisho decision list --in-force --at TO "
			"--action block"),
};

const char *night_command(const struct night *n, enum night_number number,
    char buf[static NIGHT_COMMAND_BYTES])
{
	const char *at = recipes[number];
	size_t len = 0;

	while (*at != '\0' && len + sizeof(n->date) < NIGHT_COMMAND_BYTES) {
		bool from = strncmp(at, "FROM", 4) == 0;

		if (from || strncmp(at, "TO", 2) == 0) {
			len += (size_t)sprintf(
			    buf + len, "%s", from ? n->date : n->next);
			at += from ? 4 : 2;
			continue;
		}
		buf[len++] = *at++;
	}
	buf[len] = '\0';
	return buf;
}
