/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/privsep/reach.h"
#include "capture/privsep/wire.h"

#define NUMBER_MASK ((UINT64_C(1) << 48) - 1)

struct priv {
	struct reach *reach; /* NULL: the parent is asked */
	int fd;
	unsigned int worker;
	struct wire_answer answer;
};

struct priv *priv_new_direct(const char *socket_path, const char *spool_dir)
{
	struct priv *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->fd = -1;
	p->reach = reach_new(socket_path, spool_dir, 1);
	if (p->reach != NULL)
		return p;
	free(p);
	return NULL;
}

struct priv *priv_new_asking(int fd, unsigned int worker)
{
	struct priv *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->fd = fd;
	p->worker = worker;
	return p;
}

void priv_free(struct priv *p)
{
	if (p == NULL)
		return;
	reach_free(p->reach);
	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

unsigned int priv_worker(const struct priv *p)
{
	return p->worker;
}

uint64_t priv_spool_number(const struct priv *p, uint64_t n)
{
	return (uint64_t)p->worker << 48 | (n & NUMBER_MASK);
}

/* The descriptor; what came instead is never kept. */
static int ask_fd(struct priv *p, enum wire_verb verb, uint64_t number)
{
	struct wire_request q = {.verb = verb, .number = number};
	int fd, rc = wire_ask(p->fd, &q, &p->answer, &fd);

	if (rc != 0)
		return rc;
	if (p->answer.result < 0)
		return (int)p->answer.result;
	return fd >= 0 ? fd : -EPIPE;
}

static int ask(struct priv *p, enum wire_verb verb, uint64_t number)
{
	struct wire_request q = {.verb = verb, .number = number};
	int fd, rc = wire_ask(p->fd, &q, &p->answer, &fd);

	if (fd >= 0)
		close(fd);
	return rc != 0 ? rc : (int)p->answer.result;
}

int priv_connect(struct priv *p)
{
	if (p->reach != NULL)
		return reach_connect(p->reach);
	return ask_fd(p, WIRE_CONNECT, 0);
}

int priv_spool_open(struct priv *p, uint64_t number, bool create)
{
	if (p->reach != NULL)
		return reach_spool_open(p->reach, p->worker, number, create);
	return ask_fd(p, create ? WIRE_SPOOL_CREATE : WIRE_SPOOL_OPEN, number);
}

int priv_spool_remove(struct priv *p, uint64_t number)
{
	if (p->reach != NULL)
		return reach_spool_remove(p->reach, p->worker, number);
	return ask(p, WIRE_SPOOL_REMOVE, number);
}

int priv_spool_list(struct priv *p, uint64_t *numbers, size_t max)
{
	int n;

	if (max > PRIV_SPOOL_LIST_MAX)
		max = PRIV_SPOOL_LIST_MAX;
	if (p->reach != NULL)
		return reach_spool_list(p->reach, p->worker, numbers, max);
	n = ask(p, WIRE_SPOOL_LIST, 0);
	if (n > (int)max)
		n = (int)max;
	if (n > 0)
		memcpy(
		    numbers, p->answer.numbers, (size_t)n * sizeof(*numbers));
	return n;
}
