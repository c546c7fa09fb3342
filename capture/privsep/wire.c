/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/wire.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr aligned;
};

static size_t answer_bytes(const struct wire_answer *a)
{
	size_t n = a->result > 0 ? (size_t)a->result : 0;

	return offsetof(struct wire_answer, numbers) +
	       n * sizeof(a->numbers[0]);
}

static int passed_fd(struct msghdr *m)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(fd)))
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static ssize_t receive_answer(int fd, struct wire_answer *a, int *got_fd)
{
	union control control;
	struct iovec iov = {a, sizeof(*a)};
	struct msghdr m = {.msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	ssize_t n;

	do {
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		*got_fd = passed_fd(&m);
	return n;
}

int wire_ask(
    int fd, const struct wire_request *q, struct wire_answer *a, int *got_fd)
{
	ssize_t n;

	*got_fd = -1;
	do {
		n = send(fd, q, sizeof(*q), MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	n = receive_answer(fd, a, got_fd);
	if (n < 0)
		return -errno;
	if (n < (ssize_t)offsetof(struct wire_answer, numbers) ||
	    a->result > PRIV_SPOOL_LIST_MAX || (size_t)n != answer_bytes(a)) {
		if (*got_fd >= 0)
			close(*got_fd);
		*got_fd = -1;
		return -EPIPE;
	}
	return 0;
}

int wire_receive(int fd, struct wire_request *q)
{
	ssize_t n = recv(fd, q, sizeof(*q), MSG_DONTWAIT | MSG_TRUNC);

	if (n < 0)
		return -errno;
	if (n == 0)
		return 0;
	return n == sizeof(*q) && q->zero == 0 ? 1 : -EBADMSG;
}

int wire_answer(int fd, const struct wire_answer *a, int send_fd)
{
	union control control;
	struct iovec iov = {(void *)a, answer_bytes(a)};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	if (send_fd >= 0) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(send_fd));
		memcpy(CMSG_DATA(c), &send_fd, sizeof(send_fd));
	}
	if (sendmsg(fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}
