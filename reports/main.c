/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho: the analyst's tool. */
#include <locale.h>
#include <stdio.h>

#include "reports/cli/verb.h"

int main(int argc, char **argv)
{
	/* Only how wide a character is; numbers stay as they are. */
	(void)setlocale(LC_CTYPE, "");
	return cli_main(argc, argv, stdout, stderr);
}
