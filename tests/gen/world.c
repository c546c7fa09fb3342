/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/world.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/gen/sign.h"

static const char *const words[] = {"alder", "beech", "cedar", "dogwood", "elm",
    "fir", "ginkgo", "hazel", "iris", "juniper", "kapok", "larch", "maple",
    "nutmeg", "oak", "pine", "quince", "rowan", "spruce", "teak", "ulmus",
    "viburnum", "willow", "xylia", "yew", "zelkova"};
#define N_WORDS (sizeof(words) / sizeof(words[0]))

static const char *const endings[] = {
    "example", "example.com", "example.net", "example.org"};

/* Each reaches -all in another way. */
static const struct liar {
	const char *domain, *spf;
} liars[WORLD_LIARS] = {
    {"bank.example", "v=spf1 -all"},
    {"parcel.example", "v=spf1 ip4:203.0.113.240/29 -all"},
    {"airline.example", "v=spf1 mx -all"},
    {"insurance.example", "v=spf1 include:spf.provider.example -all"},
    {"tickets.example", "v=spf1 redirect=spf.provider.example"},
    {"payments.example", "v=spf1 a mx ip6:2001:db8:f0f0::/48 -all"},
    {"lottery.example.com", "v=spf1 ip4:203.0.113.250 -all"},
    {"hotel.example.net", "v=spf1 a:mx.hotel.example.net -all"},
};

struct addr world_addr(const char *fmt, ...)
{
	char text[ADDR_STRLEN];
	struct addr a;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (addr_parse(&a, text) == -1)
		log_fatal("trafficgen", "no address: %s", text);
	return a;
}

static void init_dest(struct dest *d, unsigned int i)
{
	const char *word = words[i % N_WORDS];
	const char *ending = endings[i / N_WORDS % 4];

	snprintf(d->domain, sizeof(d->domain), "%s%s.%s", word,
	    i / N_WORDS >= 4 ? "-two" : "", ending);
	snprintf(d->mx, sizeof(d->mx), "mx.%s", d->domain);
	d->v4 = i % 2 == 0 ? world_addr("203.0.113.%u", 10 + i / 2)
			   : world_addr("198.18.%u.25", i);
	d->v6 = world_addr("2001:db8:f0%02x::25", i);
}

static void init_carrier(struct dest *d, unsigned int i)
{
	snprintf(d->domain, sizeof(d->domain), "carrier-%c.example",
	    (char)('a' + i / 2));
	snprintf(d->mx, sizeof(d->mx), "mx%u.%s", i % 2 + 1, d->domain);
	d->v4 = world_addr("198.19.%u.%u", i / 2, 25 + i % 2);
	d->v6 = world_addr("2001:db8:f1%02x::%x", i / 2, 0x25 + i % 2);
}

void world_init(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	for (unsigned int i = 0; i < WORLD_DESTS; i++)
		init_dest(&w->dests[i], i);
	for (unsigned int i = 0; i < WORLD_CARRIERS; i++)
		init_carrier(&w->carriers[i], i);
}

void world_free(struct world *w)
{
	for (size_t i = 0; i < w->n_marks; i++)
		free(w->marks[i].text);
	free(w->marks);
	pcapout_free(&w->out);
}

void world_add_mark(struct world *w, const char *kind, const char *text)
{
	if (w->n_marks == w->cap_marks) {
		w->cap_marks = w->cap_marks == 0 ? 1024 : w->cap_marks * 2;
		w->marks = realloc(w->marks, w->cap_marks * sizeof(*w->marks));
		if (w->marks == NULL)
			log_fatal("trafficgen", "out of memory");
	}
	w->marks[w->n_marks].kind = kind;
	w->marks[w->n_marks].text = strdup(text);
	if (w->marks[w->n_marks++].text == NULL)
		log_fatal("trafficgen", "out of memory");
}

const char *world_mark(struct world *w, struct prng *rng, const char *kind,
    char buf[static MARK_LEN])
{
	static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";
	char tail[13];

	for (size_t i = 0; i < 12; i++)
		tail[i] = digits[prng_below(rng, 32)];
	tail[12] = '\0';
	snprintf(buf, MARK_LEN, "zq%s%s", kind, tail);
	world_add_mark(w, kind, buf);
	return buf;
}

const char *world_liar(unsigned int i)
{
	return liars[i % WORLD_LIARS].domain;
}

static void write_host(FILE *f, const struct dest *d)
{
	char text[ADDR_STRLEN];

	fprintf(f, "%s. 3600 IN A %s\n", d->mx, addr_format(&d->v4, text));
	fprintf(f, "%s. 3600 IN AAAA %s\n", d->mx, addr_format(&d->v6, text));
}

static void write_spf(FILE *f, const char *domain, const char *spf)
{
	fprintf(f, "%s. 3600 IN TXT \"%s\"\n", domain, spf);
}

void world_write_key(FILE *f, const char *domain)
{
	char record[SIGN_RECORD_BYTES];

	sign_record(domain, record);
	fprintf(f, SIGN_SELECTOR "._domainkey.%s. 3600 IN TXT \"%s\"\n", domain,
	    record);
}

/* Only the domains whose number is a multiple of 4 publish -all. */
static void write_dest(FILE *f, const struct dest *d, unsigned int i)
{
	static const char *const spf[] = {
	    "v=spf1 mx -all", "v=spf1 mx ~all", NULL, "v=spf1 mx ?all"};

	fprintf(f, "%s. 3600 IN MX 10 %s.\n", d->domain, d->mx);
	write_host(f, d);
	if (spf[i % 4] != NULL)
		write_spf(f, d->domain, spf[i % 4]);
	if (i % 4 == 0)
		world_write_key(f, d->domain);
}

static void write_liar(FILE *f, unsigned int i)
{
	const char *domain = liars[i].domain;

	fprintf(f, "%s. 3600 IN MX 10 mx.%s.\n", domain, domain);
	fprintf(f, "%s. 3600 IN A 203.0.113.%u\n", domain, 240 + i);
	fprintf(f, "mx.%s. 3600 IN A 203.0.113.%u\n", domain, 240 + i);
	write_spf(f, domain, liars[i].spf);
	world_write_key(f, domain);
}

void world_write_zone(const struct world *w, FILE *f)
{
	fputs(". 3600 IN SOA ns.example. hostmaster.example. 2026110201 "
	      "7200 900 1209600 300\n"
	      ". 3600 IN NS ns.example.\n"
	      "ns.example. 3600 IN A 127.0.0.1\n",
	    f);
	for (unsigned int i = 0; i < WORLD_DESTS; i++)
		write_dest(f, &w->dests[i], i);
	for (unsigned int i = 0; i < WORLD_CARRIERS; i++) {
		const struct dest *d = &w->carriers[i];

		fprintf(f, "%s. 3600 IN MX %u %s.\n", d->domain,
		    10 * (i % 2 + 1), d->mx);
		write_host(f, d);
		if (i % 2 == 0)
			write_spf(f, d->domain, "v=spf1 mx ~all");
	}
	for (unsigned int i = 0; i < WORLD_LIARS; i++)
		write_liar(f, i);
	write_spf(
	    f, "spf.provider.example", "v=spf1 ip4:203.0.113.248/31 -all");
	/* The domain is protected, its invented sub-domains do not exist. */
	write_spf(f, "spoofed.example", "v=spf1 -all");
}

void world_write_marks(const struct world *w, FILE *f)
{
	for (size_t i = 0; i < w->n_marks; i++)
		fprintf(f, "%s\t%s\n", w->marks[i].kind, w->marks[i].text);
}
