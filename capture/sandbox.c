/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/sandbox.h"

#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/drop.h"
#include "base/log.h"
#include "base/seccomp.h"

#define MAX_FILES 64
#define RULES_MAX 512
#define ALL_BITS  UINT64_MAX

/* The sanitizers' own needs change with their version. */
#if defined(__SANITIZE_ADDRESS__)
#define WITH_SANITIZER 1
#else
#define WITH_SANITIZER 0
#endif

static const char *const allowed[] = {"read", "readv", "pread64", "recvfrom",
    "recvmsg", "lseek", "close", "fstat", "newfstatat", "statx", "fsync",
    "fdatasync", "ftruncate", "fallocate", "poll", "ppoll", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "getsockopt", "setsockopt",
    "getsockname", "shutdown", "munmap", "mremap", "brk", "madvise",
    "clock_gettime", "clock_getres", "gettimeofday", "time", "nanosleep",
    "clock_nanosleep", "getrusage", "getrandom", "getpid", "getppid", "gettid",
    "getuid", "geteuid", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",
    "sigaltstack", "tgkill", "futex", "restart_syscall", "sched_yield",
    "sysinfo", "exit", "exit_group", NULL};
/* A library asks and goes on without. */
static const char *const refused[] = {"open", "openat", "openat2", "access",
    "faccessat", "faccessat2", "stat", "lstat", "readlink", "readlinkat",
    "prlimit64", NULL};
/* Whoever writes on a packet socket puts a packet on the wire. */
static const char *const writing[] = {
    "write", "writev", "pwrite64", "sendto", "sendmsg", NULL};

static const struct seccomp_rule partly[] = {
    {"mmap", SECCOMP_ALLOW, 2, PROT_EXEC, 0},
    {"mprotect", SECCOMP_ALLOW, 2, PROT_EXEC, 0},
    {"fcntl", SECCOMP_ALLOW, 1, ALL_BITS, F_GETFL},
    {"fcntl", SECCOMP_ALLOW, 1, ALL_BITS, F_SETFL},
    {"fcntl", SECCOMP_ALLOW, 1, ALL_BITS, F_GETFD},
    {"fcntl", SECCOMP_ALLOW, 1, ALL_BITS, F_SETFD},
    {"ioctl", SECCOMP_ALLOW, 1, ALL_BITS, FIONBIO},
    {"ioctl", SECCOMP_REFUSE, 1, ALL_BITS, TCGETS},
    /* libpcap, when the interface is down */
    {"ioctl", SECCOMP_REFUSE, 1, ALL_BITS, SIOCGIFFLAGS},
};

struct rules {
	struct seccomp_rule v[RULES_MAX];
	size_t n;
};

static void add(struct rules *r, const struct seccomp_rule *rule)
{
	if (r->n < RULES_MAX)
		r->v[r->n++] = *rule;
}

static void add_names(
    struct rules *r, const char *const *names, enum seccomp_what what)
{
	for (; *names != NULL; names++)
		add(r, &(struct seccomp_rule){*names, what, 0, 0, 0});
}

static int filter_calls(int device_fd, char err[SECCOMP_ERROR_BYTES])
{
	struct rules r = {.n = 0};

	add_names(&r, allowed, SECCOMP_ALLOW);
	add_names(&r, refused, SECCOMP_REFUSE);
	for (size_t i = 0; i < sizeof(partly) / sizeof(partly[0]); i++)
		add(&r, &partly[i]);
	/* Without dup(), a descriptor has one number for life. */
	for (const char *const *name = writing; *name != NULL; name++)
		for (int fd = 0; fd < MAX_FILES; fd++)
			if (fd != device_fd)
				add(&r,
				    &(struct seccomp_rule){*name, SECCOMP_ALLOW,
					0, ALL_BITS, (uint64_t)fd});
	return seccomp_apply(r.v, r.n, err);
}

/* After the change of user, which forgets it. */
static int die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0)
		return -1;
	return getppid() == parent ? 0 : -1;
}

int sandbox_enter(const struct post *post, const struct conf *c)
{
	struct drop_done done;
	char err[DROP_ERROR_BYTES];

	_Static_assert(SECCOMP_ERROR_BYTES <= DROP_ERROR_BYTES, "one buffer");
	if (drop_privileges(c->user, MAX_FILES, &done, err) != 0)
		goto failed;
	if (die_with(post->parent) != 0) {
		log_error("capture", "the parent ended too early");
		return -1;
	}
	if (!WITH_SANITIZER &&
	    filter_calls(pcap_fileno(post->device), err) != 0)
		goto failed;
	if (WITH_SANITIZER)
		log_warn("capture", "built with sanitizers: no seccomp filter");
	if (post->worker == 0 && !done.chrooted)
		log_info("capture",
		    "not started as root: packets are parsed without "
		    "capabilities and with a system call filter, but by the "
		    "same user and without chroot");
	else if (post->worker == 0 && !done.user_changed)
		log_info("capture",
		    "user %s does not exist in this user namespace: packets "
		    "are parsed without capabilities, by the same user",
		    c->user);
	return 0;
failed:
	log_error("capture", "%s", err);
	return -1;
}
