/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the log with all that the store keeps of it, by a table of its
 * members. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/record.pb-c.h"
#include "reports/cli/verb.h"
#include "store/read.h"

enum how {
	AS_NUMBER,
	AS_OPTIONAL, /* 0: null */
	AS_BITS,     /* uint64_t of which any may be set: a text */
	AS_PORT,
	AS_FLAG,
	AS_TIME,
	AS_TEXT, /* "": null */
	AS_WORDS,
	AS_ADDRESS, /* zero: null */
	AS_HEX,     /* zero: null */
	AS_WORD,    /* of base/vocab.h */
	AS_ENUM     /* of base/record.proto */
};
struct member {
	const char *name;
	enum how how;
	size_t offset, size;
	const char *(*word)(int v);
	const ProtobufCEnumDescriptor *values;
	const char *prefix; /* of the names of values */
};

#define WORD_OF(vocab)                                                         \
	static const char *word_##vocab(int v)                                 \
	{                                                                      \
		return vocab##_name(v);                                        \
	}
WORD_OF(obs_kind)
WORD_OF(line_class)
WORD_OF(tier)
WORD_OF(auth_state)
WORD_OF(spf_result)
WORD_OF(verdict)
WORD_OF(login_result)
WORD_OF(op_verb)
WORD_OF(mode)
WORD_OF(label)

#define AT(m)                                                                  \
	offsetof(struct observation, m), sizeof(((struct observation *)0)->m)
#define PLAIN(name, how, m)                                                    \
	{                                                                      \
		name, how, AT(m), NULL, NULL, NULL                             \
	}
#define SAME(how, m) PLAIN(#m, how, m)
#define WORD(name, m, vocab)                                                   \
	{                                                                      \
		name, AS_WORD, AT(m), word_##vocab, NULL, NULL                 \
	}
#define ENUM(m, values, prefix)                                                \
	{                                                                      \
#m, AS_ENUM, AT(m), NULL, &sekisho__##values##__descriptor,    \
		    prefix                                                     \
	}

/* First what observation list has, under the same names. */
static const struct member members[] = {
    SAME(AS_NUMBER, obs_no),
    PLAIN("time", AS_TIME, ts_us),
    WORD("kind", kind, obs_kind),
    SAME(AS_TEXT, customer),
    WORD("class", line_class, line_class),
    PLAIN("case", AS_OPTIONAL, traffic_case),
    SAME(AS_ADDRESS, client),
    SAME(AS_PORT, client_port),
    SAME(AS_ADDRESS, server),
    SAME(AS_PORT, server_port),
    WORD("label", label, label),
    SAME(AS_NUMBER, weight_milli),
    SAME(AS_NUMBER, score_milli),
    SAME(AS_OPTIONAL, reply_code),
    SAME(AS_TEXT, reply_enhanced),
    SAME(AS_NUMBER, rcpt_count),
    SAME(AS_TEXT, mail_from),
    WORD("spf", spf, spf_result),
    WORD("verdict", verdict, verdict),
    SAME(AS_NUMBER, seen_bytes),
    SAME(AS_OPTIONAL, attempts),
    SAME(AS_OPTIONAL, servers),
    SAME(AS_FLAG, authenticated),
    SAME(AS_OPTIONAL, applied_no),
    PLAIN("start", AS_TIME, start_us),
    SAME(AS_TEXT, novelty),
    SAME(AS_TEXT, agent),
    SAME(AS_BITS, boot),
    SAME(AS_NUMBER, seq),
    SAME(AS_BITS, flow_id),
    SAME(AS_FLAG, source_validated),
    WORD("tier", tier, tier),
    ENUM(outcome, outcome, "OUTCOME_"),
    ENUM(helo_verb, helo_verb, "HELO_"),
    ENUM(helo_kind, helo_kind, "HELO_KIND_"),
    SAME(AS_FLAG, helo_null_literal),
    SAME(AS_TEXT, helo),
    SAME(AS_FLAG, mail_from_seen),
    SAME(AS_FLAG, mail_from_null),
    SAME(AS_HEX, mail_from_hash),
    SAME(AS_HEX, rcpt_hash),
    SAME(AS_TEXT, header_from),
    SAME(AS_NUMBER, header_from_count),
    SAME(AS_NUMBER, rcpt_accepted),
    SAME(AS_NUMBER, unknown_users),
    SAME(AS_WORDS, rcpt_domains),
    ENUM(reply_class, reply_class, "REPLY_CLASS_"),
    ENUM(reply_stage, stage, "STAGE_"),
    SAME(AS_FLAG, names_client),
    SAME(AS_OPTIONAL, declared_bytes),
    ENUM(tls, tls_state, "TLS_"),
    ENUM(end, end_of, "END_"),
    SAME(AS_FLAG, header_complete),
    SAME(AS_FLAG, dkim_signature),
    PLAIN("dkim_evidence_bytes", AS_PORT, dkim_evidence.len),
    SAME(AS_FLAG, dkim_more),
    SAME(AS_NUMBER, received_count),
    SAME(AS_FLAG, gap),
    ENUM(auth_outcome, auth_outcome, "AUTH_"),
    SAME(AS_TEXT, auth_mechanism),
    SAME(AS_TEXT, dpi),
    SAME(AS_FLAG, not_smtp),
    SAME(AS_NUMBER, transactions),
    WORD("auth_state", auth_state, auth_state),
    PLAIN("spf_of_helo", AS_FLAG, spf_helo),
    SAME(AS_TEXT, spf_domain),
    SAME(AS_ADDRESS, spf_address),
    SAME(AS_TEXT, spf_term),
    SAME(AS_TEXT, spf_record),
    SAME(AS_NUMBER, spf_lookups),
    SAME(AS_TEXT, spf_trail),
    SAME(AS_TEXT, dkim),
    SAME(AS_TEXT, dmarc),
    SAME(AS_TEXT, verdict_reason),
    SAME(AS_HEX, account_hash),
    WORD("login", login, login_result),
    SAME(AS_NUMBER, messages),
    SAME(AS_FLAG, own_line),
    WORD("op", op, op_verb),
    SAME(AS_OPTIONAL, op_id),
    PLAIN("op_until", AS_TIME, op_until_us),
    SAME(AS_OPTIONAL, op_incident),
    SAME(AS_TEXT, policy_hash),
    WORD("mode", mode, mode),
    SAME(AS_HEX, digest),
};
#define MEMBERS (sizeof(members) / sizeof(members[0]))
_Static_assert(MEMBERS <= OUT_COLUMNS_MAX, "more columns than out.h has");
#define TEXT_BYTES 64

static enum out_type type_of(enum how how)
{
	switch (how) {
	case AS_NUMBER:
	case AS_OPTIONAL:
	case AS_PORT:
		return OUT_NUMBER;
	case AS_FLAG:
		return OUT_FLAG;
	case AS_TIME:
		return OUT_TIME;
	case AS_WORDS:
		return OUT_WORDS;
	case AS_BITS:
	case AS_TEXT:
	case AS_ADDRESS:
	case AS_HEX:
	case AS_WORD:
	case AS_ENUM:
		break;
	}
	return OUT_TEXT;
}

static int64_t load(const struct member *m, const void *p)
{
	uint16_t port;
	int64_t wide;
	int32_t narrow;

	if (m->size == sizeof(port)) {
		memcpy(&port, p, sizeof(port));
		return port;
	}
	if (m->size == sizeof(wide)) {
		memcpy(&wide, p, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, p, sizeof(narrow));
	return narrow;
}

/* "OUTCOME_HALF_OPEN" -> "half_open"; what has no name as its number. */
static struct out_value enum_value(
    const struct member *m, const void *p, char buf[static TEXT_BYTES])
{
	int v = (int)load(m, p);
	const ProtobufCEnumValue *e =
	    protobuf_c_enum_descriptor_get_value(m->values, v);
	size_t n = strlen(m->prefix);

	if (!e)
		snprintf(buf, TEXT_BYTES, "%d", v);
	else
		snprintf(buf, TEXT_BYTES, "%s",
		    strncmp(e->name, m->prefix, n) == 0 ? e->name + n
							: e->name);
	for (char *s = buf; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	return out_text(buf);
}

static struct out_value hex_value(
    const struct member *m, const uint8_t *p, char buf[static TEXT_BYTES])
{
	bool zero = true;

	for (size_t i = 0; i < m->size && 2 * i + 2 < TEXT_BYTES; i++) {
		snprintf(buf + 2 * i, 3, "%02x", p[i]);
		zero &= p[i] == 0;
	}
	return zero ? out_absent() : out_text(buf);
}

static struct out_value address_value(
    const uint8_t *p, char buf[static TEXT_BYTES])
{
	static const struct addr none;
	struct addr a;

	memcpy(&a, p, sizeof(a));
	return addr_equal(&a, &none) ? out_absent()
				     : out_text(addr_format(&a, buf));
}

static struct out_value value_of(const struct member *m,
    const struct observation *o, char buf[static TEXT_BYTES])
{
	const void *p = (const char *)o + m->offset;
	const char *text = p;

	switch (m->how) {
	case AS_NUMBER:
	case AS_PORT:
	case AS_TIME:
		return out_number(load(m, p));
	case AS_OPTIONAL:
		return load(m, p) != 0 ? out_number(load(m, p)) : out_absent();
	case AS_BITS:
		snprintf(buf, TEXT_BYTES, "%" PRIu64, (uint64_t)load(m, p));
		return out_text(buf);
	case AS_FLAG:
		return out_number(*(const bool *)p);
	case AS_TEXT:
	case AS_WORDS:
		return out_text(*text != '\0' ? text : NULL);
	case AS_ADDRESS:
		return address_value(p, buf);
	case AS_HEX:
		return hex_value(m, p, buf);
	case AS_WORD:
		return out_text(m->word((int)load(m, p)));
	case AS_ENUM:
		return enum_value(m, p, buf);
	}
	return out_absent();
}

static int print(struct cli *c, const struct observation *o)
{
	struct out_column columns[MEMBERS];
	struct out_value row[MEMBERS];
	char text[MEMBERS][TEXT_BYTES];
	struct out *out;

	for (size_t i = 0; i < MEMBERS; i++) {
		columns[i] = (struct out_column){
		    members[i].name, type_of(members[i].how), OUT_NARROW};
		row[i] = value_of(&members[i], o, text[i]);
	}
	out = cli_out(c, columns, MEMBERS);
	if (!out)
		return CLI_FAILED;
	out_one(out, row);
	return cli_end_one(c, out);
}

int cli_observation_show(struct cli *c)
{
	static const struct cli_id of = {
	    "observation", '\0', "observation list"};
	struct observation o;
	int64_t no;
	int rc = cli_need_id(c, &of, &no);

	if (rc != CLI_OK)
		return rc;
	rc = read_observation(c->db, no, &o);
	if (rc < 0)
		return cli_fail_db(c);
	return rc == 0 ? cli_no_such(c, &of, no) : print(c, &o);
}
