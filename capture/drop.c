/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

static int fail(char *err, size_t size, const char *what)
{
	snprintf(
	    err, size, "cannot drop privileges: %s: %s", what, strerror(errno));
	return -1;
}

static void directory_of(const char *path, char dir[static PATH_MAX])
{
	char *slash;

	snprintf(dir, PATH_MAX, "%s", path);
	slash = strrchr(dir, '/');
	if (slash == NULL)
		snprintf(dir, PATH_MAX, ".");
	else if (slash == dir)
		dir[1] = '\0';
	else
		*slash = '\0';
}

/* Asked as that user, since modes of all folders on the way count. */
static bool can_reach(const char *dir, uid_t uid, gid_t gid)
{
	bool ok;

	if (setegid(gid) != 0)
		return false;
	if (seteuid(uid) != 0) {
		(void)!setegid(0);
		return false;
	}
	ok = faccessat(AT_FDCWD, dir, X_OK, AT_EACCESS) == 0;
	if (seteuid(0) != 0 || setegid(0) != 0)
		log_fatal(
		    "capture", "cannot become root again: %s", strerror(errno));
	return ok;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof(none));
	return (int)syscall(SYS_capset, &head, none);
}

int drop_root(const char *user, const char *socket, char *err, size_t size)
{
	char dir[PATH_MAX];
	struct passwd *pw;
	struct stat st;
	gid_t gid;

	if (geteuid() != 0)
		return 0;
	pw = getpwnam(user);
	if (pw == NULL) {
		snprintf(err, size,
		    "cannot drop privileges: there is no user %s; name one "
		    "with --user",
		    user);
		return -1;
	}
	gid = pw->pw_gid;
	directory_of(socket != NULL ? socket : "/", dir);
	if (socket != NULL && stat(dir, &st) == 0)
		gid = st.st_gid;
	if (setgroups(0, NULL) != 0)
		return fail(err, size, "setgroups");
	if (pw->pw_uid != 0 && can_reach(dir, pw->pw_uid, gid)) {
		if (setgid(gid) != 0 || setuid(pw->pw_uid) != 0)
			return fail(err, size, user);
	} else {
		log_warn("capture",
		    "user %s cannot reach the folder of the socket; running "
		    "on as root without capabilities; make it searchable or "
		    "name another --user",
		    user);
	}
	if (drop_capabilities() != 0)
		return fail(err, size, "capset");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return fail(err, size, "no_new_privs");
	return 0;
}
