/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of one shared address's ports: which intervals are about which
 * ports, sorted, since hundreds of households may have one address. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

struct share_part {
	uint16_t first_port, last_port;
	uint32_t number; /* of the interval */
};
struct share {
	struct prefix prefix;
	struct share_part *v; /* by first port; of equal ones the newest last */
	uint32_t n, cap;
	uint16_t widest; /* last - first of any that ever was in it */
};

/* 0, or -1 without memory. */
int share_add(
    struct share *s, uint16_t first_port, uint16_t last_port, uint32_t number);
void share_drop(struct share *s, uint16_t first_port, uint32_t number);
void share_clear(struct share *s);
/* Parts from *i downwards that hold the port: the next one's number, or 0.
 * Begin with *i = share_behind(s, port). */
uint32_t share_behind(const struct share *s, uint16_t port);
uint32_t share_next(const struct share *s, uint16_t port, uint32_t *i);
