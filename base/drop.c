/* SPDX-License-Identifier: Apache-2.0 */
#include "base/drop.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int fail(char *err, const char *what)
{
	snprintf(err, DROP_ERROR_BYTES, "cannot drop privileges: %s: %s", what,
	    strerror(errno));
	return -1;
}

/* Nothing can be made in a directory that is removed. */
static int enter_empty_root(char *err)
{
	char dir[] = "/tmp/sekisho-XXXXXX";
	int rc;

	/* /tmp may be missing in a unit's own root: /run then. */
	if (mkdtemp(dir) == NULL) {
		memcpy(dir, "/run", 4);
		memcpy(dir + 4, "/sekisho-XXXXXX", 16);
		if (mkdtemp(dir) == NULL)
			return fail(err, "an empty directory in /tmp or /run");
	}
	/* Removed while we stand in it, by the name that it has out here. */
	rc = chdir(dir);
	if (rmdir(dir) != 0 || rc != 0)
		return fail(err, dir);
	if (chroot(".") != 0)
		return fail(err, "chroot");
	return chdir("/") == 0 ? 0 : fail(err, "chdir");
}

/* In a user namespace most ids do not exist. */
static bool is_mapped(uid_t uid)
{
	unsigned long first, count;
	bool found = false;
	char line[128], *end;
	FILE *f = fopen("/proc/self/uid_map", "re");

	if (f == NULL)
		return true;
	while (!found && fgets(line, sizeof(line), f) != NULL) {
		first = strtoul(line, &end, 10);
		(void)strtoul(end, &end, 10); /* the id outside */
		count = strtoul(end, &end, 10);
		found = uid >= first && uid - first < count;
	}
	fclose(f);
	return found;
}

static int become(const struct passwd *pw, char *err)
{
	if (setgroups(0, NULL) != 0)
		return fail(err, "setgroups");
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0)
		return fail(err, "setresgid");
	if (setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) != 0)
		return fail(err, "setresuid");
	return 0;
}

static int drop_root(const char *user, struct drop_done *done, char *err)
{
	const struct passwd *pw = getpwnam(user);

	if (pw == NULL || pw->pw_uid == 0) {
		snprintf(err, DROP_ERROR_BYTES,
		    "cannot drop privileges: %s %s; name another user", user,
		    pw == NULL ? "is no user" : "is root");
		return -1;
	}
	done->user_changed = is_mapped(pw->pw_uid);
	if (enter_empty_root(err) != 0)
		return -1;
	done->chrooted = true;
	return done->user_changed ? become(pw, err) : 0;
}

static int limit(int resource, rlim_t max, const char *what, char *err)
{
	struct rlimit l = {max, max};

	return setrlimit(resource, &l) == 0 ? 0 : fail(err, what);
}

static int drop_limits(unsigned int max_files, char *err)
{
	if (limit(RLIMIT_CORE, 0, "RLIMIT_CORE", err) != 0 ||
	    limit(RLIMIT_NPROC, 0, "RLIMIT_NPROC", err) != 0 ||
	    limit(RLIMIT_NOFILE, max_files, "RLIMIT_NOFILE", err) != 0)
		return -1;
	return 0;
}

/* The bounding set needs CAP_SETPCAP, and goes before the rest. */
static int drop_capabilities(bool with_bounds, char *err)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (with_bounds && capng_apply(CAPNG_SELECT_BOUNDS) != 0)
		return fail(err, "the bounding set of capabilities");
	return 0;
}

static int drop_last(char *err)
{
	capng_clear(CAPNG_SELECT_BOTH);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return fail(err, "capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(err, "no_new_privs");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return fail(err, "PR_SET_DUMPABLE");
	return 0;
}

int drop_privileges(const char *user, unsigned int max_files,
    struct drop_done *done, char err[DROP_ERROR_BYTES])
{
	bool root = geteuid() == 0;
	bool bounds;

	memset(done, 0, sizeof(*done));
	capng_get_caps_process();
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
	if (drop_capabilities(bounds, err) != 0)
		return -1;
	if (root && drop_root(user, done, err) != 0)
		return -1;
	if (drop_limits(max_files, err) != 0)
		return -1;
	return drop_last(err);
}
