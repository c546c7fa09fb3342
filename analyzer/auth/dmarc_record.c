/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/dmarc_record.h"

#include <string.h>

#include "base/taglist.h"

/* Tags in a record that are looked at, repeated ones included. */
#define TAGS_MAX 64

const char *dmarc_policy_name(enum dmarc_policy p)
{
	switch (p) {
	case DMARC_POLICY_NONE:
		return "none";
	case DMARC_QUARANTINE:
		return "quarantine";
	case DMARC_REJECT:
		return "reject";
	}
	return "?";
}

static bool take_policy(struct span s, enum dmarc_policy *p)
{
	for (int i = DMARC_POLICY_NONE; i <= DMARC_REJECT; i++) {
		if (span_is(s, dmarc_policy_name((enum dmarc_policy)i))) {
			*p = (enum dmarc_policy)i;
			return true;
		}
	}
	return false;
}

static bool take_mode(struct span s, enum align_mode *m)
{
	*m = span_is(s, "s") ? ALIGN_STRICT : ALIGN_RELAXED;
	return span_is(s, "s") || span_is(s, "r");
}

static bool take_psd(struct span s, enum dmarc_psd *psd)
{
	*psd = DMARC_PSD_UNKNOWN;
	if (span_is(s, "y"))
		*psd = DMARC_PSD_YES;
	else if (span_is(s, "n"))
		*psd = DMARC_PSD_NO;
	return *psd != DMARC_PSD_UNKNOWN || span_is(s, "u");
}

/* Addresses with a scheme, and no white space inside. */
static bool take_addresses(struct span list, bool *one)
{
	struct span uri;
	bool all = true;

	while (span_next(&list, ',', &uri)) {
		const char *colon = memchr(uri.p, ':', uri.len);
		bool good = colon != NULL && colon > uri.p &&
			    colon + 1 < uri.p + uri.len;

		for (size_t i = 0; i < uri.len; i++)
			good = good && uri.p[i] > ' ' && uri.p[i] < 0x7f;
		*one |= good;
		all &= good;
	}
	return all;
}

static bool is_failure_options(struct span list)
{
	struct span o;

	while (span_next(&list, ':', &o))
		if (!span_is(o, "0") && !span_is(o, "1") && !span_is(o, "d") &&
		    !span_is(o, "s"))
			return false;
	return true;
}

/* Historic: how many of a hundred messages (RFC 7489). */
static bool is_percent(struct span s)
{
	int v = 0;

	if (s.len == 0 || s.len > 3)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	return v <= 100;
}

/* What a record says beside its version; a name counts once. */
enum name { P, SP, NP, ADKIM, ASPF, PSD, T, RUA, RUF, FO, PCT, NAMES };

static enum name name_of(struct span s)
{
	static const char *const names[NAMES] = {"p", "sp", "np", "adkim",
	    "aspf", "psd", "t", "rua", "ruf", "fo", "pct"};

	for (int i = 0; i < NAMES; i++)
		if (span_is(s, names[i]))
			return (enum name)i;
	return NAMES;
}

/* False: not in order. */
static bool take(struct dmarc_record *r, enum name n, struct span v)
{
	bool some = false;

	switch (n) {
	case P:
		return take_policy(v, &r->p);
	case SP:
		return take_policy(v, &r->sp);
	case NP:
		return take_policy(v, &r->np);
	case ADKIM:
		return take_mode(v, &r->adkim);
	case ASPF:
		return take_mode(v, &r->aspf);
	case PSD:
		return take_psd(v, &r->psd);
	case T:
		r->testing = span_is(v, "y");
		return r->testing || span_is(v, "n");
	case RUA:
		return take_addresses(v, &r->reports);
	case RUF:
		return take_addresses(v, &some);
	case FO:
		return is_failure_options(v);
	case PCT:
		return is_percent(v);
	case NAMES:
		break;
	}
	return true;
}

static bool is_version(const struct tag *t)
{
	return t->name.len == 1 && *t->name.p == 'v' && t->value.len == 6 &&
	       memcmp(t->value.p, "DMARC1", 6) == 0;
}

bool dmarc_record_parse(struct dmarc_record *r, const char *text, size_t len)
{
	struct span rest = {text, len};
	bool seen[NAMES + 1] = {false}, good[NAMES + 1] = {false};
	enum taglist_next got;
	struct tag t;

	memset(r, 0, sizeof(*r));
	if (taglist_next(&rest, &t) != TAGLIST_TAG || !is_version(&t))
		return false;
	for (int i = 0; i < TAGS_MAX && span_trim(rest).len > 0; i++) {
		enum name n;

		got = taglist_next(&rest, &t);
		n = got == TAGLIST_TAG ? name_of(t.name) : NAMES;
		if (got == TAGLIST_BAD || (n != NAMES && seen[n])) {
			r->flawed = true;
			continue;
		}
		seen[n] = true;
		good[n] = take(r, n, t.value);
		r->flawed |= !good[n];
	}
	r->flawed |= span_trim(rest).len > 0;
	if (!good[SP])
		r->sp = r->p;
	if (!good[NP])
		r->np = r->sp;
	return true;
}
