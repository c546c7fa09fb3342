/* SPDX-License-Identifier: Apache-2.0 */
/* A new password: typed twice, unseen; or a line of standard input. */
#pragma once

#include "reports/cli/cli.h"

#define PASSWORD_MIN 10
#define PASSWORD_LEN 1025 /* with the NUL */

/* The exit code; said what is wrong. The caller wipes it. */
int password_ask(
    struct cli *c, const char *name, char password[static PASSWORD_LEN]);
void password_wipe(char password[static PASSWORD_LEN]);
