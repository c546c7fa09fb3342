/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho: the analyst's tool. */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "reports/cli/verb.h"

int main(int argc, char **argv)
{
	/* Only how wide a character is; numbers stay as they are. */
	if (!setlocale(LC_CTYPE, "") ||
	    strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cli_main(argc, argv, stdout, stderr);
}
