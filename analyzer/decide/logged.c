/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/logged.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/read.h"

#define POLICY_TEXT_BYTES 65536

static int take_text(const char *text, const char *hash, struct conf *conf,
    struct policy *policy, char *err, size_t size)
{
	char why[CONF_ERROR_BYTES];
	struct conf read;

	if (text[0] == '\0') {
		snprintf(err, size,
		    "policy %s: its text is not in the database; restore the "
		    "database from a backup",
		    hash);
		return -1;
	}
	if (conf_load_policy_text(&read, text, why) == -1) {
		conf_free(&read);
		snprintf(err, size, "policy %s: %s", hash, why);
		return -1;
	}
	conf_free(conf);
	*conf = read;
	policy_init_logged(policy, conf, text);
	return 0;
}

int logged_policy(struct db *db, const char *hash, struct conf *conf,
    struct policy *policy, char *err, size_t size)
{
	char key[32], *text = malloc(POLICY_TEXT_BYTES);
	int rc = -1;

	if (text == NULL) {
		snprintf(err, size, "out of memory");
		return -1;
	}
	snprintf(key, sizeof(key), "policy:%s", hash);
	if (read_meta(db, key, text, POLICY_TEXT_BYTES) == -1)
		snprintf(
		    err, size, "the database cannot be read: %s", db_error(db));
	else
		rc = take_text(text, hash, conf, policy, err, size);
	free(text);
	return rc;
}
