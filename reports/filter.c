/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/filter.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "reports/out/text.h"

struct parser {
	struct filter *f;
	const char *text, *p;
	int64_t now_us;
	bool local;
	int depth;
	struct filter_error *e;
};

static int wrong(struct parser *p, const char *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static int wrong(struct parser *p, const char *at, const char *fmt, ...)
{
	va_list ap;

	p->e->at = (size_t)(at - p->text);
	va_start(ap, fmt);
	vsnprintf(p->e->why, sizeof(p->e->why), fmt, ap);
	va_end(ap);
	return -1;
}

static void skip_spaces(struct parser *p)
{
	p->p += strspn(p->p, " \t\r\n");
}

static int add_node(struct parser *p, const char *at, struct filter_node n)
{
	if (p->f->n == FILTER_NODES)
		return wrong(p, at, "the filter is too long: ask less at once");
	p->f->nodes[p->f->n] = n;
	return p->f->n++;
}

/* --- values --------------------------------------------------------------- */

static bool ends_word(char c)
{
	return c == '\0' || strchr(" \t\r\n()\"", c) != NULL;
}

static bool put(struct filter *f, char c)
{
	if (f->used + 1 >= sizeof(f->text))
		return false;
	f->text[f->used++] = c;
	return true;
}

/* A word or a "phrase"; NULL after saying what is wrong. */
static const char *take_value(struct parser *p)
{
	const char *from = p->p, *value = p->f->text + p->f->used;
	bool quoted = *p->p == '"', room = true;

	if (quoted)
		p->p++;
	while (quoted ? *p->p != '\0' && *p->p != '"' : !ends_word(*p->p)) {
		if (quoted && *p->p == '\\' &&
		    (p->p[1] == '"' || p->p[1] == '\\'))
			p->p++;
		room = room && put(p->f, *p->p);
		p->p++;
	}
	if (quoted && *p->p != '"') {
		wrong(p, from, "this quote is not closed");
		return NULL;
	}
	p->p += quoted;
	if (!room || !put(p->f, '\0')) {
		wrong(p, from, "the filter is too long: ask less at once");
		return NULL;
	}
	if (*value == '\0' && !quoted) {
		wrong(p, from, "a value is missing here");
		return NULL;
	}
	return value;
}

static int set_word(struct parser *p, const char *at, struct filter_node *n)
{
	const struct filter_field *d = n->field;
	const char *best = "?";
	size_t least = SIZE_MAX;

	for (int v = 0; v < d->count; v++) {
		const char *name = d->word(v);
		size_t distance = nearest_distance(n->text, name);

		if (strcmp(name, n->text) == 0) {
			n->number = v;
			return 0;
		}
		if (strcmp(name, "?") != 0 && distance < least) {
			least = distance;
			best = name;
		}
	}
	return wrong(p, at, "%s has no value \"%.40s\"; nearest: %s", d->name,
	    n->text, best);
}

/* Digits, and with milli at most three behind a point. */
static bool parse_number(const char *s, bool milli, int64_t *n)
{
	bool minus = *s == '-';
	int64_t v = 0, scale = milli ? 1000 : 1;
	size_t digits;

	s += minus;
	digits = strspn(s, "0123456789");
	if (digits == 0 || digits > 15)
		return false;
	for (; isdigit((unsigned char)*s); s++)
		v = 10 * v + (*s - '0');
	v *= scale;
	if (milli && *s == '.' && isdigit((unsigned char)s[1]))
		for (s++; isdigit((unsigned char)*s) && scale > 1; s++) {
			scale /= 10;
			v += (*s - '0') * scale;
		}
	*n = minus ? -v : v;
	return *s == '\0';
}

static bool set_number(struct filter_node *n)
{
	const char *s = n->text;

	if (n->field->type == FILTER_REF &&
	    toupper((unsigned char)*s) == n->field->letter)
		s++;
	return parse_number(s, n->field->type == FILTER_MILLI, &n->number);
}

static int set_value(struct parser *p, const char *at, struct filter_node *n)
{
	const char *name = n->field->name;

	switch (n->field->type) {
	case FILTER_TEXT:
	case FILTER_NAME:
		return 0;
	case FILTER_WORD:
		return set_word(p, at, n);
	case FILTER_NUMBER:
	case FILTER_MILLI:
	case FILTER_REF:
		if (set_number(n))
			return 0;
		return wrong(
		    p, at, "%s is a number; \"%.40s\" is none", name, n->text);
	case FILTER_TIME:
	case FILTER_SINCE:
	case FILTER_UNTIL:
		if (clock_parse_in(&n->number, n->text, p->now_us, p->local) ==
		    0)
			return 0;
		return wrong(p, at,
		    "%s is a time, as 2h, today or 2026-11-24; \"%.40s\" is "
		    "none",
		    name, n->text);
	case FILTER_ADDRESS:
		if (prefix_parse(&n->prefix, n->text) == 0)
			return 0;
		return wrong(p, at,
		    "%s is an address or prefix; \"%.40s\" is none", name,
		    n->text);
	}
	return -1;
}

/* --- terms ---------------------------------------------------------- */

static enum filter_op take_op(struct parser *p)
{
	static const struct {
		const char *text;
		enum filter_op op;
	} ops[] = {
	    {"<>", FILTER_NE},
	    {"<=", FILTER_LE},
	    {">=", FILTER_GE},
	    {"<", FILTER_LT},
	    {">", FILTER_GT},
	    {"=", FILTER_EQ},
	};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		size_t len = strlen(ops[i].text);

		if (strncmp(p->p, ops[i].text, len) == 0) {
			p->p += len;
			return ops[i].op;
		}
	}
	p->p++; /* the colon */
	return FILTER_HAS;
}

static const struct filter_field *find_field(
    struct parser *p, const char *name, size_t len)
{
	const struct filter_noun *noun = p->f->noun;
	const char *best = "";
	char word[64];
	size_t least = SIZE_MAX;

	snprintf(word, sizeof(word), "%.*s", (int)len, name);
	for (size_t i = 0; i < noun->n; i++) {
		size_t distance = nearest_distance(word, noun->fields[i].name);

		if (strcmp(noun->fields[i].name, word) == 0)
			return &noun->fields[i];
		if (distance < least) {
			least = distance;
			best = noun->fields[i].name;
		}
	}
	wrong(p, name, "%s has no field \"%.40s\"; nearest: %s", noun->name,
	    word, best);
	return NULL;
}

static int check_op(
    struct parser *p, const char *at, const struct filter_node *n)
{
	bool order =
	    n->op != FILTER_HAS && n->op != FILTER_EQ && n->op != FILTER_NE;

	switch (n->field->type) {
	case FILTER_NUMBER:
	case FILTER_MILLI:
	case FILTER_REF:
	case FILTER_TIME:
		return 0;
	case FILTER_SINCE:
	case FILTER_UNTIL:
		if (n->op == FILTER_HAS || n->op == FILTER_EQ)
			return 0;
		return wrong(p, at, "write %s:TIME", n->field->name);
	case FILTER_TEXT:
	case FILTER_NAME:
	case FILTER_WORD:
	case FILTER_ADDRESS:
		if (!order)
			return 0;
		return wrong(p, at, "%s has no order: use %s:VALUE, = or <>",
		    n->field->name, n->field->name);
	}
	return -1;
}

static int parse_term(struct parser *p)
{
	const char *from = p->p, *at;
	size_t name = strspn(p->p, "abcdefghijklmnopqrstuvwxyz_");
	struct filter_node n = {.kind = FILTER_TERM};

	if (name > 0 && p->p[name] != '\0' && strchr(":=<>", p->p[name])) {
		n.field = find_field(p, p->p, name);
		if (!n.field)
			return -1;
		at = p->p += name;
		n.op = take_op(p);
		if (check_op(p, at, &n) != 0)
			return -1;
	}
	at = p->p;
	n.text = take_value(p);
	if (!n.text || (n.field && set_value(p, at, &n) != 0))
		return -1;
	return add_node(p, from, n);
}

/* --- expressions -------------------------------------------------------- */

static int parse_or(struct parser *p);

static bool take_keyword(struct parser *p, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(p->p, word, len) != 0 ||
	    !(ends_word(p->p[len]) && p->p[len] != '"'))
		return false;
	p->p += len;
	return true;
}

static int parse_bracket(struct parser *p)
{
	const char *from = p->p++;
	int node = parse_or(p);

	if (node < 0)
		return -1;
	skip_spaces(p);
	if (*p->p != ')')
		return wrong(p, from, "this bracket is not closed");
	p->p++;
	return node;
}

static int parse_unary(struct parser *p)
{
	const char *from;
	bool turned = false;
	int node;

	skip_spaces(p);
	from = p->p;
	while (*p->p == '-' || take_keyword(p, "NOT")) {
		p->p += *p->p == '-';
		turned = !turned;
		skip_spaces(p);
	}
	if (*p->p == '\0')
		return wrong(p, p->p, "a term is missing here");
	if (*p->p == ')')
		return wrong(p, p->p, "this bracket closes nothing");
	if (++p->depth > FILTER_DEPTH)
		return wrong(p, from, "too many brackets in brackets");
	node = *p->p == '(' ? parse_bracket(p) : parse_term(p);
	p->depth--;
	if (node < 0 || !turned)
		return node;
	return add_node(
	    p, from, (struct filter_node){.kind = FILTER_NOT, .left = node});
}

static bool at_or(const struct parser *p)
{
	return strncmp(p->p, "OR", 2) == 0 && ends_word(p->p[2]) &&
	       p->p[2] != '"';
}

static int parse_and(struct parser *p)
{
	int left = parse_unary(p);

	for (;;) {
		const char *from;
		int right;

		if (left < 0)
			return -1;
		skip_spaces(p);
		if (*p->p == '\0' || *p->p == ')' || at_or(p))
			return left;
		from = p->p;
		(void)take_keyword(p, "AND");
		right = parse_unary(p);
		if (right < 0)
			return -1;
		left = add_node(p, from,
		    (struct filter_node){
			.kind = FILTER_AND, .left = left, .right = right});
	}
}

static int parse_or(struct parser *p)
{
	int left = parse_and(p);

	for (;;) {
		const char *from = p->p;
		int right;

		if (left < 0 || !take_keyword(p, "OR"))
			return left;
		right = parse_and(p);
		if (right < 0)
			return -1;
		left = add_node(p, from,
		    (struct filter_node){
			.kind = FILTER_OR, .left = left, .right = right});
	}
}

int filter_parse(struct filter *f, const struct filter_noun *noun,
    const char *text, int64_t now_us, bool local, struct filter_error *e)
{
	struct parser p = {f, text, text, now_us, local, 0, e};

	f->noun = noun;
	f->n = 0;
	f->used = 0;
	f->root = -1;
	skip_spaces(&p);
	f->where = NULL;
	f->exact = true;
	if (*p.p == '\0')
		return 0;
	f->root = parse_or(&p);
	if (f->root < 0)
		return -1;
	if (*p.p != '\0')
		return wrong(&p, p.p, "this bracket closes nothing");
	filter_set_where(f);
	return 0;
}

/* --- showing -------------------------------------------------------- */

static int shown_width(const char *s)
{
	mbstate_t state = {0};
	int width = 0;

	while (*s != '\0') {
		wchar_t c;
		size_t n = mbrtowc(&c, s, strlen(s), &state);
		int w = n > 0 && n < (size_t)-2 ? wcwidth(c) : 1;

		if (n == 0 || n >= (size_t)-2) {
			n = 1;
			memset(&state, 0, sizeof(state));
		}
		width += w > 0 ? w : 0;
		s += n;
	}
	return width;
}

const char *filter_caret(
    const char *text, const struct filter_error *e, char *buf, size_t size)
{
	char safe[4 * FILTER_TEXT_BYTES], before[4 * FILTER_TEXT_BYTES];
	char head[FILTER_TEXT_BYTES];

	text_safe(text, safe, sizeof(safe));
	snprintf(head, sizeof(head), "%.*s", (int)e->at, text);
	text_safe(head, before, sizeof(before));
	snprintf(buf, size, "%s\n%*s", safe, shown_width(before) + 1, "^");
	return buf;
}
