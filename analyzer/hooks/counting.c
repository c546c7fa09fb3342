/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/counting.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/hooks/hooks.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/enforcement.h"

void counting_begin(struct counting *c, int64_t now_us)
{
	c->asked = true;
	c->asked_us = now_us;
}

/* What is new since the last answer. Who is seen for the first time was
 * refused all of it since; but for the first answer of all, whose numbers are
 * of nobody knows when. */
static int64_t take_new(
    const struct counting *c, struct slot *s, int64_t packets)
{
	int64_t before = packets < s->counted ? 0 : s->counted;

	s->counted = packets;
	return c->has_begun ? packets - before : 0;
}

static void take_entry(
    struct counting *c, struct hooks *h, size_t index, json_t *entry)
{
	const char *name =
	    json_string_value(json_object_get(entry, "subscriber"));
	int64_t packets =
	    json_integer_value(json_object_get(entry, "refused_packets"));
	struct customer *who = name == NULL || strlen(name) >= ROW_ID_LEN
				   ? NULL
				   : desired_find(h->desired, name);
	struct refusal r = {.first_us = c->last_us, .last_us = c->asked_us};
	unsigned int held_back;
	static struct log_limit limit;

	if (who == NULL || packets <= 0)
		return;
	r.packets = take_new(c, &who->slots[index], packets);
	if (r.packets == 0 || !who->want_block)
		return;
	snprintf(r.customer, sizeof(r.customer), "%s", name);
	snprintf(
	    r.driver, sizeof(r.driver), "%s", h->conf->drivers[index].name);
	if (write_refusal(h->db, &r) != 0 && log_allow(&limit, 1, &held_back))
		log_warn("hooks",
		    "what driver %s refused is lost: %s suppressed=%u",
		    r.driver, db_error(h->db), held_back);
}

void counting_part(
    struct counting *c, struct hooks *h, size_t index, json_t *counters)
{
	bool begun = db_begin(h->db) == 0;

	for (size_t i = 0; i < json_array_size(counters); i++)
		take_entry(c, h, index, json_array_get(counters, i));
	if (begun && db_commit(h->db) != 0)
		db_rollback(h->db);
}

void counting_end(struct counting *c, bool ok, int64_t every_us)
{
	c->asked = false;
	c->due_us = clock_now_us() + every_us;
	if (!ok)
		return;
	c->has_begun = true;
	c->last_us = c->asked_us;
}
