/* SPDX-License-Identifier: Apache-2.0 */
/* Which RADIUS attribute names what: the section radius { } of the
 * configuration, checked. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/radius.h"

/* An attribute; vendor 0: of the standard; type 0: none. */
struct radius_ref {
	uint32_t vendor;
	uint8_t type;
};

struct radius_map {
	struct radius_ref customer, line_class;
	/* "": none; borrowed from the configuration. */
	const char *customer_prefix, *class_prefix;
	const char *strip_realms; /* space separated; "*": every one */
	bool framed_netmask;
	/* Where the customer's part of a shared address stands. */
	struct radius_ref cgn_address, cgn_first_port, cgn_last_port,
	    cgn_port_count, cgn_block;
};

/* user_name, class, chargeable_user_identity, nas_port_id, "NUMBER" or
 * "VENDOR:NUMBER". 0, or -1. */
int radius_ref_parse(struct radius_ref *r, const char *text);
static inline bool radius_ref_is(
    const struct radius_ref *r, const struct radius_attr *a)
{
	return r->type != 0 && r->type == a->type && r->vendor == a->vendor;
}
/* 0, or -1: err names the key and what to give. */
int radius_map_set(
    struct radius_map *m, const struct conf *c, char *err, size_t size);
