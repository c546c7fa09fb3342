/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define SLOTS  4096
#define PROBES 8

struct nas {
	char name[64];
	int64_t last_us; /* 0: free */
	int64_t offset_us;
	int64_t run_us; /* least distance to 0 of the run */
	int8_t side;    /* of the run: -1 below, 1 above, 0 none */
	uint8_t run;
	bool known, skewed;
};

struct radius_clock {
	int64_t bound_us;
	bool correct;
	unsigned int skewed;
	struct nas nas[SLOTS];
};

struct radius_clock *radius_clock_new(int64_t bound_us, bool correct)
{
	struct radius_clock *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->bound_us = bound_us;
	c->correct = correct;
	return c;
}

void radius_clock_free(struct radius_clock *c)
{
	free(c);
}

unsigned int radius_clock_skewed(const struct radius_clock *c)
{
	return c->skewed;
}

static struct nas *find(struct radius_clock *c, const char *name)
{
	struct nas *oldest = NULL;
	uint32_t h = 2166136261u;

	for (const char *s = name; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * 16777619u;
	for (uint32_t i = 0; i < PROBES; i++) {
		struct nas *n = &c->nas[(h + i) % SLOTS];

		if (n->last_us != 0 && strcmp(n->name, name) == 0)
			return n;
		if (oldest == NULL || n->last_us < oldest->last_us)
			oldest = n;
	}
	c->skewed -= oldest->skewed;
	memset(oldest, 0, sizeof(*oldest));
	snprintf(oldest->name, sizeof(oldest->name), "%s", name);
	return oldest;
}

static void set_offset(struct radius_clock *c, struct nas *n, int64_t off_us)
{
	bool skewed = off_us < -c->bound_us || off_us > c->bound_us + US_PER_S;

	n->offset_us = off_us;
	n->known = true;
	n->run = 0;
	n->side = 0;
	if (skewed && !n->skewed)
		log_warn("radius",
		    "the clock of a NAS is off, set it by NTP nas=%s "
		    "seconds=%" PRId64 " corrected=%s",
		    n->name, -off_us / US_PER_S, c->correct ? "yes" : "no");
	else if (!skewed && n->skewed)
		log_info("radius", "the clock of a NAS is right again nas=%s",
		    n->name);
	c->skewed += (unsigned int)skewed - n->skewed;
	n->skewed = skewed;
}

/* Packets that all are on one side: the clock was set. */
static void note_run(
    struct radius_clock *c, struct nas *n, int side, int64_t late_us)
{
	if (n->side != side) {
		n->side = (int8_t)side;
		n->run = 0;
		n->run_us = late_us;
	}
	if (late_us < n->run_us)
		n->run_us = late_us;
	if (++n->run >= RADIUS_CLOCK_RUN)
		set_offset(c, n, n->run_us);
}

/* late_us: our time of the packet minus the event, by the NAS's clock. False:
 * Event-Timestamp says nothing. */
static bool offset_of(
    struct radius_clock *c, struct nas *n, int64_t late_us, int64_t *off_us)
{
	int64_t d = late_us - n->offset_us;

	if (d < -c->bound_us)
		note_run(c, n, -1, late_us);
	else if (d > c->bound_us + US_PER_S)
		note_run(c, n, 1, late_us);
	else
		set_offset(c, n, d < 0 || !n->known ? late_us : n->offset_us);
	d = late_us - n->offset_us;
	if (!n->known || d < -c->bound_us || d > RADIUS_CLOCK_LATE_US ||
	    (n->skewed && !c->correct))
		return false;
	*off_us = n->skewed ? n->offset_us : 0;
	return true;
}

/* Event-Timestamp says the second, the arrival where in it. */
int64_t radius_clock_at(
    struct radius_clock *c, const char *nas, const struct radius_moment *m)
{
	int64_t at_us = m->received_us - m->delay_us, first_us, off_us;
	struct nas *n;

	if (m->event_us == 0)
		return at_us;
	n = find(c, nas);
	n->last_us = m->received_us > 0 ? m->received_us : 1;
	if (!offset_of(c, n, at_us - m->event_us, &off_us))
		return at_us;
	first_us = m->event_us + off_us;
	if (at_us < first_us)
		at_us = first_us;
	else if (at_us >= first_us + US_PER_S)
		at_us = first_us + US_PER_S - 1;
	return at_us < m->received_us ? at_us : m->received_us;
}
