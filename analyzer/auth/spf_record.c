/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_record.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	enum spf_mechanism m;
} mechanisms[] = {
    {"all", SPF_ALL},
    {"include", SPF_INCLUDE},
    {"a", SPF_A},
    {"mx", SPF_MX},
    {"ptr", SPF_PTR},
    {"ip4", SPF_IP4},
    {"ip6", SPF_IP6},
    {"exists", SPF_EXISTS},
};

bool spf_record_is(const char *text, size_t len)
{
	return len >= 6 && strncasecmp(text, "v=spf1", 6) == 0 &&
	       (len == 6 || text[6] == ' ');
}

/* A macro-expand or a macro-literal at s; its length, 0: neither. The
 * letters c, r and t, and the space, belong to explain-strings (section
 * 7.2). */
static size_t macro_unit(const char *s, size_t n, bool explain, bool *expand)
{
	const char *letters =
	    explain ? "slodiphvcrtSLODIPHVCRT" : "slodiphvSLODIPHV";
	size_t i = 2;

	*expand = s[0] == '%';
	if (s[0] != '%')
		return (s[0] >= 0x21 && s[0] <= 0x7e) ||
			       (explain && s[0] == ' ')
			   ? 1
			   : 0;
	if (n < 2)
		return 0;
	if (s[1] == '%' || s[1] == '_' || s[1] == '-')
		return 2;
	if (s[1] != '{' || n < 4 || s[2] == '\0' || !strchr(letters, s[2]))
		return 0;
	for (i = 3; i < n && isdigit((unsigned char)s[i]); i++)
		;
	/* "0" labels would be nothing at all */
	if (i > 3 && strtol(s + 3, NULL, 10) == 0)
		return 0;
	if (i < n && (s[i] == 'r' || s[i] == 'R'))
		i++;
	while (i < n && strchr(".-+,/_=", s[i]) && s[i])
		i++;
	return i < n && s[i] == '}' ? i + 1 : 0;
}

static bool is_macro_string(
    const char *s, size_t n, bool explain, bool *ends_in_expand)
{
	*ends_in_expand = false;
	while (n > 0) {
		size_t k = macro_unit(s, n, explain, ends_in_expand);

		if (k == 0)
			return false;
		/* %% %_ %- are no domain end: only %{...} is */
		if (*ends_in_expand && s[1] != '{')
			*ends_in_expand = false;
		s += k;
		n -= k;
	}
	return true;
}

bool spf_explanation_is(const char *text, size_t len)
{
	bool expand;

	return is_macro_string(text, len, true, &expand);
}

static bool is_toplabel(const char *s, size_t n)
{
	bool alpha = false;

	if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)s[i]) && s[i] != '-')
			return false;
		alpha |= !isdigit((unsigned char)s[i]);
	}
	return alpha;
}

/* domain-spec: macro-string that ends in ".toplabel[.]" or in %{...}. */
static bool is_domain_spec(const char *s, size_t n)
{
	bool expand;
	size_t end, at;

	if (n == 0 || !is_macro_string(s, n, false, &expand))
		return false;
	if (expand)
		return true;
	end = s[n - 1] == '.' ? n - 1 : n;
	for (at = end; at > 0 && s[at - 1] != '.'; at--)
		;
	return at > 1 && is_toplabel(s + at, end - at);
}

/* "/n" at the end of s: cuts it off. -1: not a length. */
static int take_cidr(const char *s, size_t *n, char lead, int max, uint8_t *len)
{
	size_t at = *n;
	long v;

	while (at > 0 && isdigit((unsigned char)s[at - 1]))
		at--;
	if (at == 0 || s[at - 1] != '/')
		return 0;
	if (lead == '2') {
		if (at < 2 || s[at - 2] != '/')
			return 0;
	} else if (at >= 2 && s[at - 2] == '/') {
		return -1;
	}
	if (at == *n || *n - at > 3 || (s[at] == '0' && *n - at > 1))
		return -1;
	v = strtol(s + at, NULL, 10);
	if (v > max)
		return -1;
	*len = (uint8_t)v;
	*n = at - (lead == '2' ? 2 : 1);
	return 1;
}

/* a, mx: [":" domain-spec] [dual-cidr] */
static int parse_dual(
    struct spf_record *r, struct spf_term *t, const char *arg, size_t n)
{
	if (take_cidr(arg, &n, '2', 128, &t->cidr6) < 0 ||
	    take_cidr(arg, &n, '1', 32, &t->cidr4) < 0)
		return -1;
	if (n == 0)
		return 0;
	if (arg[0] != ':' || !is_domain_spec(arg + 1, n - 1))
		return -1;
	t->spec = (uint16_t)(arg + 1 - r->text);
	t->spec_len = (uint16_t)(n - 1);
	return 0;
}

static int parse_spec(struct spf_record *r, struct spf_term *t, const char *arg,
    size_t n, bool needed)
{
	if (n == 0)
		return needed ? -1 : 0;
	if (arg[0] != ':' || !is_domain_spec(arg + 1, n - 1))
		return -1;
	t->spec = (uint16_t)(arg + 1 - r->text);
	t->spec_len = (uint16_t)(n - 1);
	return 0;
}

static int parse_ip(struct spf_term *t, const char *arg, size_t n, bool v4)
{
	uint8_t len = v4 ? 32 : 128;
	char text[64];
	struct prefix p = {.len = 128};

	if (n < 2 || arg[0] != ':' || n - 1 >= sizeof(text))
		return -1;
	if (take_cidr(arg, &n, '1', v4 ? 32 : 128, &len) < 0)
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)(n - 1), arg + 1);
	if (addr_parse(&p.addr, text) != 0 || (strchr(text, ':') == NULL) != v4)
		return -1;
	p.len = (uint8_t)(v4 ? len + 96 : len);
	p.addr = prefix_first(&p);
	t->net = p;
	return 0;
}

/* Takes the sign off; without one a mechanism passes (section 4.6.2). */
static enum spf_result qualifier(const char **s, size_t *n)
{
	enum spf_result q = SPF_PASS;

	switch (**s) {
	case '-':
		q = SPF_FAIL;
		break;
	case '~':
		q = SPF_SOFTFAIL;
		break;
	case '?':
		q = SPF_NEUTRAL;
		break;
	case '+':
		break;
	default:
		return SPF_PASS;
	}
	++*s;
	--*n;
	return q;
}

static int mechanism_named(const char *s, size_t n, enum spf_mechanism *m)
{
	for (size_t k = 0; k < sizeof(mechanisms) / sizeof(mechanisms[0]);
	     k++) {
		if (strlen(mechanisms[k].name) == n &&
		    strncasecmp(mechanisms[k].name, s, n) == 0) {
			*m = mechanisms[k].m;
			return 0;
		}
	}
	return -1;
}

static int parse_argument(
    struct spf_record *r, struct spf_term *t, const char *s, size_t n)
{
	switch (t->mechanism) {
	case SPF_ALL:
		return n == 0 ? 0 : -1;
	case SPF_A:
	case SPF_MX:
		return parse_dual(r, t, s, n);
	case SPF_PTR:
		return parse_spec(r, t, s, n, false);
	case SPF_INCLUDE:
	case SPF_EXISTS:
		return parse_spec(r, t, s, n, true);
	case SPF_IP4:
		return parse_ip(t, s, n, true);
	case SPF_IP6:
		return parse_ip(t, s, n, false);
	}
	return -1;
}

static int parse_mechanism(struct spf_record *r, const char *s, size_t n)
{
	struct spf_term *t = &r->terms[r->n];
	size_t name = 0;

	if (r->n == SPF_TERMS_MAX)
		return -1;
	memset(t, 0, sizeof(*t));
	t->text = (uint16_t)(s - r->text);
	t->text_len = (uint16_t)n;
	t->cidr4 = 32;
	t->cidr6 = 128;
	t->qualifier = qualifier(&s, &n);
	while (name < n && s[name] != ':' && s[name] != '/')
		name++;
	if (mechanism_named(s, name, &t->mechanism) != 0)
		return -1;
	r->n++;
	return parse_argument(r, t, s + name, n - name);
}

/* name "=" ...; the length of the name, 0: no modifier. */
static size_t modifier_name(const char *s, size_t n)
{
	size_t i = 0;

	if (n == 0 || !isalpha((unsigned char)s[0]))
		return 0;
	while (i < n && (isalnum((unsigned char)s[i]) || s[i] == '-' ||
			    s[i] == '_' || s[i] == '.'))
		i++;
	return i < n && s[i] == '=' ? i : 0;
}

static int parse_modifier(
    struct spf_record *r, const char *s, size_t n, size_t name)
{
	const char *v = s + name + 1;
	size_t len = n - name - 1;
	uint16_t *at, *at_len;
	bool expand;

	if (name == 8 && strncasecmp(s, "redirect", 8) == 0) {
		at = &r->redirect;
		at_len = &r->redirect_len;
	} else if (name == 3 && strncasecmp(s, "exp", 3) == 0) {
		at = &r->exp;
		at_len = &r->exp_len;
	} else {
		return is_macro_string(v, len, false, &expand) ? 0 : -1;
	}
	/* section 6: each at most once */
	if (*at_len != 0 || !is_domain_spec(v, len))
		return -1;
	*at = (uint16_t)(v - r->text);
	*at_len = (uint16_t)len;
	return 0;
}

int spf_record_parse(
    struct spf_record *r, const char *text, size_t len, const char **what)
{
	size_t i = 6;

	*what = "the record is longer than 4095 bytes";
	if (len >= sizeof(r->text))
		return -1;
	memcpy(r->text, text, len);
	r->text[len] = '\0';
	r->n = 0;
	r->redirect_len = r->exp_len = 0;
	while (i < len) {
		size_t n = 0, name;

		if (text[i] == ' ') {
			i++;
			continue;
		}
		while (i + n < len && text[i + n] != ' ')
			n++;
		name = modifier_name(r->text + i, n);
		*what = name ? "a modifier is malformed"
			     : "a mechanism is unknown or malformed";
		if (name ? parse_modifier(r, r->text + i, n, name)
			 : parse_mechanism(r, r->text + i, n))
			return -1;
		i += n;
	}
	return 0;
}
