/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/feed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/ahead.h"

/* The kernel hands packets over in blocks: what it still holds is older than
 * the wall clock. */
#define LAG_US      (2 * US_PER_S)
#define END_AT_ONCE 256

struct feed {
	struct feed_setup setup;
	struct dpi *dpi;
	struct radius_tap *radius;
	struct track *track;
	struct packet_parser *parser;
	struct ahead *ahead;
};

static bool is_full(const struct feed *f)
{
	return f->setup.is_full != NULL && f->setup.is_full(f->setup.arg);
}

/* Ends what is due. False: full, and that was not all. */
static bool expire(struct feed *f, int64_t now_us)
{
	if (f->setup.is_full == NULL)
		return true; /* the tracker does it in one go */
	do {
		if (is_full(f))
			return false;
	} while (track_expire_one(f->track, now_us));
	return true;
}

/* The packets that wait, down to n of them. False: full. */
static bool work_down_to(struct feed *f, unsigned int n)
{
	int64_t ts_us;

	while (ahead_count(f->ahead, &ts_us) > n) {
		if (!expire(f, ts_us))
			return false;
		ahead_work(f->ahead);
	}
	return true;
}

bool feed_packet(struct feed *f, int linktype, const uint8_t *data, size_t len,
    int64_t ts_us)
{
	struct packet p;
	int64_t now_us;

	if (!work_down_to(f, AHEAD_PACKETS - 1))
		return false;
	if (ahead_count(f->ahead, &now_us) == 0 &&
	    !expire(f, ts_us < 0 ? 0 : ts_us))
		return false;
	now_us = track_clock(f->track, ts_us);
	if (packet_parse(f->parser, &p, linktype, data, len, now_us) == 0)
		ahead_put(f->ahead, &p);
	else if (ahead_count(f->ahead, &ts_us) == 0)
		track_advance(f->track, now_us);
	return true;
}

void feed_pause(struct feed *f)
{
	(void)work_down_to(f, 0);
}

void feed_tick(struct feed *f)
{
	track_advance(f->track, clock_now_us() - LAG_US);
}

enum feed_end feed_end_some(struct feed *f)
{
	if (!work_down_to(f, 0))
		return FEED_FULL;
	for (int i = 0; i < END_AT_ONCE; i++) {
		if (is_full(f))
			return FEED_FULL;
		if (!track_end_one(f->track))
			return FEED_ENDED;
	}
	return FEED_MORE;
}

void feed_times(const struct feed *f, int64_t *first_us, int64_t *last_us)
{
	track_times(f->track, first_us, last_us);
}

static void start_dpi(struct feed *f)
{
	const struct conf *c = f->setup.conf;

	if (!c->dpi)
		return;
	f->dpi = dpi_new((size_t)c->dpi_bytes, f->setup.counters);
	if (f->dpi == NULL)
		log_warn("capture", "nDPI cannot be started; going on without "
				    "it");
}

/* False: it was said. */
static bool start_radius(struct feed *f)
{
	const struct conf *c = f->setup.conf;
	char err[CONF_ERROR_BYTES];

	if (c->radius_ports.n == 0)
		return true;
	f->radius = radius_tap_new(c, f->setup.counters, err, sizeof(err));
	if (f->radius == NULL)
		log_error("capture", "%s", err);
	return f->radius != NULL;
}

struct feed *feed_new(const struct feed_setup *setup)
{
	struct feed *f = calloc(1, sizeof(*f));
	const struct conf *c = setup->conf;
	struct track_setup t = {.conf = c,
	    .privacy = setup->privacy,
	    .counters = setup->counters,
	    .put = setup->put,
	    .refresh = setup->refresh,
	    .arg = setup->arg,
	    .repeatable = setup->is_full != NULL};

	if (f == NULL)
		goto fail;
	f->setup = *setup;
	start_dpi(f);
	if (!start_radius(f)) {
		feed_free(f);
		return NULL;
	}
	t.dpi = f->dpi;
	t.radius = f->radius;
	f->track = track_new(&t);
	if (f->track == NULL)
		goto fail;
	f->parser = packet_parser_new(setup->counters, c->checksums,
	    (size_t)c->fragment_bytes, track_ports(f->track));
	f->ahead = ahead_new(f->track, setup->counters);
	if (f->parser != NULL && f->radius != NULL)
		packet_parser_radius(f->parser, radius_tap_ports(f->radius));
	if (f->parser != NULL && f->ahead != NULL)
		return f;
fail:
	feed_free(f);
	log_error("capture",
	    "out of memory for %" PRId64 " flows; lower max_flows",
	    c->max_flows);
	return NULL;
}

void feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	ahead_free(f->ahead);
	packet_parser_free(f->parser);
	track_free(f->track);
	radius_tap_free(f->radius);
	dpi_free(f->dpi);
	free(f);
}
