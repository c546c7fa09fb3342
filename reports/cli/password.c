/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/password.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* 0, or -1: no line, or one that is too long. */
static int read_line(FILE *f, char password[static PASSWORD_LEN])
{
	char line[PASSWORD_LEN + 1];
	size_t n;
	int rc = -1;

	if (fgets(line, sizeof(line), f)) {
		n = strcspn(line, "\r\n");
		if (n < PASSWORD_LEN && (line[n] != '\0' || feof(f))) {
			memcpy(password, line, n);
			password[n] = '\0';
			rc = 0;
		}
	}
	OPENSSL_cleanse(line, sizeof(line));
	return rc;
}

static int read_unseen(
    struct cli *c, const char *prompt, char password[static PASSWORD_LEN])
{
	struct termios was, quiet;
	int rc;

	fputs(prompt, c->err);
	fflush(c->err);
	if (tcgetattr(STDIN_FILENO, &was) != 0)
		return -1;
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	rc = read_line(stdin, password);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fputc('\n', c->err);
	return rc;
}

static int check(struct cli *c, const char *name, const char *password)
{
	if (strlen(password) < PASSWORD_MIN)
		return cli_fail(c, CLI_USAGE,
		    "the password is shorter than %d bytes: take a longer one",
		    PASSWORD_MIN);
	if (strcmp(password, name) == 0)
		return cli_fail(
		    c, CLI_USAGE, "the password is the name: take another");
	return CLI_OK;
}

int password_ask(
    struct cli *c, const char *name, char password[static PASSWORD_LEN])
{
	char again[PASSWORD_LEN] = "";
	bool equal = true;
	int rc;

	if (isatty(STDIN_FILENO) == 1) {
		rc = read_unseen(c, "new password: ", password);
		if (rc == 0)
			rc = read_unseen(c, "once more: ", again);
		equal = rc == 0 && strcmp(password, again) == 0;
		OPENSSL_cleanse(again, sizeof(again));
	} else {
		rc = read_line(stdin, password);
	}
	if (rc != 0)
		return cli_fail(c, CLI_USAGE,
		    "the password is missing, or longer than %d bytes: type "
		    "it, or give it as a line of standard input",
		    PASSWORD_LEN - 1);
	if (!equal) {
		password_wipe(password);
		return cli_fail(
		    c, CLI_USAGE, "the two are not the same: try again");
	}
	rc = check(c, name, password);
	if (rc != CLI_OK)
		password_wipe(password);
	return rc;
}

void password_wipe(char password[static PASSWORD_LEN])
{
	OPENSSL_cleanse(password, PASSWORD_LEN);
}
