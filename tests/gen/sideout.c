/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/sideout.h"

#include "tests/gen/scene.h"

#define QUIET_LINES 12

void sideout_copy(unsigned int i, char *customer, size_t size,
    char prefix[static PREFIX_STRLEN])
{
	snprintf(customer, size, "M%04u", i);
	snprintf(prefix, PREFIX_STRLEN, "100.65.%u.%u/32", i % 20, 10 + i / 20);
}

static void write_homes(
    const struct world *w, const struct scenario *sc, FILE *f)
{
	for (int i = 0; i < sc->homes; i++) {
		int home = sc->first_home + i;
		char prefix[64], customer[32];

		if (home == sc->but_home)
			continue;
		fprintf(f, "%s,%s,%s,\n",
		    shared_inside(w->share, home, prefix, sizeof(prefix)),
		    scenario_customer(sc, home, customer, sizeof(customer)),
		    line_class_name(sc->line_class));
	}
}

/* Every scenario's customer, whichever is played, and lines that are silent;
 * so the file is the same for all. */
void sideout_subscribers(const struct world *w, unsigned int copies, FILE *f)
{
	char customer[16], prefix[PREFIX_STRLEN];

	fputs("prefix,customer,class,own_domains\n", f);
	for (size_t i = 0; i < n_scenarios; i++) {
		const struct scenario *sc = &scenarios[i];

		if (sc->line_class == CLASS_UNKNOWN || sc->homes > 0)
			continue;
		fprintf(f, "%s,%s,%s,%s\n", sc->prefix, sc->customer,
		    line_class_name(sc->line_class), sc->own_domain);
	}
	for (unsigned int i = 1; i <= copies; i++) {
		sideout_copy(i, customer, sizeof(customer), prefix);
		fprintf(f, "%s,%s,dynamic,\n", prefix, customer);
	}
	/* A second line of the home server's owner. */
	fputs("2001:db8:107:100::/56,C2001,static,home.example\n", f);
	for (int i = 0; i < QUIET_LINES; i++)
		fprintf(
		    f, "198.51.100.%d/32,C%d,dynamic,\n", 100 + i, 3001 + i);
	for (size_t i = 0; w->share != SHARED_NONE && i < n_scenarios; i++)
		write_homes(w, &scenarios[i], f);
}

static void write_own_domain(FILE *f, const struct scenario *sc)
{
	const char *domain = sc->own_domain;
	struct prefix p;
	char text[ADDR_STRLEN];
	bool v4;

	prefix_parse(&p, sc->prefix);
	if (p.len < 128)
		p.addr.b[15] = 0x25;
	addr_format(&p.addr, text);
	v4 = addr_is_v4(&p.addr);
	if (addr_is_private(&p.addr))
		snprintf(text, sizeof(text), "%s", EGRESS);
	fprintf(f, "%s. 3600 IN MX 10 mail.%s.\n", domain, domain);
	fprintf(f, "mail.%s. 3600 IN %s %s\n", domain, v4 ? "A" : "AAAA", text);
	fprintf(f, "%s. 3600 IN TXT \"v=spf1 mx -all\"\n", domain);
	fprintf(f, "mail.%s. 3600 IN TXT \"v=spf1 a -all\"\n", domain);
	world_write_key(f, domain);
}

void sideout_zone(const struct world *w, FILE *f)
{
	world_write_zone(w, f);
	for (size_t i = 0; i < n_scenarios; i++)
		if (scenarios[i].own_domain[0] != '\0')
			write_own_domain(f, &scenarios[i]);
	fputs("isp.example. 3600 IN MX 10 mx1.isp.example.\n"
	      "isp.example. 3600 IN TXT \"v=spf1 ip4:192.0.2.240/29 "
	      "ip6:2001:db8:1ff::25 -all\"\n"
	      "mx1.isp.example. 3600 IN A 192.0.2.241\n"
	      "mx1.isp.example. 3600 IN AAAA 2001:db8:1ff::25\n"
	      "submit.isp.example. 3600 IN A 192.0.2.242\n",
	    f);
}

void sideout_conf(const struct world *w, const struct sideout_paths *p,
    const char *own, const char *validated, FILE *f)
{
	fprintf(f,
	    "# For traffic made by trafficgen.\n"
	    "legal_basis = \"demo: generated traffic\"\n"
	    "privacy_tier = \"domains\"\n"
	    "hash_key_file = \"%s\"\n"
	    "provider = \"Example Net\"\n\n"
	    "network {\n"
	    "\town_networks = {\"198.51.100.0/24\", \"192.0.2.0/25\",\n"
	    "\t    \"2001:db8:100::/40\", \"100.64.0.0/24\"%s}\n"
	    "\town_servers = {\"192.0.2.240/29\", "
	    "\"2001:db8:1ff::25/128\"}\n"
	    "\tsource_validated = {\"192.0.2.0/25\"%s}\n"
	    "\tegress = {\"100.64.0.0/24 " EGRESS "\"}\n"
	    "%s"
	    "}\n\n"
	    "capture {\n"
	    "\tagent = \"tap0\"\n"
	    "}\n\n"
	    "analyzer {\n"
	    "\tsubscribers = \"%s\"\n"
	    "\tmode = \"enforce\"\n"
	    "\tzone = \"%s\"\n"
	    "}\n",
	    p->key_file, own, validated, shared_conf(w->share), p->subscribers,
	    p->zone);
}
