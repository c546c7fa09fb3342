/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/keyed_hash.h"
#include "reports/cli/audit.h"
#include "reports/cli/db_copy.h"
#include "reports/cli/verb.h"
#include "store/anonymise.h"
#include "store/write.h"

/* Thrown away afterwards, unless it is a file's. */
static struct keyed_hash *make_key(struct cli *c)
{
	struct keyed_hash *h;
	uint8_t key[32];
	char err[512];

	if (c->key_file) {
		h = keyed_hash_load(c->key_file, err, sizeof(err));
		if (!h)
			(void)cli_fail(c, CLI_USAGE, "--key-file: %s", err);
		return h;
	}
	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key)) {
		(void)cli_fail(c, CLI_FAILED, "no random key can be had");
		return NULL;
	}
	h = keyed_hash_new(key, sizeof(key));
	explicit_bzero(key, sizeof(key));
	if (!h)
		(void)cli_fail(c, CLI_FAILED, "out of memory");
	return h;
}

/* The temporary copy is rewritten, and what is left of it takes its place. */
static int mask(struct db_copy *k, struct keyed_hash *key)
{
	char masked[PATH_MAX + 16], err[DB_ERROR_BYTES];
	struct db *db = db_open(k->temp, DB_WRITE, err);
	int code = CLI_OK;

	if (!db)
		return cli_fail(k->c, CLI_FAILED, "the copy: %s", err);
	snprintf(masked, sizeof(masked), "%s.masked", k->temp);
	if (db_anonymise(db, key, masked) != 0)
		code = cli_fail(k->c, CLI_FAILED, "the copy: %s", db_error(db));
	db_close(db);
	if (code == CLI_OK &&
	    (chmod(masked, 0640) != 0 || rename(masked, k->temp) != 0))
		code =
		    cli_fail(k->c, CLI_FAILED, "%s cannot be written", k->path);
	(void)unlink(masked);
	return code;
}

int cli_db_anonymise(struct cli *c)
{
	struct db_copy k = {.c = c};
	struct keyed_hash *key;
	struct audit a;
	int code = cli_need_change(c);

	if (code != CLI_OK)
		return code;
	key = make_key(c);
	if (!key)
		return CLI_USAGE;
	if (c->dry_run) {
		keyed_hash_free(key);
		return db_copy_dry(&k, c, c->args[0]);
	}
	code = db_copy_begin(&k, c, c->args[0]);
	if (code == CLI_OK)
		code = mask(&k, key);
	if (code == CLI_OK)
		code = db_copy_check(&k);
	if (code == CLI_OK)
		code = db_copy_appear(&k);
	db_copy_end(&k);
	keyed_hash_free(key);
	if (code != CLI_OK)
		return code;
	audit_fill(c, &a, "db anonymise", "");
	snprintf(a.detail, sizeof(a.detail), "to %.400s", c->args[0]);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	if (write_audit(c->db, &a) != 0)
		return cli_fail_db(c);
	fprintf(c->out, "%s\n", c->args[0]);
	return CLI_OK;
}
