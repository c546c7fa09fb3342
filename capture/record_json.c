/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/record_json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "base/vocab.h"

/* "END_DELIVERED" with prefix "END_" gives "delivered". */
static void put_enum(struct jsonw *j, const char *key,
    const ProtobufCEnumDescriptor *d, int v, const char *prefix)
{
	const ProtobufCEnumValue *e =
	    protobuf_c_enum_descriptor_get_value(d, v);
	char text[32];
	size_t n = strlen(prefix), i = 0;

	if (e == NULL) { /* from a newer agent */
		jsonw_kstring(j, key, "?");
		return;
	}
	for (const char *p = e->name + n; *p != '\0' && i + 1 < sizeof(text);)
		text[i++] =
		    (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p),
		p++;
	text[i] = '\0';
	jsonw_kstring(j, key, text);
}

#define PUT_ENUM(j, key, name, v, prefix)                                      \
	put_enum(j, key, &sekisho__##name##__descriptor, (int)(v), prefix)

static void put_bytes(
    struct jsonw *j, const char *key, const ProtobufCBinaryData *b)
{
	jsonw_key(j, key);
	jsonw_hex(j, b->data, b->len);
}

static void put_addr(
    struct jsonw *j, const char *key, const ProtobufCBinaryData *b)
{
	char text[ADDR_STRLEN];
	struct addr a;

	if (b->len != sizeof(a.b)) {
		jsonw_kstring(j, key, "");
		return;
	}
	memcpy(a.b, b->data, sizeof(a.b));
	jsonw_kstring(j, key, addr_format(&a, text));
}

static void put_hex64(struct jsonw *j, const char *key, uint64_t v)
{
	char text[17];

	snprintf(text, sizeof(text), "%016" PRIx64, v);
	jsonw_kstring(j, key, text);
}

static void put_helo(struct jsonw *j, const Sekisho__Helo *h)
{
	jsonw_key(j, "helo");
	if (h == NULL) {
		jsonw_null(j);
		return;
	}
	jsonw_object_begin(j);
	PUT_ENUM(j, "verb", helo_verb, h->verb, "HELO_");
	PUT_ENUM(j, "kind", helo_kind, h->kind, "HELO_KIND_");
	jsonw_kstring(j, "name", h->name);
	put_bytes(j, "name_hash", &h->name_hash);
	jsonw_kbool(j, "null_literal", h->null_literal);
	jsonw_object_end(j);
}

static void put_mailbox(struct jsonw *j, const Sekisho__Mailbox *m)
{
	if (m == NULL) {
		jsonw_null(j);
		return;
	}
	jsonw_object_begin(j);
	jsonw_kbool(j, "null_path", m->null_path);
	jsonw_kstring(j, "domain", m->domain);
	put_bytes(j, "domain_hash", &m->domain_hash);
	put_bytes(j, "address_hash", &m->address_hash);
	jsonw_kbool(j, "unparsed", m->unparsed);
	jsonw_object_end(j);
}

static void put_replies(struct jsonw *j, Sekisho__Reply *const *v, size_t n)
{
	jsonw_key(j, "replies");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		jsonw_object_begin(j);
		PUT_ENUM(j, "stage", stage, v[i]->stage, "STAGE_");
		jsonw_kuint(j, "code", v[i]->code);
		jsonw_kstring(j, "enhanced", v[i]->enhanced);
		PUT_ENUM(j, "cls", reply_class, v[i]->cls, "REPLY_CLASS_");
		jsonw_kbool(j, "names_client", v[i]->names_client);
		jsonw_kuint(j, "count", v[i]->count);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void put_attempt(struct jsonw *j, const Sekisho__Attempt *a)
{
	jsonw_kint(j, "start_us", a->start_us);
	PUT_ENUM(j, "outcome", outcome, a->outcome, "OUTCOME_");
	jsonw_kuint(j, "syn_count", a->syn_count);
}

static void put_rcpts(struct jsonw *j, const Sekisho__Transaction *t)
{
	jsonw_kuint(j, "rcpt_count", t->rcpt_count);
	jsonw_kuint(j, "rcpt_accepted", t->rcpt_accepted);
	jsonw_key(j, "rcpt_domains");
	jsonw_array_begin(j);
	for (size_t i = 0; i < t->n_rcpt_domains; i++) {
		const Sekisho__RcptDomain *d = t->rcpt_domains[i];

		jsonw_object_begin(j);
		jsonw_kstring(j, "domain", d->domain);
		put_bytes(j, "domain_hash", &d->domain_hash);
		jsonw_kuint(j, "count", d->count);
		jsonw_kuint(j, "accepted", d->accepted);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_kbool(j, "rcpt_domains_cut", t->rcpt_domains_cut);
	put_bytes(j, "rcpt_hash", &t->rcpt_hash);
}

static void put_dkim(struct jsonw *j, Sekisho__DkimEvidence *const *v, size_t n)
{
	jsonw_key(j, "dkim");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		jsonw_object_begin(j);
		jsonw_kstring(j, "domain", v[i]->domain);
		jsonw_kstring(j, "selector", v[i]->selector);
		PUT_ENUM(
		    j, "algorithm", dkim_algorithm, v[i]->algorithm, "DKIM_");
		jsonw_kstring(j, "identity_domain", v[i]->identity_domain);
		jsonw_kint(j, "signed_s", v[i]->signed_s);
		jsonw_kint(j, "expires_s", v[i]->expires_s);
		PUT_ENUM(j, "body", dkim_body, v[i]->body, "BODY_");
		jsonw_kbool(j, "body_length", v[i]->body_length);
		put_bytes(j, "digest", &v[i]->digest);
		put_bytes(j, "signature", &v[i]->signature);
		jsonw_kbool(j, "malformed", v[i]->malformed);
		jsonw_kbool(j, "from_signed", v[i]->from_signed);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void put_transaction(struct jsonw *j, const Sekisho__Transaction *t)
{
	jsonw_kint(j, "start_us", t->start_us);
	put_helo(j, t->helo);
	jsonw_key(j, "mail_from");
	put_mailbox(j, t->mail_from);
	put_rcpts(j, t);
	put_replies(j, t->replies, t->n_replies);
	jsonw_kuint(j, "declared_bytes", t->declared_bytes);
	jsonw_kuint(j, "seen_bytes", t->seen_bytes);
	jsonw_key(j, "header_from");
	jsonw_array_begin(j);
	for (size_t i = 0; i < t->n_header_from; i++)
		put_mailbox(j, t->header_from[i]);
	jsonw_array_end(j);
	jsonw_kbool(j, "header_complete", t->header_complete);
	jsonw_kbool(j, "dkim_signature", t->dkim_signature);
	jsonw_kuint(j, "received_count", t->received_count);
	PUT_ENUM(j, "tls", tls_state, t->tls, "TLS_");
	PUT_ENUM(j, "end", end_of, t->end, "END_");
	jsonw_kbool(j, "gap", t->gap);
	jsonw_kbool(j, "authenticated", t->authenticated);
	jsonw_key(j, "message_id");
	put_mailbox(j, t->message_id);
	jsonw_kbool(j, "list_id", t->list_id);
	PUT_ENUM(
	    j, "auto_submitted", auto_submitted, t->auto_submitted, "AUTO_");
	jsonw_kbool(j, "smtputf8", t->smtputf8);
	put_dkim(j, t->dkim, t->n_dkim);
}

static void put_close(struct jsonw *j, const Sekisho__Close *c)
{
	jsonw_kint(j, "start_us", c->start_us);
	PUT_ENUM(j, "reason", close_reason, c->reason, "CLOSE_");
	jsonw_kuint(j, "client_bytes", c->client_bytes);
	jsonw_kuint(j, "server_bytes", c->server_bytes);
	jsonw_kuint(j, "client_packets", c->client_packets);
	jsonw_kuint(j, "server_packets", c->server_packets);
	jsonw_kstring(j, "auth_mechanism", c->auth_mechanism);
	PUT_ENUM(j, "auth", auth_outcome, c->auth, "AUTH_");
	PUT_ENUM(j, "tls", tls_state, c->tls, "TLS_");
	jsonw_kstring(j, "dpi", c->dpi);
	jsonw_kuint(j, "gaps", c->gaps);
	jsonw_kuint(j, "lost_bytes", c->lost_bytes);
	jsonw_kuint(j, "transactions", c->transactions);
	jsonw_kbool(j, "not_smtp", c->not_smtp);
	jsonw_kbool(j, "midstream", c->midstream);
	jsonw_kbool(j, "client_unseen", c->client_unseen);
	jsonw_kbool(j, "server_unseen", c->server_unseen);
	put_helo(j, c->helo);
	put_replies(j, c->replies, c->n_replies);
	jsonw_kuint(j, "unknown_commands", c->unknown_commands);
	jsonw_kstring(j, "sni", c->sni);
	put_bytes(j, "sni_hash", &c->sni_hash);
	jsonw_kuint(j, "tls_version", c->tls_version);
	jsonw_key(j, "dpi_risks");
	jsonw_array_begin(j);
	for (size_t i = 0; i < c->n_dpi_risks; i++)
		jsonw_string(j, c->dpi_risks[i]);
	jsonw_array_end(j);
	jsonw_kbool(j, "proxy", c->proxy);
	jsonw_kbool(j, "xclient", c->xclient);
	jsonw_kuint(j, "overlong_lines", c->overlong_lines);
}

static void put_summary(struct jsonw *j, const Sekisho__Summary *s)
{
	jsonw_kint(j, "start_us", s->start_us);
	jsonw_kuint(j, "unanswered", s->unanswered);
	jsonw_kuint(j, "refused", s->refused);
	jsonw_kuint(j, "half_open", s->half_open);
	jsonw_kuint(j, "evicted", s->evicted);
	jsonw_kuint(j, "distinct_servers", s->distinct_servers);
	jsonw_kuint(j, "error", s->error);
	jsonw_kuint(j, "server_port", s->server_port);
	jsonw_kbool(j, "own_servers", s->own_servers);
	jsonw_kuint(j, "failed_servers", s->failed_servers);
}

static void put_counters(struct jsonw *j, const Sekisho__Counters *c)
{
	jsonw_key(j, "counters");
	jsonw_object_begin(j);
	for (size_t i = 0; i < c->n_counters; i++)
		jsonw_kuint(j, c->counters[i]->name, c->counters[i]->value);
	jsonw_object_end(j);
}

static const char *type_name(Sekisho__Record__BodyCase body)
{
	switch (body) {
	case SEKISHO__RECORD__BODY_ATTEMPT:
		return "attempt";
	case SEKISHO__RECORD__BODY_TRANSACTION:
		return "transaction";
	case SEKISHO__RECORD__BODY_CLOSE:
		return "close";
	case SEKISHO__RECORD__BODY_COUNTERS:
		return "counters";
	case SEKISHO__RECORD__BODY_SUMMARY:
		return "summary";
	case SEKISHO__RECORD__BODY_LEASE:
		return "lease";
	case SEKISHO__RECORD__BODY__NOT_SET:
	case _SEKISHO__RECORD__BODY__CASE_IS_INT_SIZE:
		break;
	}
	return "?";
}

static void put_target(struct jsonw *j, const Sekisho__LeaseTarget *t)
{
	char text[PREFIX_STRLEN] = "";
	struct prefix p = {.len = (uint8_t)t->length};

	if (t->addr.len == sizeof(p.addr.b) && t->length <= 128) {
		memcpy(p.addr.b, t->addr.data, sizeof(p.addr.b));
		prefix_format(&p, text);
	}
	jsonw_object_begin(j);
	jsonw_kstring(j, "prefix", text);
	jsonw_kuint(j, "first_port", t->first_port);
	jsonw_kuint(j, "last_port", t->last_port);
	jsonw_object_end(j);
}

static void put_lease(struct jsonw *j, const Sekisho__Lease *l)
{
	PUT_ENUM(j, "verb", lease_verb, l->verb, "LEASE_");
	jsonw_kint(j, "at_us", l->at_us);
	jsonw_kstring(j, "nas", l->nas);
	jsonw_kstring(j, "session", l->session);
	jsonw_kstring(j, "customer", l->customer);
	jsonw_kstring(j, "line_class", l->line_class);
	jsonw_key(j, "targets");
	jsonw_array_begin(j);
	for (size_t i = 0; i < l->n_targets; i++)
		put_target(j, l->targets[i]);
	jsonw_array_end(j);
}

static void put_outer(struct jsonw *j, const Sekisho__Outer *o)
{
	jsonw_key(j, "outer");
	if (o == NULL) {
		jsonw_null(j);
		return;
	}
	jsonw_object_begin(j);
	jsonw_kuint(j, "pppoe_session", o->pppoe_session);
	jsonw_kuint(j, "mpls_label", o->mpls_label);
	PUT_ENUM(j, "tunnel", tunnel, o->tunnel, "TUNNEL_");
	put_addr(j, "tunnel_addr", &o->tunnel_addr);
	jsonw_kuint(j, "tunnel_id", o->tunnel_id);
	jsonw_object_end(j);
}

static void put_head(
    struct jsonw *j, const Sekisho__Record *r, const char *agent, uint64_t boot)
{
	jsonw_kstring(j, "type", type_name(r->body_case));
	jsonw_kstring(j, "agent", agent);
	put_hex64(j, "boot", boot);
	jsonw_kuint(j, "seq", r->seq);
	put_hex64(j, "flow_id", r->flow_id);
	jsonw_kint(j, "ts_us", r->ts_us);
	put_addr(j, "client", &r->client_addr);
	jsonw_kuint(j, "client_port", r->client_port);
	put_addr(j, "server", &r->server_addr);
	jsonw_kuint(j, "server_port", r->server_port);
	jsonw_key(j, "vlan");
	jsonw_array_begin(j);
	for (size_t i = 0; i < r->n_vlan; i++)
		jsonw_uint(j, r->vlan[i]);
	jsonw_array_end(j);
	put_outer(j, r->outer);
	jsonw_kstring(j, "tier", tier_name((enum tier)r->tier));
}

void record_json(
    struct jsonw *j, const Sekisho__Record *r, const char *agent, uint64_t boot)
{
	jsonw_object_begin(j);
	put_head(j, r, agent, boot);
	switch (r->body_case) {
	case SEKISHO__RECORD__BODY_ATTEMPT:
		put_attempt(j, r->attempt);
		break;
	case SEKISHO__RECORD__BODY_TRANSACTION:
		put_transaction(j, r->transaction);
		break;
	case SEKISHO__RECORD__BODY_CLOSE:
		put_close(j, r->close);
		break;
	case SEKISHO__RECORD__BODY_COUNTERS:
		put_counters(j, r->counters);
		break;
	case SEKISHO__RECORD__BODY_SUMMARY:
		put_summary(j, r->summary);
		break;
	case SEKISHO__RECORD__BODY_LEASE:
		put_lease(j, r->lease);
		break;
	case SEKISHO__RECORD__BODY__NOT_SET:
	case _SEKISHO__RECORD__BODY__CASE_IS_INT_SIZE:
		break;
	}
	jsonw_object_end(j);
	jsonw_newline(j);
}
