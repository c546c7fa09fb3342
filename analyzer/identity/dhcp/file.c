/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/dhcp/dhcpd.h"
#include "analyzer/identity/dhcp/kea.h"
#include "analyzer/identity/lease_line.h"
#include "base/clock.h"

struct lease_file {
	const struct lease_source *source;
	struct lease_file_owner owner;
	struct kea kea;
	struct dhcpd dhcpd;
	int64_t last_s, in_second; /* in_second: events of last_s */
	int64_t counts[LEASE_FILE_COUNTS];
};

const char *lease_file_count_name(enum lease_file_count c)
{
	switch (c) {
	case LEASE_FILE_LINES:
		return "lease_file_lines";
	case LEASE_FILE_EVENTS:
		return "lease_file_events";
	case LEASE_FILE_BAD:
		return "lease_file_bad";
	case LEASE_FILE_NAMELESS:
		return "lease_file_nameless";
	case LEASE_FILE_COUNTS:
		break;
	}
	return "?";
}

static void bad(struct lease_file *f, const char *why)
{
	f->counts[LEASE_FILE_BAD]++;
	if (f->owner.bad)
		f->owner.bad(f->owner.arg, why);
}

/* The files count in seconds; what is written later happened later: an
 * address that is given back and given out in one second has a holder. */
static int64_t time_of(struct lease_file *f, int64_t at_s)
{
	if (at_s > f->last_s) {
		f->last_s = at_s;
		f->in_second = 0;
	}
	return at_s * US_PER_S + (at_s == f->last_s ? f->in_second++ : 0);
}

static int on_grant(void *arg, const struct grant *g)
{
	struct target t = {.prefix = g->prefix};
	struct lease_file *f = arg;
	int64_t expires_us = INT64_MAX;
	struct lease_event e;

	if (g->at_s > INT64_MAX / 4 / US_PER_S) {
		bad(f, "its time is out of bounds");
		return 0;
	}
	memset(&e, 0, sizeof(e));
	e.at_us = time_of(f, g->at_s);
	snprintf(e.source, sizeof(e.source), "dhcp");
	e.targets[e.n_targets++] = t;
	lease_name_session(&e);
	e.verb = LEASE_VERB_END;
	if (g->held && g->customer[0] == '\0') {
		/* Somebody has it, and nobody knows who: not the one before. */
		f->counts[LEASE_FILE_NAMELESS]++;
	} else if (g->held) {
		e.verb = LEASE_VERB_BEGIN;
		memcpy(e.customer, g->customer, sizeof(e.customer));
		if (g->expires_s < INT64_MAX / 4 / US_PER_S)
			expires_us = g->expires_s * US_PER_S;
	}
	f->counts[LEASE_FILE_EVENTS]++;
	return f->owner.event(f->owner.arg, &e, expires_us);
}

static void on_bad(void *arg)
{
	bad(arg, "it is not as dhcpd.leases(5) says");
}

struct lease_file *lease_file_new(
    const struct lease_source *s, struct lease_file_owner owner)
{
	struct lease_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->source = s;
	f->owner = owner;
	kea_init(&f->kea, s->format == LEASE_FORMAT_KEA6, s->field);
	dhcpd_init(&f->dhcpd, s->format == LEASE_FORMAT_DHCPD6, s->field,
	    (struct dhcpd_owner){on_grant, on_bad, f});
	return f;
}

void lease_file_free(struct lease_file *f)
{
	free(f);
}

static int take_line(struct lease_file *f, const char *line, size_t len)
{
	char why[LEASE_WHY_LEN];
	struct lease_event e;
	int rc = lease_line_parse(&e, line, len, why);

	if (rc < 0)
		bad(f, why);
	if (rc != 1)
		return 0;
	f->counts[LEASE_FILE_EVENTS]++;
	return f->owner.event(f->owner.arg, &e, INT64_MAX);
}

static int take_kea(struct lease_file *f, const char *line, size_t len)
{
	struct grant g;
	int rc = kea_line(&f->kea, line, len, &g);

	if (rc < 0)
		bad(f, "it is no line of Kea's lease file");
	return rc == 1 ? on_grant(f, &g) : 0;
}

int lease_file_line(struct lease_file *f, const char *line, size_t len)
{
	f->counts[LEASE_FILE_LINES]++;
	switch (f->source->format) {
	case LEASE_FORMAT_KEA4:
	case LEASE_FORMAT_KEA6:
		return take_kea(f, line, len);
	case LEASE_FORMAT_DHCPD:
	case LEASE_FORMAT_DHCPD6:
		return dhcpd_line(&f->dhcpd, line, len);
	case LEASE_FORMAT_LINES:
	case LEASE_FORMATS:
		break;
	}
	return take_line(f, line, len);
}

bool lease_file_is_between(const struct lease_file *f)
{
	return dhcpd_is_between(&f->dhcpd);
}

int64_t lease_file_count(const struct lease_file *f, enum lease_file_count c)
{
	return f->counts[c];
}
