/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/linkwatch.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

bool linkwatch_init(struct linkwatch *w, const char *name)
{
	struct sockaddr_nl at = {
	    .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

	memset(w, 0, sizeof(*w));
	w->wanted = name;
	w->state = LINK_GONE;
	w->fd = socket(
	    AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (w->fd < 0)
		return false;
	if (bind(w->fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return true;
	linkwatch_close(w);
	return false;
}

void linkwatch_close(struct linkwatch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

void linkwatch_follow(struct linkwatch *w, int index)
{
	if (w->index == index)
		return;
	w->index = index;
	w->state = LINK_UP;
	if (if_indextoname((unsigned int)index, w->name) == NULL)
		snprintf(w->name, sizeof(w->name), "%s", w->wanted);
}

static void enter(struct linkwatch *w, enum link_state state)
{
	if (w->state == state)
		return;
	w->state = state;
	switch (state) {
	case LINK_UP:
		log_info("capture", "%s is up again", w->name);
		break;
	case LINK_NO_CARRIER:
		log_warn("capture",
		    "%s has no carrier; capturing goes on when it has",
		    w->name);
		break;
	case LINK_DOWN:
		log_warn("capture",
		    "%s is down; capturing goes on when it is up", w->name);
		break;
	case LINK_GONE:
		log_warn("capture",
		    "%s is gone; capturing goes on when there is an "
		    "interface %s again",
		    w->name, w->wanted);
		w->index = 0;
		break;
	}
}

static enum link_state state_of(unsigned int flags)
{
	if ((flags & IFF_UP) == 0)
		return LINK_DOWN;
	return (flags & IFF_RUNNING) == 0 ? LINK_NO_CARRIER : LINK_UP;
}

static void rename_to(struct linkwatch *w, const char *name)
{
	if (name[0] == '\0' || strcmp(w->name, name) == 0)
		return;
	log_info(
	    "capture", "%s is called %s now; capturing goes on", w->name, name);
	snprintf(w->name, sizeof(w->name), "%s", name);
}

static void read_name(const struct nlmsghdr *h, char name[static IF_NAMESIZE])
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	int len = (int)h->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*m));

	name[0] = '\0';
	for (const struct rtattr *a = IFLA_RTA(m); RTA_OK(a, len);
	     a = RTA_NEXT(a, len))
		if (a->rta_type == IFLA_IFNAME)
			snprintf(name, IF_NAMESIZE, "%.*s", (int)RTA_PAYLOAD(a),
			    (const char *)RTA_DATA(a));
}

static bool on_message(struct linkwatch *w, const struct nlmsghdr *h)
{
	const struct ifinfomsg *m = NLMSG_DATA(h);
	char name[IF_NAMESIZE];

	if ((h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK) ||
	    h->nlmsg_len < NLMSG_LENGTH(sizeof(*m)))
		return false;
	read_name(h, name);
	if (w->index != 0 && m->ifi_index == w->index) {
		if (h->nlmsg_type == RTM_DELLINK) {
			/* A bridge port that leaves is no link that goes. */
			if (m->ifi_family == AF_UNSPEC)
				enter(w, LINK_GONE);
			return false;
		}
		rename_to(w, name);
		enter(w, state_of(m->ifi_flags));
		return false;
	}
	return w->index == 0 && h->nlmsg_type == RTM_NEWLINK &&
	       strcmp(name, w->wanted) == 0 && (m->ifi_flags & IFF_UP) != 0;
}

bool linkwatch_read(struct linkwatch *w)
{
	_Alignas(struct nlmsghdr) char buf[16384];
	struct sockaddr_nl from = {.nl_pid = 1};
	socklen_t from_len = sizeof(from);
	bool appeared = false;
	ssize_t n;

	while ((n = recvfrom(w->fd, buf, sizeof(buf), 0,
		    (struct sockaddr *)&from, &from_len)) > 0) {
		unsigned int left = (unsigned int)n;

		/* Only the kernel has the number 0. */
		if (from.nl_pid != 0)
			continue;
		for (const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		     NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			appeared |= on_message(w, h);
		from_len = sizeof(from);
	}
	return appeared;
}
