/* SPDX-License-Identifier: Apache-2.0 */
/* messaging/spam is never written: with smtp it must name the sender's whole
 * address, and at no privacy tier is one in the store (its local part is a
 * keyed hash at most). The customer is not named, and "_internal" has no
 * place here. */
#include "reports/xarf.h"

#include <ctype.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/clock.h"
#include "store/read.h"

#define PAYLOAD_BYTES 1024

/* What the evidence of an incident says of its source. */
struct source {
	struct addr client;
	uint16_t port; /* the client's; 0: not known */
	int64_t first_us, last_us;
	bool inside; /* rows of an address that only this network knows */
};

bool xarf_contact_ok(const char *contact)
{
	const char *at = strchr(contact, '@');

	if (!at || at == contact || !strchr(at, '.') || strlen(contact) > 254)
		return false;
	for (const char *c = contact; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && !strchr(c < at    ? "._+-"
							   : c == at ? "@"
								     : ".-",
						       *c))
			return false;
	return isalnum((unsigned char)at[1]) &&
	       isalnum((unsigned char)contact[strlen(contact) - 1]);
}

static bool is_bot(enum incident_kind k)
{
	return k == INCIDENT_BOT_BURST || k == INCIDENT_SPAM_BOT ||
	       k == INCIDENT_SPOOFED_SENDER;
}

/* A stolen password was used at our own server, a mail program is set wrongly,
 * a block of ours leaks: no other desk can act on these. */
static bool is_abuse(enum incident_kind k)
{
	return is_bot(k) || k == INCIDENT_PORT_PROBE ||
	       k == INCIDENT_BLOCKED_ATTEMPTS;
}

static int take_row(void *arg, const struct observation *o)
{
	static const struct addr none;
	struct source *s = arg;

	if (o->traffic_case != 2 || o->server_port != 25 ||
	    addr_equal(&o->client, &none))
		return 0;
	/* Behind a NAT of ours: to others it is nobody, or somebody else. */
	if (addr_is_private(&o->client)) {
		s->inside = true;
		return 0;
	}
	if (s->first_us == 0)
		s->first_us = o->start_us;
	s->client = o->client;
	s->last_us = o->ts_us;
	/* A summary tells of many connections, and of no one port. */
	s->port = o->client_port;
	return 0;
}

/* RFC 9562: version 4 has no meaning in its bits but that; made of what the
 * incident is, so that a report sent twice is known for the same. */
static void make_id(
    const struct incident *i, const struct xarf_reporter *r, char id[static 37])
{
	unsigned char h[EVP_MAX_MD_SIZE] = {0};
	char text[512], *at = id;

	snprintf(text, sizeof(text), "sekisho-xarf\n%s\n%" PRId64 "\n%" PRId64,
	    r->contact, i->id, i->opened_us);
	EVP_Digest(text, strlen(text), h, NULL, EVP_sha256(), NULL);
	h[6] = (unsigned char)((h[6] & 0x0f) | 0x40);
	h[8] = (unsigned char)((h[8] & 0x3f) | 0x80);
	for (int n = 0; n < 16; n++)
		at += sprintf(at, "%s%02x",
		    n == 4 || n == 6 || n == 8 || n == 10 ? "-" : "", h[n]);
}

static void write_contact(
    struct jsonw *j, const char *key, const struct xarf_reporter *r)
{
	jsonw_key(j, key);
	jsonw_object_begin(j);
	jsonw_kstring(j, "org", r->org);
	jsonw_kstring(j, "contact", r->contact);
	jsonw_kstring(j, "domain", strchr(r->contact, '@') + 1);
	jsonw_object_end(j);
}

static void write_evidence(struct jsonw *j, const char *words)
{
	unsigned char base64[PAYLOAD_BYTES * 4 / 3 + 8], h[EVP_MAX_MD_SIZE];
	char text[PAYLOAD_BYTES], hash[80] = "sha256:";
	int len;

	len = snprintf(text, sizeof(text), "%s", words);
	len = len < PAYLOAD_BYTES ? len : PAYLOAD_BYTES - 1;
	EVP_EncodeBlock(base64, (const unsigned char *)text, len);
	EVP_Digest(text, (size_t)len, h, NULL, EVP_sha256(), NULL);
	for (int n = 0; n < 32; n++)
		snprintf(hash + 7 + 2 * n, 3, "%02x", h[n]);
	jsonw_key(j, "evidence");
	jsonw_array_begin(j);
	jsonw_object_begin(j);
	jsonw_kstring(j, "content_type", "text/plain");
	jsonw_kstring(j, "description", "What the sensor counted");
	jsonw_kstring(j, "payload", (const char *)base64);
	jsonw_kstring(j, "hash", hash);
	jsonw_kint(j, "size", len);
	jsonw_object_end(j);
	jsonw_array_end(j);
}

static void write_kind(
    struct jsonw *j, const struct incident *i, const char *words)
{
	char tag[64];

	if (is_bot(i->kind)) {
		jsonw_kstring(j, "category", "infrastructure");
		jsonw_kstring(j, "type", "botnet");
		jsonw_kstring(j, "compromise_evidence", words);
		jsonw_key(j, "bot_capabilities");
		jsonw_array_begin(j);
		jsonw_string(j, "spam");
		jsonw_array_end(j);
	} else {
		jsonw_kstring(j, "category", "connection");
		jsonw_kstring(j, "type", "infected_host");
		jsonw_kstring(j, "protocol", "tcp");
		jsonw_kint(j, "destination_port", 25);
		jsonw_kstring(j, "bot_type", "unknown");
	}
	jsonw_key(j, "tags");
	jsonw_array_begin(j);
	jsonw_string(j, "op25b:direct-to-mx");
	snprintf(tag, sizeof(tag), "sekisho:%s", incident_kind_name(i->kind));
	jsonw_string(j, tag);
	jsonw_array_end(j);
}

/* Numbers only: the summary's words are the analyzer's, these are ours. */
static void describe(const struct incident *i, char words[static PAYLOAD_BYTES])
{
	snprintf(words, PAYLOAD_BYTES,
	    "%s: %" PRId64 " observations at %" PRId64
	    " mail servers on TCP port 25; refused as unknown users %" PRId64
	    ", named on a block list %" PRId64
	    ", with a sender domain whose SPF proves it forged %" PRId64,
	    incident_kind_name(i->kind), i->observations, i->servers,
	    i->unknown_users, i->blocklisted, i->spoofed);
}

enum xarf_result xarf_write(struct jsonw *j, struct db *db,
    const struct incident *i, const struct xarf_reporter *r)
{
	char id[37], client[ADDR_STRLEN], words[PAYLOAD_BYTES];
	struct source s = {0};

	if (!is_abuse(i->kind))
		return XARF_NO_ABUSE;
	if (read_observations(
		db, i->customer, i->first_obs, i->last_obs, take_row, &s) != 0)
		return XARF_DB;
	if (s.last_us == 0)
		return s.inside ? XARF_INSIDE : XARF_NO_EVIDENCE;
	make_id(i, r, id);
	describe(i, words);
	jsonw_object_begin(j);
	jsonw_kstring(j, "xarf_version", "4.2.0");
	jsonw_kstring(j, "report_id", id);
	jsonw_ktime(j, "timestamp", s.last_us);
	write_contact(j, "reporter", r);
	write_contact(j, "sender", r);
	jsonw_kstring(j, "source_identifier", addr_format(&s.client, client));
	if (s.port != 0)
		jsonw_kint(j, "source_port", s.port);
	write_kind(j, i, words);
	jsonw_kstring(j, "evidence_source", "traffic_analysis");
	jsonw_ktime(j, "first_seen", s.first_us);
	jsonw_ktime(j, "last_seen", s.last_us);
	jsonw_kstring(j, "description", words);
	write_evidence(j, words);
	jsonw_object_end(j);
	return XARF_OK;
}
