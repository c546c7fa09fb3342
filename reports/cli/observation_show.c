/* SPDX-License-Identifier: Apache-2.0 */
/* One row of the log with all that the store keeps of it. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/record.pb-c.h"
#include "reports/cli/verb.h"
#include "store/member.h"
#include "store/read.h"

enum how {
	AS_IT_IS,    /* by the store's type: bytes in hexadecimal digits */
	AS_OPTIONAL, /* 0: null */
	AS_BITS,     /* uint64_t of which any may be set: a text */
	AS_WORDS,
	AS_ADDRESS,
	AS_LENGTH, /* bytes: how many */
	AS_ENUM    /* of base/record.proto */
};
/* A column that is shown under another name or in another way. */
struct manner {
	const char *column, *name;
	enum how how;
	const ProtobufCEnumDescriptor *values;
	const char *prefix; /* of the names of values */
};

#define SAME(column, how)                                                      \
	{                                                                      \
		column, column, how, NULL, NULL                                \
	}
#define NAMED(column, name, how)                                               \
	{                                                                      \
		column, name, how, NULL, NULL                                  \
	}
#define ENUM(column, values, prefix)                                           \
	{                                                                      \
		column, column, AS_ENUM, &sekisho__##values##__descriptor,     \
		    prefix                                                     \
	}
static const struct manner manners[] = {
    /* First what observation list has, under its names. */
    SAME("obs_no", AS_IT_IS),
    NAMED("ts_us", "time", AS_IT_IS),
    SAME("kind", AS_IT_IS),
    SAME("customer", AS_IT_IS),
    NAMED("line_class", "class", AS_IT_IS),
    NAMED("traffic_case", "case", AS_OPTIONAL),
    SAME("client", AS_ADDRESS),
    SAME("client_port", AS_IT_IS),
    SAME("server", AS_ADDRESS),
    SAME("server_port", AS_IT_IS),
    SAME("label", AS_IT_IS),
    SAME("weight_milli", AS_IT_IS),
    SAME("score_milli", AS_IT_IS),
    SAME("reply_code", AS_OPTIONAL),
    SAME("reply_enhanced", AS_IT_IS),
    SAME("rcpt_count", AS_IT_IS),
    SAME("mail_from", AS_IT_IS),
    SAME("spf", AS_IT_IS),
    SAME("verdict", AS_IT_IS),
    SAME("seen_bytes", AS_IT_IS),
    SAME("attempts", AS_OPTIONAL),
    SAME("servers", AS_OPTIONAL),
    SAME("authenticated", AS_IT_IS),
/* Then the store's order. */
#define LEADING 23
    NAMED("start_us", "start", AS_IT_IS),
    SAME("boot", AS_BITS),
    SAME("flow_id", AS_BITS),
    ENUM("outcome", outcome, "OUTCOME_"),
    ENUM("helo_verb", helo_verb, "HELO_"),
    ENUM("helo_kind", helo_kind, "HELO_KIND_"),
    SAME("rcpt_domains", AS_WORDS),
    ENUM("reply_class", reply_class, "REPLY_CLASS_"),
    ENUM("reply_stage", stage, "STAGE_"),
    SAME("declared_bytes", AS_OPTIONAL),
    ENUM("tls", tls_state, "TLS_"),
    ENUM("end", end_of, "END_"),
    NAMED("dkim_evidence", "dkim_evidence_bytes", AS_LENGTH),
    ENUM("auth_outcome", auth_outcome, "AUTH_"),
    NAMED("spf_helo", "spf_of_helo", AS_IT_IS),
    SAME("spf_address", AS_ADDRESS),
    NAMED("op_until_us", "op_until", AS_IT_IS),
};
#define MANNERS    (sizeof(manners) / sizeof(manners[0]))
#define TEXT_BYTES 64

struct shown {
	struct out_column columns[OUT_COLUMNS_MAX];
	struct out_value row[OUT_COLUMNS_MAX];
	char text[OUT_COLUMNS_MAX][TEXT_BYTES];
	size_t n;
};

/* MANNERS: it has none of its own. */
static size_t manner_of(const char *column)
{
	size_t i = 0;

	while (i < MANNERS && strcmp(manners[i].column, column) != 0)
		i++;
	return i;
}

static enum out_type type_of(const struct member *m, enum how how)
{
	if (how == AS_WORDS)
		return OUT_WORDS;
	if (how == AS_BITS || how == AS_ENUM)
		return OUT_TEXT;
	switch (m->type) {
	case MEMBER_NUMBER:
		return OUT_NUMBER;
	case MEMBER_FLAG:
		return OUT_FLAG;
	case MEMBER_TIME:
		return OUT_TIME;
	case MEMBER_BYTES:
		return how == AS_LENGTH ? OUT_NUMBER : OUT_TEXT;
	case MEMBER_TEXT:
		break;
	}
	return OUT_TEXT;
}

/* "OUTCOME_HALF_OPEN" -> "half_open"; what has no name as its number. */
static struct out_value enum_value(
    const struct manner *w, int v, char buf[static TEXT_BYTES])
{
	const ProtobufCEnumValue *e =
	    protobuf_c_enum_descriptor_get_value(w->values, v);
	size_t n = strlen(w->prefix);

	if (!e)
		snprintf(buf, TEXT_BYTES, "%d", v);
	else
		snprintf(buf, TEXT_BYTES, "%s",
		    strncmp(e->name, w->prefix, n) == 0 ? e->name + n
							: e->name);
	for (char *s = buf; *s != '\0'; s++)
		*s = (char)tolower((unsigned char)*s);
	return out_text(buf);
}

static struct out_value hex_value(
    const struct member *m, char buf[static TEXT_BYTES])
{
	for (size_t i = 0; i < m->len && 2 * i + 2 < TEXT_BYTES; i++)
		snprintf(buf + 2 * i, 3, "%02x", m->bytes[i]);
	return out_text(buf);
}

static struct out_value address_value(
    const struct member *m, char buf[static TEXT_BYTES])
{
	struct addr a;

	if (m->len != sizeof(a))
		return out_absent();
	memcpy(&a, m->bytes, sizeof(a));
	return out_text(addr_format(&a, buf));
}

static struct out_value plain_value(
    const struct member *m, char buf[static TEXT_BYTES])
{
	switch (m->type) {
	case MEMBER_NUMBER:
	case MEMBER_FLAG:
	case MEMBER_TIME:
		return out_number(m->number);
	case MEMBER_TEXT:
		return out_text(m->text);
	case MEMBER_BYTES:
		return hex_value(m, buf);
	}
	return out_absent();
}

static struct out_value value_of(
    const struct member *m, const struct manner *w, char buf[static TEXT_BYTES])
{
	if (w && w->how == AS_LENGTH)
		return out_number((int64_t)m->len);
	if (m->absent || (w && w->how == AS_OPTIONAL && m->number == 0))
		return out_absent();
	if (!w)
		return plain_value(m, buf);
	switch (w->how) {
	case AS_BITS:
		snprintf(buf, TEXT_BYTES, "%" PRIu64, (uint64_t)m->number);
		return out_text(buf);
	case AS_ADDRESS:
		return address_value(m, buf);
	case AS_ENUM:
		return enum_value(w, (int)m->number, buf);
	case AS_IT_IS:
	case AS_OPTIONAL:
	case AS_WORDS:
	case AS_LENGTH:
		break;
	}
	return plain_value(m, buf);
}

static void put(struct shown *s, size_t at, const struct member *m, size_t way)
{
	const struct manner *w = way < MANNERS ? &manners[way] : NULL;

	s->columns[at] = (struct out_column){w ? w->name : m->column,
	    type_of(m, w ? w->how : AS_IT_IS), OUT_NARROW};
	s->row[at] = value_of(m, w, s->text[at]);
}

static void fill(struct shown *s, const struct observation *o)
{
	struct member m;

	s->n = LEADING;
	for (size_t i = 0; observation_member(o, i, &m); i++) {
		size_t way = manner_of(m.column);

		if (way < LEADING)
			put(s, way, &m, way);
		else if (s->n < OUT_COLUMNS_MAX)
			put(s, s->n++, &m, way);
	}
}

static int print(struct cli *c, const struct observation *o)
{
	struct shown s = {.n = 0};
	struct out *out;

	fill(&s, o);
	out = cli_out(c, s.columns, s.n);
	if (!out)
		return CLI_FAILED;
	out_one(out, s.row);
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
