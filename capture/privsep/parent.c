/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/parent.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/device.h"
#include "capture/privsep/linkwatch.h"
#include "capture/privsep/worker.h"
#include "capture/summary.h"

#define TICK_MS 1000
#define KILL_MS 8000 /* less than what sekisho run waits for us */

struct parent {
	const struct conf *conf;
	const struct options *options;
	struct slot slots[OPTIONS_WORKERS_MAX];
	unsigned int n;
	struct reach *reach;
	struct fanout fanout;
	struct linkwatch link;
	sigset_t before; /* the signal mask that workers get back */
	int signal_fd;
	pid_t pid;     /* our own */
	uint64_t lost; /* interfaces */
	bool away;     /* the interface is gone, or was not there again */
	bool stopping;
	int64_t start_ms;
	int64_t kill_ms; /* when stopping: patience ends */
	bool is_worker;  /* this is the other side of a fork */
	int code;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void signal_workers(struct parent *p, int signum)
{
	for (unsigned int i = 0; i < p->n; i++)
		if (p->slots[i].pid > 0)
			kill(p->slots[i].pid, signum);
}

static void stop(struct parent *p, int code)
{
	if (p->code == 0)
		p->code = code;
	if (!p->stopping)
		p->kill_ms = now_ms() + KILL_MS;
	p->stopping = true;
	signal_workers(p, SIGTERM);
}

static bool any_runs(const struct parent *p)
{
	for (unsigned int i = 0; i < p->n; i++)
		if (p->slots[i].pid > 0)
			return true;
	return false;
}

/* --- starting workers ----------------------------------------------------- */

/* In the child: nothing of the others stays open. */
static int become_worker(struct parent *p, unsigned int index, int fd)
{
	struct worker_setup w = {.conf = p->conf,
	    .options = p->options,
	    .workers = p->n,
	    .parent = p->pid,
	    .fd = fd,
	    .interfaces_lost = index == 0 ? p->lost : 0};

	p->is_worker = true;
	for (unsigned int i = 0; i < p->n; i++)
		if (i != index)
			slot_close(&p->slots[i]);
	close(p->signal_fd);
	linkwatch_close(&p->link);
	reach_free(p->reach);
	p->reach = NULL;
	sigprocmask(SIG_SETMASK, &p->before, NULL);
	return worker_run(&w, &p->slots[index]);
}

/* True: this is the worker, and it is over. */
static bool start_one(struct parent *p, struct slot *s)
{
	int fd = -1;
	pid_t pid = slot_fork(s, &fd);

	if (pid == 0) {
		p->code = become_worker(p, s->index, fd);
		return true;
	}
	pcap_close(s->device);
	s->device = NULL;
	s->started_ms = now_ms();
	if (pid > 0)
		return false;
	log_error("capture",
	    "worker %u cannot be started: %s; tried again in %" PRId64 " ms",
	    s->index, strerror(errno), slot_plan(s, now_ms()));
	return false;
}

/* The interface cannot be had now. */
static void put_off(struct parent *p, struct slot *s, enum device_status status,
    const char *why)
{
	switch (status) {
	case DEVICE_OPEN:
		break;
	case DEVICE_MISSING:
	case DEVICE_DOWN:
		if (!p->away)
			log_warn("capture",
			    "%s; capturing goes on when it is up", why);
		p->away = true;
		s->due_ms = now_ms() + TICK_MS;
		return;
	case DEVICE_REFUSED:
		log_error("capture", "%s; tried again in %" PRId64 " ms", why,
		    slot_plan(s, now_ms()));
		return;
	}
}

static bool is_due(const struct slot *s, int64_t at_ms)
{
	return s->pid == 0 && s->due_ms <= at_ms;
}

/* Opens the interface for all that are due. How many, or -1 when one could
 * not be had; err says why. */
static int open_devices(struct parent *p, int64_t at_ms,
    enum device_status *status, char err[DEVICE_ERROR_BYTES])
{
	int n = 0;

	for (unsigned int i = 0; i < p->n; i++) {
		struct slot *s = &p->slots[i];

		if (!is_due(s, at_ms))
			continue;
		*status = device_open(p->conf, &s->device, err);
		if (*status != DEVICE_OPEN)
			return -1;
		n++;
	}
	return n;
}

static void close_devices(struct parent *p)
{
	for (unsigned int i = 0; i < p->n; i++) {
		if (p->slots[i].device != NULL)
			pcap_close(p->slots[i].device);
		p->slots[i].device = NULL;
	}
}

/* All that are opened begin to hear. */
static int begin_devices(struct parent *p, char err[DEVICE_ERROR_BYTES])
{
	for (unsigned int i = 0; i < p->n; i++) {
		struct slot *s = &p->slots[i];

		if (s->device == NULL)
			continue;
		/* An interface that came back has a new group. */
		if (device_index(s->device) != p->link.index)
			p->fanout.group = -1;
		linkwatch_follow(&p->link, device_index(s->device));
		if (device_begin(s->device, p->conf,
			p->n > 1 ? &p->fanout : NULL, err) != 0)
			return -1;
	}
	return 0;
}

static enum device_status prepare_due(
    struct parent *p, int64_t at_ms, char err[DEVICE_ERROR_BYTES])
{
	const struct timespec settle = {0, DEVICE_SETTLE_MS * 1000000L};
	enum device_status status = DEVICE_OPEN;
	int n = open_devices(p, at_ms, &status, err);

	if (n > 0) {
		(void)nanosleep(&settle, NULL);
		if (begin_devices(p, err) != 0)
			status = DEVICE_REFUSED;
	}
	if (status != DEVICE_OPEN)
		close_devices(p);
	return status;
}

/* Starts whoever is due. True: this is a worker, and it is over. */
static bool start_due(struct parent *p)
{
	char err[DEVICE_ERROR_BYTES];
	int64_t at_ms = now_ms();
	enum device_status status = prepare_due(p, at_ms, err);
	bool started = false;

	for (unsigned int i = 0; i < p->n; i++) {
		struct slot *s = &p->slots[i];

		if (!is_due(s, at_ms))
			continue;
		if (status != DEVICE_OPEN)
			put_off(p, s, status, err);
		else if (start_one(p, s))
			return true;
		else
			started = true;
	}
	if (started && p->away) {
		log_info("capture", "%s is there again; capturing goes on",
		    p->link.name);
		p->away = false;
	}
	return false;
}

/* --- what happens --------------------------------------------------------- */

static void on_crash(struct parent *p, struct slot *s, pid_t pid, int signum)
{
	int64_t pause = slot_plan(s, now_ms());

	log_error("capture",
	    "worker was killed by signal %d (%s)%s; started again in %" PRId64
	    " ms worker=%u pid=%d",
	    signum, strsignal(signum),
	    signum == SIGSYS ? ": a system call that it may not make; the "
			       "kernel's log names it"
			     : "",
	    pause, s->index, (int)pid);
	(void)p;
}

static void on_worker_end(struct parent *p, struct slot *s, int status)
{
	pid_t pid = s->pid;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	slot_ended(s);
	if (p->stopping) {
		if (code > 0 && code != POST_INTERFACE_LOST && p->code == 0)
			p->code = code;
		return;
	}
	if (code < 0) {
		on_crash(p, s, pid, WTERMSIG(status));
	} else if (code == POST_INTERFACE_LOST) {
		if (!p->away)
			p->lost++;
		p->away = true;
		s->due_ms = now_ms();
	} else {
		/* It said why: output, memory, configuration. */
		stop(p, code);
	}
}

static void reap(struct parent *p)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned int i = 0; i < p->n; i++)
			if (p->slots[i].pid == pid)
				on_worker_end(p, &p->slots[i], status);
}

static void read_signals(struct parent *p)
{
	struct signalfd_siginfo info;

	while (read(p->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(p);
		else
			stop(p, 0);
	}
}

/* What the network card had no room for; one worker tells it for all. */
static void read_interface_drops(struct parent *p)
{
	char path[64 + IF_NAMESIZE];
	char text[32];
	FILE *f;

	snprintf(path, sizeof(path),
	    "/sys/class/net/%s/statistics/rx_missed_errors", p->link.name);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(text, sizeof(text), f) != NULL)
		p->slots[0].ledger->interface_dropped =
		    strtoull(text, NULL, 10);
	fclose(f);
}

static void on_tick(struct parent *p)
{
	if (p->stopping && now_ms() >= p->kill_ms) {
		log_warn("capture", "workers do not end: killed");
		signal_workers(p, SIGKILL);
	}
	read_interface_drops(p);
}

static int wait_ms(const struct parent *p)
{
	int64_t at_ms = now_ms(), until = TICK_MS;

	for (unsigned int i = 0; i < p->n && !p->stopping; i++)
		if (p->slots[i].pid == 0 && p->slots[i].due_ms - at_ms < until)
			until = p->slots[i].due_ms - at_ms;
	return until < 0 ? 0 : (int)until;
}

static void poll_once(struct parent *p)
{
	struct pollfd fds[OPTIONS_WORKERS_MAX + 2] = {
	    {.fd = p->signal_fd, .events = POLLIN},
	    {.fd = p->link.fd, .events = POLLIN}};

	for (unsigned int i = 0; i < p->n; i++)
		fds[i + 2] =
		    (struct pollfd){.fd = p->slots[i].fd, .events = POLLIN};
	if (poll(fds, p->n + 2, wait_ms(p)) <= 0)
		return;
	for (unsigned int i = 0; i < p->n; i++)
		if (fds[i + 2].revents != 0)
			slot_serve(&p->slots[i], p->reach);
	if (fds[1].revents != 0 && linkwatch_read(&p->link))
		for (unsigned int i = 0; i < p->n; i++)
			if (p->away)
				p->slots[i].due_ms = 0;
	if (fds[0].revents != 0)
		read_signals(p);
}

/* --- all of it ------------------------------------------------------------ */

static int init_signals(struct parent *p)
{
	sigset_t mine;

	sigemptyset(&mine);
	sigaddset(&mine, SIGCHLD);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &mine, &p->before) != 0)
		return -1;
	p->signal_fd = signalfd(-1, &mine, SFD_CLOEXEC | SFD_NONBLOCK);
	return p->signal_fd >= 0 ? 0 : -1;
}

static int init(struct parent *p)
{
	char err[SLOT_ERROR_BYTES];
	const char *target = p->options->target;

	if (p->n > 1 && target != NULL && strcmp(target, "-") == 0) {
		log_error("capture",
		    "the lines of several workers would mix on standard "
		    "output; give a file with -o, or --workers 1");
		return 2;
	}
	for (unsigned int i = 0; i < p->n; i++)
		if (slot_init(&p->slots[i], i, p->n, target, err) != 0) {
			log_error("capture", "%s", err);
			return 1;
		}
	p->reach = reach_new(p->conf->socket, p->conf->spool_dir, p->n);
	if (p->reach == NULL || init_signals(p) != 0 ||
	    fanout_init(&p->fanout) != 0) {
		log_error("capture", "out of memory or descriptors");
		return 1;
	}
	if (!linkwatch_init(&p->link, p->conf->interface))
		log_warn("capture",
		    "no netlink: what happens to the interface is not said");
	return 0;
}

static void summary(const struct parent *p)
{
	struct counters sum = {0};
	struct summary_frame f = {.ports = &p->conf->ports,
	    .live = true,
	    .full = p->options->summary_full,
	    .to_analyzer = p->options->target == NULL,
	    .workers = p->n,
	    .took_s = (double)(now_ms() - p->start_ms) / 1e3};

	for (int c = 0; c < COUNTER_COUNT; c++)
		for (unsigned int i = 0; i < p->n; i++)
			sum.v[c] += p->slots[i].past.v[c];
	summary_measure(&f, RUSAGE_CHILDREN);
	summary_print(stderr, &sum, &f);
}

static void release(struct parent *p)
{
	for (unsigned int i = 0; i < p->n; i++)
		slot_close(&p->slots[i]);
	reach_free(p->reach);
	linkwatch_close(&p->link);
	if (p->signal_fd >= 0)
		close(p->signal_fd);
	sigprocmask(SIG_SETMASK, &p->before, NULL);
}

/* The first time, an interface that cannot be had is a wrong option. */
static bool start_first(struct parent *p)
{
	char err[DEVICE_ERROR_BYTES];
	enum device_status status = prepare_due(p, 0, err);

	if (status != DEVICE_OPEN) {
		log_error("capture", "%s", err);
		p->code = 2;
		return false;
	}
	for (unsigned int i = 0; i < p->n; i++)
		if (start_one(p, &p->slots[i]))
			return false;
	return true;
}

int parent_run(const struct conf *c, const struct options *o)
{
	static struct parent p;

	p.conf = c;
	p.options = o;
	p.n = (unsigned int)c->workers;
	p.pid = getpid();
	p.start_ms = now_ms();
	p.signal_fd = p.link.fd = -1;
	p.code = init(&p);
	if (p.code == 0 && start_first(&p))
		while (!p.is_worker && (!p.stopping || any_runs(&p))) {
			if (!p.stopping && start_due(&p))
				break;
			poll_once(&p);
			on_tick(&p);
		}
	if (p.is_worker)
		return p.code;
	if (o->summary && p.code != 2)
		summary(&p);
	release(&p);
	return p.code;
}
