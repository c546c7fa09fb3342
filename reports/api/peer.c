/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/peer.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DEADLINE_NEVER INT64_MAX

struct peer *peers_add(struct peers *s, int fd)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->fd = fd;
	p->deadline_ms = DEADLINE_NEVER;
	p->next = s->first;
	if (p->next)
		p->next->prev = p;
	s->first = p;
	s->n++;
	return p;
}

void peers_remove(struct peers *s, struct peer *p)
{
	if (p->prev)
		p->prev->next = p->next;
	else
		s->first = p->next;
	if (p->next)
		p->next->prev = p->prev;
	s->n--;
	free(p);
}

void peer_leave(struct peer *p)
{
	p->deadline_ms = DEADLINE_NEVER;
}

static void cut_off(struct peer *p)
{
	p->deadline_ms = DEADLINE_NEVER;
	shutdown(p->fd, SHUT_RDWR);
}

void peers_sweep(struct peers *s, int64_t now_ms)
{
	for (struct peer *p = s->first; p; p = p->next)
		if (p->deadline_ms < now_ms)
			cut_off(p);
}

void peers_drop(struct peers *s)
{
	for (struct peer *p = s->first; p; p = p->next)
		cut_off(p);
}

void peer_who(const struct peer *p, struct addr *a, uid_t *uid, bool *local)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_storage room;
	} name;
	socklen_t n = sizeof(name);
	struct ucred cred;

	memset(a, 0, sizeof(*a));
	memset(&name, 0, sizeof(name));
	*uid = (uid_t)-1;
	*local = false;
	if (getpeername(p->fd, &name.any, &n) != 0)
		return;
	if (name.any.sa_family == AF_INET)
		*a = addr_from_v4(
		    (const uint8_t *)(const void *)&name.v4.sin_addr);
	else if (name.any.sa_family == AF_INET6)
		*a = addr_from_v6(name.v6.sin6_addr.s6_addr);
	n = sizeof(cred);
	if (name.any.sa_family != AF_UNIX ||
	    getsockopt(p->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) != 0)
		return;
	*local = true;
	*uid = cred.uid;
}
