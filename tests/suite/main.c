/* SPDX-License-Identifier: Apache-2.0 */
/* spf-suite FILE.yml...: runs SPF test suites in the OpenSPF YAML form
 * through the evaluator that the analyzer uses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "analyzer/auth/spf.h"
#include "tests/suite/yaml_tree.h"
#include "tests/suite/zone.h"

struct suite {
	uv_loop_t loop;
	bool verbose;
	int passed, failed;
	const char *section;
};

struct result {
	bool done;
	struct spf_outcome o;
};

static void on_outcome(void *arg, const struct spf_outcome *o)
{
	struct result *r = arg;

	r->done = true;
	r->o = *o;
}

/* --- zone data ------------------------------------------------------------ */

/* Strings of a TXT record, each of up to 255 bytes. */
static size_t txt_rdata(
    yaml_document_t *doc, yaml_node_t *v, uint8_t *out, size_t size)
{
	yaml_node_t *item;
	size_t at = 0;

	for (size_t i = 0; (item = tree_item(doc, v, i)) != NULL; i++) {
		const char *text = tree_text(item);
		size_t left = text != NULL ? item->data.scalar.length : 0;

		do {
			size_t n = left < 255 ? left : 255;

			if (text == NULL || at + n + 1 > size)
				return at;
			out[at++] = (uint8_t)n;
			memcpy(out + at, text, n);
			at += n;
			text += n;
			left -= n;
		} while (left > 0);
	}
	return at;
}

static int type_of(const char *text)
{
	static const struct {
		const char *name;
		int type;
	} types[] = {{"A", RR_A}, {"AAAA", RR_AAAA}, {"MX", RR_MX},
	    {"PTR", RR_PTR}, {"TXT", RR_TXT}, {"SPF", RR_TXT},
	    {"CNAME", ZONE_CNAME}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(types[i].name, text) == 0)
			return types[i].type;
	return -1;
}

static size_t rdata_of(
    yaml_document_t *doc, int type, yaml_node_t *v, uint8_t *out, size_t size)
{
	const char *text = tree_text(v);
	struct addr a;

	switch (type) {
	case RR_A:
	case RR_AAAA:
		if (text == NULL || addr_parse(&a, text) != 0)
			return 0;
		memcpy(
		    out, type == RR_A ? a.b + 12 : a.b, type == RR_A ? 4 : 16);
		return type == RR_A ? 4 : 16;
	case RR_MX:
		text = tree_text(tree_item(doc, v, 1));
		out[0] = 0;
		out[1] = 10;
		return text != NULL ? 2 + zone_name(text, out + 2) : 0;
	case RR_PTR:
	case ZONE_CNAME:
		return text != NULL ? zone_name(text, out) : 0;
	default:
		return txt_rdata(doc, v, out, size);
	}
}

/* SPF records are served as TXT unless the name has TXT of its own; the
 * value NONE only says that. */
static void add_record(yaml_document_t *doc, struct zone *z, const char *name,
    const char *key, yaml_node_t *v, bool has_txt)
{
	static uint8_t rdata[65536];
	int type = type_of(key);
	const char *text = tree_text(v);

	if (text != NULL && strcmp(text, "TIMEOUT") == 0) {
		zone_add(z, name, ZONE_TIMEOUT, NULL, 0);
		return;
	}
	if (type < 0 || (text != NULL && strcmp(text, "NONE") == 0) ||
	    (has_txt && strcasecmp(key, "SPF") == 0))
		return;
	zone_add(
	    z, name, type, rdata, rdata_of(doc, type, v, rdata, sizeof(rdata)));
}

static bool has_txt_record(yaml_document_t *doc, yaml_node_t *list)
{
	yaml_node_t *item;

	for (size_t i = 0; (item = tree_item(doc, list, i)) != NULL; i++)
		if (tree_get(doc, item, "TXT") != NULL)
			return true;
	return false;
}

static void load_zone(yaml_document_t *doc, yaml_node_t *data, struct zone *z)
{
	yaml_node_t *k, *list, *item, *key, *v;

	for (size_t i = 0; tree_pair(doc, data, i, &k, &list); i++) {
		bool has_txt = has_txt_record(doc, list);
		const char *name = tree_text(k);

		for (size_t j = 0; (item = tree_item(doc, list, j)) != NULL;
		     j++) {
			if (tree_text(item) != NULL &&
			    strcmp(tree_text(item), "TIMEOUT") == 0)
				zone_add(z, name, ZONE_TIMEOUT, NULL, 0);
			else if (tree_pair(doc, item, 0, &key, &v) &&
				 tree_text(key) != NULL)
				add_record(
				    doc, z, name, tree_text(key), v, has_txt);
		}
	}
}

/* --- cases ---------------------------------------------------------------- */

static bool is_one_of(yaml_document_t *doc, yaml_node_t *want, const char *got)
{
	yaml_node_t *item;

	for (size_t i = 0; (item = tree_item(doc, want, i)) != NULL; i++)
		if (tree_text(item) != NULL &&
		    strcasecmp(tree_text(item), got) == 0)
			return true;
	return false;
}

static void print_list(yaml_document_t *doc, yaml_node_t *want)
{
	yaml_node_t *item;

	for (size_t i = 0; (item = tree_item(doc, want, i)) != NULL; i++)
		printf("%s%s", i > 0 ? " or " : "", tree_text(item));
}

static const char *text_at(
    yaml_document_t *doc, yaml_node_t *map, const char *key)
{
	const char *t = tree_text(tree_get(doc, map, key));

	return t != NULL ? t : "";
}

/* False: the case cannot be run. */
static bool run(struct suite *s, struct zone *z, yaml_document_t *doc,
    yaml_node_t *test, struct result *r)
{
	const struct spf_limits limits = {10, 2, 10, 20000};
	const char *from = text_at(doc, test, "mailfrom");
	const char *at = strrchr(from, '@');
	struct spf_query q = {.helo = text_at(doc, test, "helo"),
	    .receiver = text_at(doc, test, "receiver"),
	    .want_exp = true};
	char local[320];

	if (addr_parse(&q.ip, text_at(doc, test, "host")) != 0)
		return false;
	snprintf(local, sizeof(local), "%.*s",
	    (int)(at != NULL ? at - from : 0), from);
	q.local_part = local;
	/* RFC 7208 section 2.4: a null sender is postmaster@HELO. */
	q.domain = *from == '\0' ? q.helo : at != NULL ? at + 1 : from;
	return spf_check_start(&s->loop, zone_resolver(z), &limits, &q,
		   on_outcome, r) != NULL &&
	       uv_run(&s->loop, UV_RUN_DEFAULT) == 0 && r->done;
}

static bool explained(const char *want, const char *got)
{
	if (want == NULL)
		return true;
	return strcmp(want, "DEFAULT") == 0 ? *got == '\0'
					    : strcmp(want, got) == 0;
}

static void run_case(struct suite *s, struct zone *z, yaml_document_t *doc,
    const char *name, yaml_node_t *test)
{
	const char *exp = tree_text(tree_get(doc, test, "explanation"));
	yaml_node_t *want = tree_get(doc, test, "result");
	struct result r = {.done = false};
	const char *got = "no result";

	if (run(s, z, doc, test, &r))
		got = spf_result_name(r.o.result);
	if (is_one_of(doc, want, got) && explained(exp, r.o.exp)) {
		s->passed++;
		return;
	}
	s->failed++;
	if (!s->verbose)
		return;
	printf("FAIL %s / %s: expected ", s->section, name);
	print_list(doc, want);
	printf(", got %s (%s)", got, r.o.reason);
	if (exp != NULL)
		printf(
		    "; expected explanation \"%s\", got \"%s\"", exp, r.o.exp);
	putchar('\n');
}

static void run_document(struct suite *s, yaml_document_t *doc)
{
	yaml_node_t *root = yaml_document_get_root_node(doc), *k, *test;
	struct zone *z = zone_new(&s->loop);

	if (root == NULL || z == NULL) {
		zone_free(z);
		return;
	}
	s->section = text_at(doc, root, "description");
	load_zone(doc, tree_get(doc, root, "zonedata"), z);
	for (size_t i = 0;
	     tree_pair(doc, tree_get(doc, root, "tests"), i, &k, &test); i++)
		run_case(s, z, doc, tree_text(k), test);
	zone_free(z);
}

/* 0, or -1 after the message. */
static int run_file(struct suite *s, const char *path)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	FILE *f = fopen(path, "rb");
	bool more = true;
	int rc = 0;

	if (f == NULL) {
		perror(path);
		return -1;
	}
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_file(&parser, f);
	while (more) {
		if (!yaml_parser_load(&parser, &doc)) {
			fprintf(stderr, "%s:%zu: %s\n", path,
			    parser.problem_mark.line + 1,
			    parser.problem != NULL ? parser.problem : "?");
			rc = -1;
			break;
		}
		more = yaml_document_get_root_node(&doc) != NULL;
		if (more)
			run_document(s, &doc);
		yaml_document_delete(&doc);
	}
	yaml_parser_delete(&parser);
	fclose(f);
	return rc;
}

int main(int argc, char **argv)
{
	struct suite s = {.verbose = false};
	int rc = 0, files = 0;

	uv_loop_init(&s.loop);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "-v") == 0) {
			s.verbose = true;
			continue;
		}
		files++;
		if (run_file(&s, argv[i]) != 0)
			rc = 2;
	}
	if (files == 0) {
		fputs("usage: spf-suite [-v] FILE.yml...\n", stderr);
		rc = 2;
	}
	uv_loop_close(&s.loop);
	printf("%d passed, %d failed\n", s.passed, s.failed);
	return rc != 0 ? rc : s.failed > 0;
}
