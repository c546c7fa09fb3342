/* SPDX-License-Identifier: Apache-2.0 */
#include "base/conf_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_network.h"
#include "base/conf_shared.h"

#define FIELD(base, k, type)                                                   \
	((const type *)(const void *)((const char *)(base) + (k)->offset))

/* libConfuse expands ${NAME} inside of double quotes. */
static void print_quoted(const char *s, FILE *out)
{
	putc('"', out);
	for (; s != NULL && *s != '\0'; s++) {
		if (strchr("\"\\$", *s) != NULL)
			putc('\\', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void print_egress(const struct conf_egress *e, FILE *out)
{
	char inside[PREFIX_STRLEN], outside[ADDR_STRLEN];

	fprintf(out, "\"%s %s\"", prefix_format(&e->inside, inside),
	    addr_format(&e->outside, outside));
}

void conf_element_print(
    const void *base, const struct conf_key *k, size_t i, FILE *out)
{
	const struct prefix *p;
	char text[PREFIX_STRLEN];

	switch (k->type) {
	case CONF_PREFIXES:
		p = &FIELD(base, k, struct conf_prefixes)->v[i];
		fprintf(out, "\"%s\"", prefix_format(p, text));
		break;
	case CONF_PORTS:
		fprintf(out, "%u", FIELD(base, k, struct conf_ports)->v[i]);
		break;
	case CONF_LADDER:
		fprintf(out, "%" PRId64, FIELD(base, k, int64_t)[i]);
		break;
	case CONF_EGRESS:
		print_egress(&((const struct conf *)base)->egress[i], out);
		break;
	case CONF_CGN:
		conf_cgn_print(&((const struct conf *)base)->cgn[i], out);
		break;
	case CONF_MAP_E:
		conf_map_e_print(&((const struct conf *)base)->map_e[i], out);
		break;
	case CONF_NAMES:
		print_quoted(FIELD(base, k, struct conf_names)->v[i], out);
		break;
	case CONF_UNITS:
		conf_unit_print(
		    &((const struct conf *)base)->ipv6_units[i], out);
		break;
	case CONF_ARGV:
		print_quoted(FIELD(base, k, char *)[i], out);
		break;
	case CONF_TEXT:
	case CONF_NAME:
	case CONF_SERVER:
	case CONF_LISTEN:
		print_quoted(*FIELD(base, k, char *), out);
		break;
	case CONF_INT:
		if (strcmp(k->section, "driver") == 0)
			fprintf(out, "%d", *FIELD(base, k, int));
		else
			fprintf(out, "%" PRId64, *FIELD(base, k, int64_t));
		break;
	case CONF_BOOL:
		fputs(*FIELD(base, k, bool) ? "true" : "false", out);
		break;
	case CONF_TIER:
		fputs(tier_name(*FIELD(base, k, enum tier)), out);
		break;
	case CONF_MODE:
		fputs(mode_name(*FIELD(base, k, enum mode)), out);
		break;
	case CONF_CLASS_MODE:
		fputs(class_mode_name(*FIELD(base, k, enum class_mode)), out);
		break;
	case CONF_OPEN:
		fputs(*FIELD(base, k, bool) ? "open" : "closed", out);
		break;
	}
}

void conf_value_print(const void *base, const struct conf_key *k, FILE *out)
{
	size_t n = conf_value_count(base, k);

	if (!conf_type_is_list(k->type)) {
		conf_element_print(base, k, 0, out);
		return;
	}
	putc('{', out);
	for (size_t i = 0; i < n; i++) {
		fputs(i > 0 ? ", " : "", out);
		conf_element_print(base, k, i, out);
	}
	putc('}', out);
}

/* Help text as a comment of lines under 76 columns. */
static void print_comment(const char *indent, const char *text, FILE *out)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column > 0 && column + 1 + n > 76) {
			putc('\n', out);
			column = 0;
		}
		if (column == 0)
			column = (size_t)fprintf(out, "%s#", indent);
		column += (size_t)fprintf(out, " %.*s", (int)n, text);
		text += n + strspn(text + n, " ");
	}
	putc('\n', out);
}

/* def: what it says when nobody sets it. */
static void show_key(const void *base, const struct conf_key *k,
    const char *def, const char *indent, FILE *out)
{
	print_comment(indent, k->help, out);
	if (k->type == CONF_INT)
		fprintf(out, "%s# %" PRId64 " to %" PRId64 " %s; default %s\n",
		    indent, k->min, k->max, k->unit, def);
	fprintf(out, "%s%s = ", indent, k->name);
	conf_value_print(base, k, out);
	putc('\n', out);
}

static void show_section(
    const void *base, const char *section, const char *indent, FILE *out)
{
	for (size_t i = 0; i < conf_keys_count(); i++)
		if (strcmp(conf_key_at(i)->section, section) == 0)
			show_key(base, conf_key_at(i), conf_key_at(i)->def,
			    indent, out);
}

static void show_classes(const struct conf *c, FILE *out)
{
	enum line_class k[CLASS_COUNT];
	size_t n = conf_classes_named(c, k);

	for (size_t i = 0; i < n; i++) {
		fprintf(out, "\nclass \"%s\" {\n", line_class_name(k[i]));
		for (size_t j = 0; j < conf_keys_count(); j++)
			if (strcmp(conf_key_at(j)->section, "class") == 0)
				show_key(&c->classes[k[i]], conf_key_at(j),
				    conf_class_default(k[i], conf_key_at(j)),
				    "\t", out);
		fputs("}\n", out);
	}
}

static void show_drivers(const struct conf *c, FILE *out)
{
	for (size_t i = 0; i < c->n_drivers; i++) {
		fputs("\ndriver ", out);
		print_quoted(c->drivers[i].name, out);
		fputs(" {\n", out);
		show_section(&c->drivers[i], "driver", "\t", out);
		fputs("}\n", out);
	}
}

void conf_show(const struct conf *c, FILE *out)
{
	for (size_t i = 0; i < conf_sections_n; i++) {
		const struct conf_section *s = &conf_sections[i];

		if (conf_section_has_title(s->name))
			continue;
		if (*s->name == '\0') {
			show_section(c, s->name, "", out);
			continue;
		}
		putc('\n', out);
		print_comment("", s->help, out);
		fprintf(out, "%s {\n", s->name);
		show_section(c, s->name, "\t", out);
		fputs("}\n", out);
	}
	show_classes(c, out);
	show_drivers(c, out);
}

/* Text lines of mdoc: sentences begin a line, lines are under 80 columns.
 * Help texts have no backslash and no word that begins with a dot. */
static void mdoc_text(const char *s, FILE *out)
{
	size_t column = 0;

	while (*s != '\0') {
		size_t n = strcspn(s, " ");

		if (column > 0 && (column + 1 + n > 78 || s[-2] == '.')) {
			putc('\n', out);
			column = 0;
		}
		column += (size_t)fprintf(
		    out, "%s%.*s", column > 0 ? " " : "", (int)n, s);
		s += n + strspn(s + n, " ");
	}
	putc('\n', out);
}

static void mdoc_key(const struct conf_key *k, FILE *out)
{
	fprintf(
	    out, ".It Ic %s No = Ar %s\n", k->name, conf_type_name(k->type));
	mdoc_text(k->help, out);
	if (k->type == CONF_INT || k->type == CONF_LADDER)
		fprintf(out, "%" PRId64 " to %" PRId64 " %s.\n", k->min, k->max,
		    k->unit);
	if (*k->def != '\0')
		fprintf(out, "Default: %s.\n", k->def);
}

void conf_show_mdoc(FILE *out)
{
	for (size_t i = 0; i < conf_sections_n; i++) {
		const struct conf_section *s = &conf_sections[i];

		if (*s->name == '\0')
			fputs(".Ss Top level\n", out);
		else {
			fprintf(out, ".Ss Section %s\n", s->name);
			mdoc_text(s->help, out);
		}
		fputs(".Bl -tag -width Ds\n", out);
		for (size_t k = 0; k < conf_keys_count(); k++)
			if (strcmp(conf_key_at(k)->section, s->name) == 0)
				mdoc_key(conf_key_at(k), out);
		fputs(".El\n", out);
	}
}
