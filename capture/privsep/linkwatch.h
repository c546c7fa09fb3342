/* SPDX-License-Identifier: Apache-2.0 */
/* Says what happens to one interface: down, up, renamed, gone. */
#pragma once

#include <net/if.h>
#include <stdbool.h>

enum link_state { LINK_UP, LINK_NO_CARRIER, LINK_DOWN, LINK_GONE };

struct linkwatch {
	const char *wanted;     /* the configured name */
	char name[IF_NAMESIZE]; /* what it is called now */
	int index;              /* 0: none */
	enum link_state state;
	int fd; /* netlink, readable when something happened; -1: none */
};

/* False: no netlink here, nothing will be said. */
bool linkwatch_init(struct linkwatch *w, const char *name);
/* The interface that is captured on, from now on. */
void linkwatch_follow(struct linkwatch *w, int index);
/* Reads and logs what happened. True: an interface with the wanted name is
 * up, and was not before. */
bool linkwatch_read(struct linkwatch *w);
void linkwatch_close(struct linkwatch *w);
