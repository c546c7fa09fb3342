/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario is one customer's (or stranger's) behaviour and the truth about
 * it; a scene is one performance of it. */
#pragma once

#include "base/vocab.h"
#include "tests/gen/tcp.h"
#include "tests/gen/world.h"

#define EGRESS "198.51.100.254" /* of the CGN range 100.64.0.0/24 */

struct scene;
struct scenario {
	const char *name;
	void (*play)(struct scene *s);
	const char *customer; /* "-": nobody we know */
	enum line_class line_class;
	const char *prefix; /* of the client; the subscriber's entry */
	const char *own_domain;
	int vlan;
	uint32_t rtt_ms;
	int64_t start_s; /* since WORLD_BEGIN_US */
	/* the truth: words of base/vocab.h by spaces, or "-" */
	const char *expect;
	const char *block; /* yes no any */
	const char *must_not;
	/* Behind one address: so many, from this one on, without another's.
	 * The customer's number is the first one's. 0: a line of its own. */
	int homes, first_home, but_home;
};
struct scene {
	struct world *w;
	const struct scenario *sc;
	struct prng rng;
	struct addr client;
	struct path path;
	int64_t start_us;
	uint32_t sessions;
	uint16_t port;
	int home; /* -1: a line of its own */
};

extern const struct scenario scenarios[];
extern const size_t n_scenarios;

const struct scenario *scenario_find(const char *name);
/* The name of the customer in that household. Returns buf. */
const char *scenario_customer(
    const struct scenario *sc, int home, char *buf, size_t size);
/* Plays into the world and writes the lines of the truth file. */
void scene_play(struct world *w, const struct scenario *sc, FILE *truth);
/* start_us and that many seconds, within the next second. */
int64_t scene_time(struct scene *s, int64_t offset_s);
struct dest *scene_dest(struct scene *s, unsigned int i);
/* A foreign domain by chance. */
struct dest *scene_any_dest(struct scene *s);
/* The destination's address in the client's family. */
const struct addr *scene_server(const struct scene *s, const struct dest *d);
/* A new connection of this scene's client, not yet opened. */
void scene_connect(struct scene *s, struct conn *c, const struct addr *server,
    uint16_t port, int64_t at_us);

/* One function for each scenario, in scen_*.c */
void play_burst_bot(struct scene *s);
void play_burst_dialogue(struct scene *s);
void play_spoof_bot(struct scene *s);
void play_slow_bot(struct scene *s);
void play_carrier_bot(struct scene *s);
void play_ipv6_bot(struct scene *s);
void play_home_server(struct scene *s);
void play_mailing_list(struct scene *s);
void play_forwarder(struct scene *s);
void play_starttls_server(struct scene *s);
void play_bdat_client(struct scene *s);
void play_pipeliner(struct scene *s);
void play_oversize(struct scene *s);
void play_cgn_server(struct scene *s);
void play_nas(struct scene *s);
void play_misconfigured(struct scene *s);
void play_innocent_587(struct scene *s);
void play_own_server_user(struct scene *s);
void play_offnet_user(struct scene *s);
void play_transit(struct scene *s);
void play_unknown_client(struct scene *s);
void play_blocked_syns(struct scene *s);
void play_forged_syns(struct scene *s);
void play_probe(struct scene *s);
void play_midstream_and_oneway(struct scene *s);
void play_nonsmtp(struct scene *s);
void play_lossy(struct scene *s);
void play_syn_flood(struct scene *s);
void play_shared_home(struct scene *s);
