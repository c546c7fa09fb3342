/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/db_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/cli/progress.h"
#include "reports/cli/stop.h"
#include "store/backup.h"
#include "store/check.h"

static int show(void *arg, int64_t done, int64_t total)
{
	struct progress *p = arg;

	p->total = total;
	progress_show(p, done);
	return stop_wait(0);
}

static int check_name(struct db_copy *k)
{
	struct cli *c = k->c;
	struct stat there, ours;

	if (stat(k->path, &there) != 0)
		return CLI_OK;
	if (stat(cli_db_path(c), &ours) == 0 && there.st_dev == ours.st_dev &&
	    there.st_ino == ours.st_ino)
		return cli_fail(c, CLI_REFUSED,
		    "%s is the database itself: name another file", k->path);
	if (!S_ISREG(there.st_mode))
		return cli_fail(c, CLI_REFUSED,
		    "%s is there, and no file: name another", k->path);
	if (!c->yes)
		return cli_fail(
		    c, CLI_REFUSED, "%s is there: --yes replaces it", k->path);
	return CLI_OK;
}

static int copy(struct db_copy *k)
{
	struct cli *c = k->c;
	char err[DB_ERROR_BYTES] = "";
	struct progress progress;
	int rc;

	stop_catch();
	progress_begin(&progress, c->err, "copy", "pages", 1, 0);
	rc = db_backup(c->db, k->temp, show, &progress, err);
	progress_end(&progress);
	if (rc < 0)
		return cli_fail(c, CLI_FAILED, "%s", err);
	return rc == 1 ? CLI_INTERRUPTED : CLI_OK;
}

int db_copy_dry(struct db_copy *k, struct cli *c, const char *path)
{
	char dir[PATH_MAX];
	int code;

	k->c = c;
	k->path = path;
	code = check_name(k);
	if (code != CLI_OK)
		return code;
	snprintf(dir, sizeof(dir), "%s", path);
	if (access(dirname(dir), W_OK | X_OK) != 0)
		return cli_fail(c, CLI_FAILED, "%s cannot be written: %s", path,
		    strerror(errno));
	return cli_say_dry(c, "%s would be written", path);
}

int db_copy_begin(struct db_copy *k, struct cli *c, const char *path)
{
	int code, fd;

	k->c = c;
	k->path = path;
	k->temp[0] = '\0';
	k->appeared = false;
	code = check_name(k);
	if (code != CLI_OK)
		return code;
	if (snprintf(k->temp, sizeof(k->temp), "%s.XXXXXX", path) >=
	    (int)sizeof(k->temp)) {
		k->temp[0] = '\0';
		return cli_fail(c, CLI_USAGE, "the path is too long");
	}
	fd = mkstemp(k->temp);
	if (fd == -1 || fchmod(fd, 0640) != 0) {
		code = cli_fail(c, CLI_FAILED, "%s cannot be written: %s", path,
		    strerror(errno));
		if (fd == -1)
			k->temp[0] = '\0';
	}
	if (fd != -1)
		close(fd);
	return code == CLI_OK ? copy(k) : code;
}

static int say(void *arg, const char *check, const char *what)
{
	struct db_copy *k = arg;

	(void)cli_fail(k->c, CLI_FAILED, "%s: %s: %s", k->path, check, what);
	return 1;
}

int db_copy_check(struct db_copy *k)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(k->temp, DB_READ, err);
	int rc;

	if (!db)
		return cli_fail(k->c, CLI_FAILED, "the copy: %s", err);
	rc = db_check(db, say, k);
	if (rc == -1)
		(void)cli_fail(k->c, CLI_FAILED, "the copy: %s", db_error(db));
	db_close(db);
	return rc == 0 ? CLI_OK : CLI_FAILED;
}

static int sync_path(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int rc = fd == -1 ? -1 : fsync(fd);

	if (fd != -1)
		close(fd);
	return rc;
}

int db_copy_appear(struct db_copy *k)
{
	char dir[PATH_MAX];

	snprintf(dir, sizeof(dir), "%s", k->path);
	if (sync_path(k->temp, O_RDWR) != 0 || rename(k->temp, k->path) != 0 ||
	    sync_path(dirname(dir), O_RDONLY | O_DIRECTORY) != 0)
		return cli_fail(k->c, CLI_FAILED, "%s cannot be written: %s",
		    k->path, strerror(errno));
	k->appeared = true;
	return CLI_OK;
}

void db_copy_end(struct db_copy *k)
{
	static const char *const parts[] = {"", "-wal", "-shm", "-journal"};
	char path[PATH_MAX + 16];

	/* Whoever read the copy leaves them; they are empty. */
	for (size_t i = k->appeared; k->temp[0] != '\0' && i < 4; i++) {
		snprintf(path, sizeof(path), "%s%s", k->temp, parts[i]);
		(void)unlink(path);
	}
	k->temp[0] = '\0';
}
