/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/match.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/quality.h"
#include "reports/subscriber.h"
#include "store/read.h"
#include "store/write.h"

#define CLOCK_OFF_US (300 * US_PER_S)

static const struct {
	const char *word, *text;
} reasons[] = {
    {"no_source", "it names no source address"},
    {"no_time", "it does not say when the mail came"},
    {"future", "its time is later than its arrival"},
    {"nobody", "nobody is known to have had the address then"},
    {"no_port", "several shared the address, and it names no source port"},
    {"wrong_port", "several shared the address, and nobody had this port"},
    {"changed_hands", "the address changed hands within five minutes of its "
		      "time, and clocks differ"},
};

const char *complaint_unmatched(const char *word)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(word, reasons[i].word) == 0)
			return reasons[i].text;
	return "";
}

static int nobody(struct complaint *c, const char *word)
{
	snprintf(c->unmatched, sizeof(c->unmatched), "%s", word);
	return 0;
}

/* Whether somebody else had it a little before or after. 1, 0, -1. */
static int changed_hands(
    struct db *db, const struct conf *conf, const struct complaint *c)
{
	for (int side = -1; side <= 1; side += 2) {
		struct lease l;
		int rc = subscriber_at(db, conf, &c->client, c->client_port,
		    c->at_us + side * CLOCK_OFF_US, &l);

		if (rc < 0)
			return -1;
		if (rc == 2 ||
		    (rc == 1 && strcmp(l.customer, c->customer) != 0))
			return 1;
	}
	return 0;
}

static int find(struct db *db, const struct conf *conf, struct complaint *c)
{
	struct lease l;
	int rc =
	    subscriber_at(db, conf, &c->client, c->client_port, c->at_us, &l);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return nobody(c, "nobody");
	if (rc == 2)
		return nobody(
		    c, c->client_port == 0 ? "no_port" : "wrong_port");
	memcpy(c->customer, l.customer, sizeof(c->customer));
	c->line_class = l.line_class;
	rc = changed_hands(db, conf, c);
	if (rc == 0)
		return 0;
	c->customer[0] = '\0';
	c->line_class = CLASS_UNKNOWN;
	return rc < 0 ? -1 : nobody(c, "changed_hands");
}

int complaint_match(struct db *db, const struct conf *conf, struct complaint *c)
{
	static const struct addr none;

	memset(c->customer, 0, sizeof(c->customer));
	memset(c->unmatched, 0, sizeof(c->unmatched));
	c->line_class = CLASS_UNKNOWN;
	if (addr_equal(&c->client, &none))
		return nobody(c, "no_source");
	if (c->at_us == 0)
		return nobody(c, "no_time");
	if (c->at_us > c->received_us + CLOCK_OFF_US)
		return nobody(c, "future");
	return find(db, conf, c);
}

int complaint_store(
    struct db *db, const struct conf *conf, struct complaint *c, bool dry)
{
	int rc;

	if (complaint_match(db, conf, c) != 0)
		return -1;
	if (!dry)
		return write_complaint(db, c);
	rc = read_complaint_key(db, c->key, &c->id);
	return rc < 0 ? -1 : rc == 0;
}

struct listing {
	const struct complaint *c;
	const struct incident *i;
	char *buf;
	size_t size;
};

/* Whole or not at all. */
static void add_id(struct listing *l, char letter, int64_t id)
{
	size_t n = strlen(l->buf);
	int len = snprintf(l->buf + n, l->size - n, "%s%c%" PRId64,
	    n > 0 ? " " : "", letter, id);

	if (len < 0 || (size_t)len >= l->size - n)
		l->buf[n] = '\0';
}

static int take_incident(void *arg, const struct incident *i)
{
	struct listing *l = arg;

	if (quality_covers(i, l->c))
		add_id(l, 'I', i->id);
	return 0;
}

int complaint_incidents(
    struct db *db, const struct complaint *c, char *buf, size_t size)
{
	struct listing l = {.c = c, .buf = buf, .size = size};
	struct read_range r = {
	    .customer = c->customer, .state = -1, .kind = -1};

	buf[0] = '\0';
	if (c->customer[0] == '\0')
		return 0;
	return read_incidents(db, &r, take_incident, &l) == 0 ? 0 : -1;
}

static int take_complaint(void *arg, const struct complaint *c)
{
	struct listing *l = arg;

	if (quality_covers(l->i, c))
		add_id(l, 'R', c->id);
	return 0;
}

int complaints_of(
    struct db *db, const struct incident *i, char *buf, size_t size)
{
	struct listing l = {.i = i, .buf = buf, .size = size};
	struct complaint_range r = {.customer = i->customer};

	buf[0] = '\0';
	return read_complaints(db, &r, take_complaint, &l) == 0 ? 0 : -1;
}
