/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/flowspec/gobgp.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/run.h"

#define ARGS_MAX      64
#define TIMEOUT_S     20
#define RIB_BYTES_MAX ((size_t)256 << 20)
#define ESTABLISHED   6

/* Types of RFC 8955 section 4.2.2. */
enum { SOURCE = 2, PROTOCOL = 3, DESTINATION_PORT = 5, SOURCE_PORT = 6 };
/* Its numeric operators, without the length of the value. */
enum {
	OP_END = 0x80,
	OP_AND = 0x40,
	OP_LEN = 0x30,
	OP_LT = 4,
	OP_GT = 2,
	OP_EQ = 1
};

struct args {
	char *v[ARGS_MAX];
	int n;
	char text[1024]; /* of the words that are made here */
	size_t used;
};

static void add(struct args *a, const char *word)
{
	if (a->n + 1 < ARGS_MAX)
		a->v[a->n++] = (char *)(uintptr_t)word;
}

/* Words of a sentence, cut at spaces. */
static void add_words(struct args *a, const char *words)
{
	char *rest = NULL, *at = a->text + a->used;
	size_t n = strlen(words) + 1;

	if (a->used + n > sizeof(a->text))
		return;
	memcpy(at, words, n);
	a->used += n;
	for (char *s = strtok_r(at, " ", &rest); s != NULL;
	     s = strtok_r(NULL, " ", &rest))
		add(a, s);
}

static void begin(struct args *a, const struct gobgp *g)
{
	a->n = 0;
	a->used = 0;
	add(a, "gobgp");
	if (g->host != NULL) {
		add(a, "-u");
		add(a, g->host);
	}
	if (g->port != NULL) {
		add(a, "-p");
		add(a, g->port);
	}
}

/* gobgp tells its errors on standard output. */
static int run(
    struct args *a, size_t output_max, char **output, size_t *n, char *why)
{
	struct run r = {.argv = a->v,
	    .timeout_s = TIMEOUT_S,
	    .dies_with_us = true,
	    .first_line = true,
	    .output_max = output_max};

	a->v[a->n] = NULL;
	if (run_program(&r) != 0) {
		snprintf(why, ORDER_ERROR_SIZE, "gobgp: %s", r.why);
		/* Its other errors are about the words of the rule. */
		return r.exited && r.status == 1 &&
			       strstr(r.why, "deadline") == NULL &&
			       strstr(r.why, "connection") == NULL
			   ? -1
			   : FLOW_UNREACHABLE;
	}
	*output = r.output;
	*n = r.n_output;
	return 0;
}

static int set(void *self, const struct target *t, bool on, char *why)
{
	const struct gobgp *g = self;
	char prefix[PREFIX_STRLEN], match[160], ports[40], *output = NULL;
	bool v4 = addr_is_v4(&t->prefix.addr) && t->prefix.len >= 96;
	struct args a;
	size_t n;
	int rc;

	begin(&a, g);
	add_words(&a,
	    v4 ? "global rib -a ipv4-flowspec" : "global rib -a ipv6-flowspec");
	add(&a, on ? "add" : "del");
	snprintf(match, sizeof(match),
	    "match source %s protocol tcp destination-port ==25",
	    prefix_format(&t->prefix, prefix));
	add_words(&a, match);
	if (target_is_shared(t)) {
		snprintf(ports, sizeof(ports),
		    t->first_port == t->last_port ? "==%d" : ">=%d&<=%d",
		    t->first_port, t->last_port);
		add(&a, "source-port");
		add(&a, ports);
	}
	if (on) {
		add(&a, "then");
		add_words(&a, g->action);
	}
	rc = run(&a, 0, &output, &n, why);
	free(output);
	return rc;
}

/* --- the table -------------------------------------------------------------*/

static json_int_t number(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* One item "== value" and no other. */
static bool is_equal(json_t *items, json_int_t value)
{
	json_t *item = json_array_get(items, 0);

	return json_array_size(items) == 1 &&
	       (number(item, "op") & ~(OP_END | OP_LEN)) == OP_EQ &&
	       number(item, "value") == value;
}

/* "== a", or ">= a & <= b" */
static int read_ports(struct target *t, json_t *items)
{
	json_t *a = json_array_get(items, 0), *b = json_array_get(items, 1);
	json_int_t low = number(a, "value"), high = low;

	if (json_array_size(items) == 2) {
		if ((number(a, "op") & ~OP_LEN) != (OP_GT | OP_EQ) ||
		    (number(b, "op") & ~(OP_END | OP_LEN)) !=
			(OP_AND | OP_LT | OP_EQ))
			return -1;
		high = number(b, "value");
	} else if (!is_equal(items, low)) {
		return -1;
	}
	if (low < 0 || low > high || high < 1 || high > UINT16_MAX)
		return -1;
	t->first_port = (uint16_t)low;
	t->last_port = (uint16_t)high;
	return 0;
}

/* A rule that no driver of ours has made is none. */
static int read_rule(struct target *t, json_t *parts)
{
	unsigned int seen = 0;
	size_t i;
	json_t *part;

	t->first_port = 0;
	t->last_port = 0;
	json_array_foreach(parts, i, part)
	{
		json_t *value = json_object_get(part, "value");
		json_int_t type = number(part, "type");
		const char *prefix =
		    json_string_value(json_object_get(value, "prefix"));
		bool good = false;

		if (type == SOURCE)
			good = prefix != NULL && number(part, "offset") == 0 &&
			       prefix_parse(&t->prefix, prefix) == 0;
		else if (type == PROTOCOL)
			good = is_equal(value, 6);
		else if (type == DESTINATION_PORT)
			good = is_equal(value, 25);
		else if (type == SOURCE_PORT)
			good = read_ports(t, value) == 0;
		if (!good || (seen & 1U << type) != 0)
			return -1;
		seen |= 1U << type;
	}
	seen &= ~(1U << SOURCE_PORT);
	return seen == (1U << SOURCE | 1U << PROTOCOL | 1U << DESTINATION_PORT)
		   ? 0
		   : -1;
}

int gobgp_parse_rib(struct flow *f, const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, 0, NULL), *paths, *path;
	const char *key;
	struct target t;
	size_t i;
	int rc = json_is_object(root) ? 0 : -1;

	json_object_foreach(root, key, paths)
	{
		json_array_foreach(paths, i, path)
		{
			/* Heard from another speaker. */
			if (json_object_get(path, "neighbor-ip") != NULL)
				continue;
			if (read_rule(&t,
				json_object_get(json_object_get(path, "nlri"),
				    "value")) == 0)
				flow_found(f, &t);
		}
	}
	json_decref(root);
	return rc;
}

static int read_family(
    const struct gobgp *g, struct flow *f, const char *family, char *why)
{
	struct args a;
	char *output = NULL;
	size_t n = 0;
	int rc;

	begin(&a, g);
	add_words(&a, "-j global rib -a");
	add(&a, family);
	rc = run(&a, RIB_BYTES_MAX, &output, &n, why);
	if (rc == 0 &&
	    gobgp_parse_rib(f, output != NULL ? output : "", n) != 0) {
		snprintf(why, ORDER_ERROR_SIZE,
		    "gobgp: its table is not understood");
		rc = -1;
	}
	free(output);
	return rc;
}

static int read_rib(void *self, struct flow *f, char *why)
{
	int rc = read_family(self, f, "ipv4-flowspec", why);

	return rc == 0 ? read_family(self, f, "ipv6-flowspec", why) : rc;
}

/* --- sessions --------------------------------------------------------------*/

int gobgp_parse_neighbors(const char *json, size_t len)
{
	json_t *root = json_loadb(json, len, 0, NULL), *neighbor;
	int n = json_is_array(root) || json_is_null(root) ? 0 : -1;
	size_t i;

	json_array_foreach(root, i, neighbor)
	{
		if (number(json_object_get(neighbor, "state"),
			"session_state") == ESTABLISHED)
			n++;
	}
	json_decref(root);
	return n;
}

static int is_up(void *self, char *why)
{
	struct args a;
	char *output = NULL;
	size_t n = 0;
	int up;

	begin(&a, self);
	add_words(&a, "-j neighbor");
	if (run(&a, RIB_BYTES_MAX, &output, &n, why) != 0)
		return -1;
	up = gobgp_parse_neighbors(output != NULL ? output : "", n);
	free(output);
	if (up > 0)
		return 0;
	snprintf(why, ORDER_ERROR_SIZE,
	    "gobgpd has no BGP session: its rules are in force nowhere");
	return -1;
}

struct flow_speaker gobgp_speaker(struct gobgp *g)
{
	return (struct flow_speaker){
	    .set = set, .read = read_rib, .is_up = is_up, .self = g};
}
