/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/scene.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"

#define NEVER_BAD      "bot_burst spam_bot spoofed_sender"
#define NEVER_OURS     NEVER_BAD " compromised_account"
#define NEVER_ANY      NEVER_OURS " misconfigured_client port_probe"
#define SHARED_FIRST   4100 /* number of household 0's customer */
#define HOMES_APART_US (20 * US_PER_S)
#define DYN            CLASS_DYNAMIC
#define STA            CLASS_STATIC
#define ONE            0, 0, -1

/* Columns: see struct scenario. */
const struct scenario scenarios[] = {
    {"burst_bot", play_burst_bot, "C1001", DYN, "198.51.100.10/32", "", 101, 40,
	1200, "bot_burst", "yes", "spoofed_sender misconfigured_client", ONE},
    {"burst_dialogue", play_burst_dialogue, "C1002", DYN, "198.51.100.11/32",
	"", 101, 90, 2400, "bot_burst", "yes",
	"spoofed_sender misconfigured_client", ONE},
    {"spoof_bot", play_spoof_bot, "C1003", DYN, "198.51.100.12/32", "", 0, 60,
	1800, "spoofed_sender", "yes", "bot_burst misconfigured_client", ONE},
    {"slow_bot", play_slow_bot, "C1004", DYN, "198.51.100.13/32", "", 0, 120,
	300, "spam_bot", "yes", "bot_burst spoofed_sender misconfigured_client",
	ONE},
    {"carrier_bot", play_carrier_bot, "C1005", DYN, "198.51.100.14/32", "", 102,
	25, 3000, "spam_bot", "yes",
	"bot_burst spoofed_sender misconfigured_client", ONE},
    {"ipv6_bot", play_ipv6_bot, "C1006", DYN, "2001:db8:106:600::/56", "", 0,
	35, 5400, "bot_burst", "yes", "spoofed_sender misconfigured_client",
	ONE},
    {"blocked_syns", play_blocked_syns, "C1007", DYN, "198.51.100.15/32", "", 0,
	30, 2000, "blocked_attempts", "no", NEVER_ANY, ONE},
    {"forged_syns", play_forged_syns, "C1008", DYN, "198.51.100.16/32", "", 0,
	50, 4000, "-", "no", NEVER_OURS " misconfigured_client", ONE},
    {"innocent_587", play_innocent_587, "C1009", DYN, "198.51.100.17/32", "", 0,
	30, 600, "-", "no", NEVER_ANY, ONE},
    {"misconfigured", play_misconfigured, "C1010", DYN, "198.51.100.18/32", "",
	0, 45, 900, "misconfigured_client", "no", NEVER_OURS, ONE},
    {"nas", play_nas, "C1011", DYN, "198.51.100.19/32", "", 0, 20, 500, "-",
	"no", NEVER_ANY, ONE},
    {"own_server_user", play_own_server_user, "C1012", DYN, "198.51.100.20/32",
	"", 0, 8, 700, "-", "no", NEVER_ANY, ONE},
    {"nonsmtp", play_nonsmtp, "C1013", DYN, "198.51.100.21/32", "", 0, 70, 800,
	"-", "no", NEVER_ANY, ONE},
    {"cgn_server", play_cgn_server, "C1014", DYN, "100.64.0.10/32",
	"cabin.example", 0, 40, 1000, "-", "no", NEVER_ANY, ONE},
    {"home_server", play_home_server, "C2001", STA, "192.0.2.10/32",
	"home.example", 0, 30, 120, "-", "no", NEVER_ANY, ONE},
    {"mailing_list", play_mailing_list, "C2002", STA, "192.0.2.11/32",
	"list.example", 0, 55, 4500, "-", "no", NEVER_ANY, ONE},
    {"forwarder", play_forwarder, "C2003", STA, "192.0.2.12/32",
	"forward.example", 0, 30, 350, "-", "no", NEVER_ANY, ONE},
    {"starttls_server", play_starttls_server, "C2004", STA,
	"2001:db8:107:400::/56", "secure.example", 0, 30, 450, "-", "no",
	NEVER_ANY, ONE},
    {"bdat_client", play_bdat_client, "C2005", STA, "192.0.2.14/32",
	"chunk.example", 0, 30, 1500, "-", "no", NEVER_ANY, ONE},
    {"pipeliner", play_pipeliner, "C2006", STA, "192.0.2.15/32", "pipe.example",
	103, 150, 1600, "-", "no", NEVER_ANY, ONE},
    {"midstream_and_oneway", play_midstream_and_oneway, "C2007", STA,
	"192.0.2.16/32", "half.example", 0, 30, 1700, "-", "no", NEVER_ANY,
	ONE},
    {"probe", play_probe, "C2008", STA, "192.0.2.17/32", "", 0, 15, 6000,
	"port_probe", "no", NEVER_OURS " misconfigured_client", ONE},
    {"oversize", play_oversize, "C2009", STA, "192.0.2.18/32",
	"archive.example", 0, 30, 2100, "-", "no", NEVER_ANY, ONE},
    {"lossy", play_lossy, "C2010", STA, "192.0.2.19/32", "radio.example", 0,
	300, 2200, "-", "no", NEVER_ANY, ONE},
    {"syn_flood", play_syn_flood, "C2011", STA, "192.0.2.20/32", "", 0, 30, 20,
	"port_probe", "any",
	"spoofed_sender compromised_account misconfigured_client", ONE},
    {"unknown_client", play_unknown_client, "-", CLASS_UNKNOWN,
	"198.51.100.200/32", "", 0, 40, 2600, "-", "no", NEVER_ANY, ONE},
    {"offnet_user", play_offnet_user, "-", CLASS_UNKNOWN, "203.0.113.5/32", "",
	0, 80, 2700, "-", "no", NEVER_ANY, ONE},
    {"transit", play_transit, "-", CLASS_UNKNOWN, "203.0.113.6/32", "", 0, 80,
	2800, "-", "no", NEVER_ANY, ONE},
    {"shared_bot", play_burst_bot, "C4117", DYN, SHARED_ADDR "/32", "", 0, 40,
	1200, "bot_burst", "yes", "spoofed_sender misconfigured_client", 1, 17,
	-1},
    {"shared_homes", play_shared_home, "C4100", DYN, SHARED_ADDR "/32", "", 0,
	40, 300, "-", "no", NEVER_ANY, 61, 0, 17},
};
const size_t n_scenarios = sizeof(scenarios) / sizeof(scenarios[0]);

const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < n_scenarios; i++)
		if (strcmp(scenarios[i].name, name) == 0)
			return &scenarios[i];
	return NULL;
}

const char *scenario_customer(
    const struct scenario *sc, int home, char *buf, size_t size)
{
	if (sc->homes == 0)
		snprintf(buf, size, "%s", sc->customer);
	else
		snprintf(buf, size, "C%d", SHARED_FIRST + home);
	return buf;
}

static void play_one(
    struct world *w, const struct scenario *sc, int home, FILE *truth)
{
	struct scene s = {.w = w,
	    .sc = sc,
	    .home = home,
	    .path = {.rtt_us = sc->rtt_ms * 1000,
		.lost = 8,
		.late = 4,
		.swapped = 6,
		.twice = 4},
	    .start_us = WORLD_BEGIN_US + sc->start_s * US_PER_S};
	struct prefix p;
	char text[ADDR_STRLEN], name[64], customer[32];

	prefix_parse(&p, sc->prefix);
	snprintf(name, sizeof(name), "%s", sc->name);
	if (home >= 0)
		snprintf(name, sizeof(name), "%s %d", sc->name, home);
	prng_seed(&s.rng, w->seed, name);
	s.client = prefix_first(&p);
	if (p.len < 128)
		s.client.b[15] = 0x25;
	s.port = (uint16_t)prng_range(&s.rng, 32768, 50000);
	if (home >= 0) {
		s.port = shared_port(w->share, home, 0);
		s.start_us += home * HOMES_APART_US;
	}
	pcapout_mark(&w->out);
	sc->play(&s);
	fprintf(truth, "%s,%s,%s,%s,%s,%s,%s,%u,%" PRId64 ",%" PRId64 "\n",
	    sc->name, scenario_customer(sc, home, customer, sizeof(customer)),
	    sc->line_class == CLASS_UNKNOWN ? "-"
					    : line_class_name(sc->line_class),
	    addr_format(&s.client, text), sc->expect, sc->block, sc->must_not,
	    s.sessions, w->out.first_us, w->out.last_us);
}

void scene_play(struct world *w, const struct scenario *sc, FILE *truth)
{
	if (sc->homes == 0)
		play_one(w, sc, -1, truth);
	for (int i = 0; i < sc->homes; i++)
		if (sc->first_home + i != sc->but_home)
			play_one(w, sc, sc->first_home + i, truth);
}

int64_t scene_time(struct scene *s, int64_t offset_s)
{
	return s->start_us + offset_s * US_PER_S + prng_below(&s->rng, 1000000);
}

struct dest *scene_dest(struct scene *s, unsigned int i)
{
	return &s->w->dests[i % WORLD_DESTS];
}

struct dest *scene_any_dest(struct scene *s)
{
	return scene_dest(s, prng_below(&s->rng, WORLD_DESTS));
}

const struct addr *scene_server(const struct scene *s, const struct dest *d)
{
	return addr_is_v4(&s->client) ? &d->v4 : &d->v6;
}

void scene_connect(struct scene *s, struct conn *c, const struct addr *server,
    uint16_t port, int64_t at_us)
{
	uint32_t rtt_us = s->path.rtt_us;

	memset(c, 0, sizeof(*c));
	c->out = &s->w->out;
	c->rng = &s->rng;
	c->peer[CLIENT] = (struct net_peer){s->client, s->port};
	c->peer[SERVER] = (struct net_peer){*server, port};
	c->vlan = s->sc->vlan;
	c->path = s->path;
	c->path.rtt_us = rtt_us + prng_below(&s->rng, rtt_us);
	s->port = s->port >= 60000 ? 32768 : s->port + 1;
	s->sessions++;
	if (s->home >= 0)
		s->port = shared_port(s->w->share, s->home, s->sessions);
	conn_init(c, at_us);
}
