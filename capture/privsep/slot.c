/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/privsep/wire.h"

#define PAUSE_MS     200
#define PAUSE_MAX_MS 30000
#define STEADY_MS    30000 /* lived so long: begin with PAUSE_MS */

static int open_target(struct slot *s, unsigned int workers, const char *target,
    char err[SLOT_ERROR_BYTES])
{
	char path[4096];

	if (strcmp(target, "-") == 0) {
		s->out_fd = STDOUT_FILENO;
		return 0;
	}
	if (workers > 1)
		snprintf(path, sizeof(path), "%s.%u", target, s->index);
	else
		snprintf(path, sizeof(path), "%s", target);
	s->out_fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
	if (s->out_fd >= 0)
		return 0;
	snprintf(err, SLOT_ERROR_BYTES,
	    "cannot write records to %.300s: %s; name a file in a directory "
	    "that exists and that this user may write to, or - for stdout",
	    path, strerror(errno));
	return -1;
}

int slot_init(struct slot *s, unsigned int index, unsigned int workers,
    const char *target, char err[SLOT_ERROR_BYTES])
{
	memset(s, 0, sizeof(*s));
	s->index = index;
	s->fd = s->out_fd = -1;
	s->pause_ms = PAUSE_MS;
	s->ledger = mmap(NULL, sizeof(*s->ledger), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->ledger == MAP_FAILED) {
		s->ledger = NULL;
		snprintf(err, SLOT_ERROR_BYTES, "out of memory");
		return -1;
	}
	return target == NULL ? 0 : open_target(s, workers, target, err);
}

pid_t slot_fork(struct slot *s, int *worker_fd)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(pair[0]);
		*worker_fd = pair[1];
		return 0;
	}
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -1;
	}
	s->pid = pid;
	s->fd = pair[0];
	return pid;
}

/* The descriptor to pass along, or -1; the result is in a. */
static int serve(struct slot *s, struct reach *r, const struct wire_request *q,
    struct wire_answer *a)
{
	int fd;

	switch (q->verb) {
	case WIRE_CONNECT:
		fd = reach_connect(r);
		break;
	case WIRE_SPOOL_OPEN:
		fd = reach_spool_open(r, s->index, q->number, false);
		break;
	case WIRE_SPOOL_CREATE:
		fd = reach_spool_open(r, s->index, q->number, true);
		break;
	case WIRE_SPOOL_REMOVE:
		a->result = reach_spool_remove(r, s->index, q->number);
		return -1;
	case WIRE_SPOOL_LIST:
		a->result = reach_spool_list(
		    r, s->index, a->numbers, PRIV_SPOOL_LIST_MAX);
		return -1;
	default:
		a->result = -EBADMSG;
		return -1;
	}
	a->result = fd < 0 ? fd : 0;
	return fd < 0 ? -1 : fd;
}

void slot_serve(struct slot *s, struct reach *r)
{
	static struct wire_answer a;
	struct wire_request q;
	int fd, rc = wire_receive(s->fd, &q);

	if (rc == -EAGAIN || rc == -EINTR)
		return;
	if (rc == 1) {
		fd = serve(s, r, &q, &a);
		rc = wire_answer(s->fd, &a, fd) == 0 ? 1 : -EPIPE;
		if (fd >= 0)
			close(fd);
	}
	if (rc == 1)
		return;
	/* It is gone, or does not do what our own program does. */
	close(s->fd);
	s->fd = -1;
}

void slot_ended(struct slot *s)
{
	s->pid = 0;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	for (int i = 0; i < COUNTER_COUNT; i++)
		s->past.v[i] += s->ledger->counters.v[i];
	memset(&s->ledger->counters, 0, sizeof(s->ledger->counters));
}

int64_t slot_plan(struct slot *s, int64_t now_ms)
{
	int64_t pause;

	if (now_ms - s->started_ms >= STEADY_MS)
		s->pause_ms = PAUSE_MS;
	pause = s->pause_ms;
	s->due_ms = now_ms + pause;
	s->pause_ms *= 2;
	if (s->pause_ms > PAUSE_MAX_MS)
		s->pause_ms = PAUSE_MAX_MS;
	return pause;
}

void slot_close(struct slot *s)
{
	if (s->device != NULL)
		pcap_close(s->device);
	s->device = NULL;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	if (s->out_fd > STDERR_FILENO)
		close(s->out_fd);
	s->out_fd = -1;
	if (s->ledger != NULL)
		munmap(s->ledger, sizeof(*s->ledger));
	s->ledger = NULL;
}
