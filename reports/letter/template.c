/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/template.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 2048
#define DEPTH_MAX 8
#define NAME_MAX_ 32

enum part_kind { PART_TEXT, PART_VALUE, PART_IF, PART_ELSE, PART_END };

/* Parts in order; jump: where an if or else goes on when what follows it is
 * left out. */
struct part {
	enum part_kind kind;
	enum letter_field field; /* of a value or if */
	size_t at, len;          /* of text */
	size_t jump;
	int line, column;
};
struct letter_template {
	char *name, *text;
	size_t len;
	struct part *parts;
	size_t n, cap;
	size_t body; /* the first part behind the subject */
};
struct parser {
	struct letter_template *t;
	size_t at;
	int line, column;
	size_t open[DEPTH_MAX]; /* parts: if, or its else */
	int depth;
	char *err;
};

static int __attribute__((format(printf, 4, 5)))
fail_at(struct parser *p, int line, int column, const char *fmt, ...)
{
	char what[LETTER_ERROR_BYTES - 160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	snprintf(p->err, LETTER_ERROR_BYTES, "%.120s:%d:%d: %s", p->t->name,
	    line, column, what);
	return -1;
}

/* --- characters --------------------------------------------------------- */

/* Bytes of the UTF-8 character at s (RFC 3629), 0: it is none, or one that a
 * letter must not hold. */
static size_t character(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80   ? 1
		   : u[0] < 0xc2 ? 0
		   : u[0] < 0xe0 ? 2
		   : u[0] < 0xf0 ? 3
		   : u[0] < 0xf5 ? 4
				 : 0;

	if (n == 1)
		return u[0] == '\n' || u[0] == '\t' ||
			       (u[0] >= 0x20 && u[0] != 0x7f)
			   ? 1
			   : 0;
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f) ||
	    (u[0] == 0xc2 && u[1] < 0xa0))
		return 0;
	return n;
}

/* p->at to upto: the place of what follows. */
static void move(struct parser *p, size_t upto)
{
	for (; p->at < upto; p->at++) {
		unsigned char c = (unsigned char)p->t->text[p->at];

		if (c == '\n') {
			p->line++;
			p->column = 1;
		} else if ((c & 0xc0) != 0x80) {
			p->column++;
		}
	}
}

static int check_text(struct parser *p)
{
	while (p->at < p->t->len) {
		size_t n = character(p->t->text + p->at, p->t->len - p->at);

		if (n == 0)
			return fail_at(p, p->line, p->column,
			    "no UTF-8 text: byte 0x%02x; save the file as "
			    "UTF-8, without control characters",
			    (unsigned char)p->t->text[p->at]);
		move(p, p->at + n);
	}
	p->at = 0;
	p->line = p->column = 1;
	return 0;
}

/* --- parts -------------------------------------------------------------- */

static struct part *add(struct parser *p, enum part_kind kind)
{
	struct letter_template *t = p->t;

	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct part *v = cap <= PARTS_MAX
				     ? realloc(t->parts, cap * sizeof(*v))
				     : NULL;

		if (!v) {
			fail_at(p, p->line, p->column,
			    "more than %d placeholders and texts between "
			    "them; make it shorter",
			    PARTS_MAX);
			return NULL;
		}
		t->parts = v;
		t->cap = cap;
	}
	t->parts[t->n] =
	    (struct part){.kind = kind, .line = p->line, .column = p->column};
	return &t->parts[t->n++];
}

static int add_text(struct parser *p, size_t upto)
{
	struct part *part;

	if (upto == p->at)
		return 0;
	part = add(p, PART_TEXT);
	if (!part)
		return -1;
	part->at = p->at;
	part->len = upto - p->at;
	move(p, upto);
	return 0;
}

static int add_field(
    struct parser *p, enum part_kind kind, const char *word, size_t len)
{
	char name[NAME_MAX_];
	struct part *part;
	int f = letter_field_find(word, len);

	snprintf(name, sizeof(name), "%.*s",
	    (int)(len < NAME_MAX_ ? len : NAME_MAX_ - 1), word);
	if (f < 0)
		return fail_at(p, p->line, p->column,
		    "there is no placeholder \"%s\"; nearest: {{%s%s}}", name,
		    kind == PART_IF ? "if " : "", letter_field_nearest(name));
	part = add(p, kind);
	if (!part)
		return -1;
	part->field = (enum letter_field)f;
	if (kind != PART_IF)
		return 0;
	if (p->depth == DEPTH_MAX)
		return fail_at(p, p->line, p->column,
		    "more than %d {{if}} within each other", DEPTH_MAX);
	p->open[p->depth++] = p->t->n - 1;
	return 0;
}

static int add_turn(struct parser *p, enum part_kind kind)
{
	struct part *open;

	if (p->depth == 0)
		return fail_at(p, p->line, p->column,
		    "{{%s}} without {{if}} before it",
		    kind == PART_ELSE ? "else" : "end");
	open = &p->t->parts[p->open[p->depth - 1]];
	if (kind == PART_ELSE && open->kind == PART_ELSE)
		return fail_at(p, p->line, p->column,
		    "a second {{else}}; the first stands in line %d",
		    open->line);
	if (!add(p, kind))
		return -1;
	/* parts may have moved */
	p->t->parts[p->open[p->depth - 1]].jump = p->t->n;
	if (kind == PART_ELSE)
		p->open[p->depth - 1] = p->t->n - 1;
	else
		p->depth--;
	return 0;
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

static int add_directive(struct parser *p, const char *s, size_t len)
{
	while (len > 0 && *s == ' ')
		s++, len--;
	while (len > 0 && s[len - 1] == ' ')
		len--;
	if (len > 0 && *s == '!')
		return 0;
	if (is_word(s, len, "else"))
		return add_turn(p, PART_ELSE);
	if (is_word(s, len, "end"))
		return add_turn(p, PART_END);
	if (len > 3 && memcmp(s, "if ", 3) == 0) {
		s += 3;
		len -= 3;
		while (len > 0 && *s == ' ')
			s++, len--;
		return add_field(p, PART_IF, s, len);
	}
	return add_field(p, PART_VALUE, s, len);
}

/* Whether {{ at from .. }} up to the end of its line stands alone, and leaves
 * no line. A value does. */
static bool stands_alone(
    const struct letter_template *t, size_t from, size_t upto, bool is_value)
{
	return !is_value && (from == 0 || t->text[from - 1] == '\n') &&
	       (upto == t->len || t->text[upto] == '\n');
}

/* From "{{" on. */
static int parse_braces(struct parser *p)
{
	struct letter_template *t = p->t;
	const char *from = t->text + p->at + 2, *end;
	size_t left = t->len - p->at - 2, n = t->n, close, line;

	end = memmem(from, left, "}}", 2);
	line = memchr(from, '\n', left)
		   ? (size_t)((const char *)memchr(from, '\n', left) - from)
		   : left;
	if (!end || (size_t)(end - from) > line)
		return fail_at(p, p->line, p->column,
		    "\"{{\" without \"}}\" in the same line");
	if (add_directive(p, from, (size_t)(end - from)) != 0)
		return -1;
	close = (size_t)(end + 2 - t->text);
	if (stands_alone(
		t, p->at, close, t->n > n && t->parts[n].kind == PART_VALUE) &&
	    close < t->len)
		close++;
	move(p, close);
	return 0;
}

static int parse_upto(struct parser *p, size_t end)
{
	struct letter_template *t = p->t;

	while (p->at < end) {
		const char *braces =
		    memmem(t->text + p->at, end - p->at, "{{", 2);

		if (add_text(p, braces ? (size_t)(braces - t->text) : end) != 0)
			return -1;
		if (braces && parse_braces(p) != 0)
			return -1;
	}
	if (p->depth == 0)
		return 0;
	return fail_at(p, t->parts[p->open[p->depth - 1]].line,
	    t->parts[p->open[p->depth - 1]].column, "{{%s}} without {{end}}",
	    t->parts[p->open[p->depth - 1]].kind == PART_ELSE ? "else" : "if");
}

/* Remarks may stand in front. */
static int parse_head(struct parser *p)
{
	static const char head[] = "Subject: ";
	struct letter_template *t = p->t;
	const char *end;

	while (t->len - p->at > 3 && memcmp(t->text + p->at, "{{!", 3) == 0)
		if (parse_braces(p) != 0)
			return -1;
	if (t->len - p->at < sizeof(head) ||
	    memcmp(t->text + p->at, head, sizeof(head) - 1) != 0)
		return fail_at(p, p->line, p->column,
		    "a letter begins with \"Subject: \" and what it is about");
	move(p, p->at + sizeof(head) - 1);
	end = memchr(t->text + p->at, '\n', t->len - p->at);
	if (!end || end == t->text + p->at)
		return fail_at(p, p->line, p->column,
		    "the subject is empty, or nothing follows it");
	if (parse_upto(p, (size_t)(end - t->text)) != 0)
		return -1;
	move(p, p->at + 1);
	if (p->at >= t->len || t->text[p->at] != '\n')
		return fail_at(p, p->line, p->column,
		    "an empty line must follow the subject");
	move(p, p->at + 1);
	t->body = t->n;
	return 0;
}

/* CR LF of an editor elsewhere becomes LF. */
static int copy_text(struct letter_template *t, const char *text, size_t len)
{
	t->text = malloc(len + 1);
	if (!t->text)
		return -1;
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\r' || i + 1 == len || text[i + 1] != '\n')
			t->text[t->len++] = text[i];
	t->text[t->len] = '\0';
	return 0;
}

struct letter_template *letter_template_parse(const char *name,
    const char *text, size_t len, char err[LETTER_ERROR_BYTES])
{
	struct letter_template *t = calloc(1, sizeof(*t));
	struct parser p = {.t = t, .line = 1, .column = 1, .err = err};

	/* A byte order mark is no text. */
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	snprintf(err, LETTER_ERROR_BYTES, "out of memory");
	if (!t || !(t->name = strdup(name)))
		goto fail;
	if (len > LETTER_TEMPLATE_BYTES) {
		fail_at(
		    &p, 1, 1, "longer than %d bytes", LETTER_TEMPLATE_BYTES);
		goto fail;
	}
	if (copy_text(t, text, len) != 0)
		goto fail;
	if (check_text(&p) == 0 && parse_head(&p) == 0 &&
	    parse_upto(&p, t->len) == 0)
		return t;
fail:
	letter_template_free(t);
	return NULL;
}

uint32_t letter_template_fields(const struct letter_template *t)
{
	uint32_t fields = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->parts[i].kind == PART_VALUE)
			fields |= LETTER_BIT(t->parts[i].field);
	return fields;
}

int letter_template_check(const struct letter_template *t, enum letter_case c,
    char err[LETTER_ERROR_BYTES])
{
	uint32_t missing = letter_case_needs(c) & ~letter_template_fields(t);
	int lines = 1;

	if (missing == 0)
		return 0;
	for (size_t i = 0; i + 1 < t->len; i++)
		lines += t->text[i] == '\n';
	for (int f = 0; f < LETTER_FIELD_COUNT; f++)
		if (missing & LETTER_BIT(f)) {
			snprintf(err, LETTER_ERROR_BYTES,
			    "%.120s:%d:1: {{%s}} is missing: a letter of the "
			    "case %s needs it; write it anywhere above this "
			    "line",
			    t->name, lines,
			    letter_field_name((enum letter_field)f),
			    letter_case_name(c));
			break;
		}
	return -1;
}

static int write_value(const struct letter_template *t, const struct part *part,
    const char *value, FILE *f, char err[LETTER_ERROR_BYTES])
{
	const char *name = letter_field_name(part->field);

	if (value && *value != '\0') {
		fputs(value, f);
		return 0;
	}
	snprintf(err, LETTER_ERROR_BYTES,
	    "%.120s:%d:%d: {{%s}} has no value here; put it between {{if %s}} "
	    "and {{end}}",
	    t->name, part->line, part->column, name, name);
	return -1;
}

int letter_template_render(const struct letter_template *t,
    const char *const values[LETTER_FIELD_COUNT], FILE *subject, FILE *body,
    char err[LETTER_ERROR_BYTES])
{
	for (size_t i = 0; i < t->n;) {
		const struct part *part = &t->parts[i];
		FILE *f = i < t->body ? subject : body;
		const char *v = values[part->field];

		i++;
		switch (part->kind) {
		case PART_TEXT:
			fwrite(t->text + part->at, 1, part->len, f);
			break;
		case PART_VALUE:
			if (write_value(t, part, v, f, err) != 0)
				return -1;
			break;
		case PART_IF:
			if (!v || *v == '\0')
				i = part->jump;
			break;
		case PART_ELSE: /* the first half was written */
			i = part->jump;
			break;
		case PART_END:
			break;
		}
	}
	return 0;
}

void letter_template_free(struct letter_template *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->text);
	free(t->parts);
	free(t);
}

int letter_lang_ok(const char *lang)
{
	size_t len = strlen(lang), first = strcspn(lang, "-");

	if (len >= LETTER_LANG_BYTES || first < 2 || first > 3 ||
	    lang[len - 1] == '-')
		return 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)lang[i] > 0x7e ||
		    !(lang[i] == '-' || isalpha((unsigned char)lang[i]) ||
			(i > first && isdigit((unsigned char)lang[i]))))
			return 0;
	return 1;
}
