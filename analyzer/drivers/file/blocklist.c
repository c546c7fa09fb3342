/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/file/blocklist.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH_BYTES  32
#define HASH_STRLEN (2 * HASH_BYTES + 1)
#define LINE_STRLEN 80
#define TRAILER     "# end count="

static int by_target(const void *a, const void *b)
{
	return target_compare(a, b);
}

static const char *hash_text(
    const char *data, size_t len, char buf[HASH_STRLEN])
{
	unsigned char h[HASH_BYTES] = {0};

	(void)EVP_Digest(data, len, h, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < HASH_BYTES; i++)
		snprintf(buf + 2 * i, 3, "%02x", h[i]);
	return buf;
}

static void write_line(FILE *f, const struct target *t)
{
	char text[PREFIX_STRLEN];

	if (!target_is_shared(t))
		fprintf(f, "%s\n", prefix_format(&t->prefix, text));
	else if (t->prefix.len == 128)
		fprintf(f, "%s#%d-%d\n", addr_format(&t->prefix.addr, text),
		    t->first_port, t->last_port);
	else
		fprintf(f, "%s#%d-%d\n", prefix_format(&t->prefix, text),
		    t->first_port, t->last_port);
}

char *blocklist_lines(const struct ledger *l, size_t *len, size_t *count)
{
	const struct ledger_claim *c;
	struct target *v;
	char *text = NULL;
	size_t n = 0;
	FILE *f;

	v = calloc(HASH_COUNT(ledger_claims(l)) + 1, sizeof(*v));
	f = open_memstream(&text, len);
	if (v == NULL || f == NULL)
		goto out;
	for (c = ledger_claims(l); c != NULL; c = c->hh.next)
		if (c->n_owners > 0)
			v[n++] = c->target;
	targets_sort(v, n);
	for (size_t i = 0; i < n; i++)
		write_line(f, &v[i]);
	*count = n;
out:
	if (f != NULL && fclose(f) != 0) {
		free(text);
		text = NULL;
	}
	free(v);
	return text;
}

char *blocklist_text(const char *lines, size_t len, size_t count,
    int64_t generation, size_t *text_len)
{
	char head[64], hash[HASH_STRLEN], *text = NULL;
	size_t n;
	int rc;

	n = (size_t)snprintf(
	    head, sizeof(head), "# generation %" PRId64 "\n", generation);
	text = malloc(n + len + 160);
	if (text == NULL)
		return NULL;
	memcpy(text, head, n);
	memcpy(text + n, lines, len);
	n += len;
	rc = snprintf(text + n, 160, TRAILER "%zu sha256=%s\n", count,
	    hash_text(text, n, hash));
	*text_len = n + (size_t)rc;
	return text;
}

/* --- reading ---------------------------------------------------------------*/

static int parse_line(struct target *t, char *line)
{
	char *ports = strchr(line, '#'), *end;
	long first = 0, last = 0;

	if (ports != NULL) {
		*ports++ = '\0';
		first = strtol(ports, &end, 10);
		if (end == ports || *end != '-')
			return -1;
		ports = end + 1;
		last = strtol(ports, &end, 10);
		if (end == ports || *end != '\0' || first < 0 || first > last ||
		    last < 1 || last > UINT16_MAX)
			return -1;
	}
	t->first_port = (uint16_t)first;
	t->last_port = (uint16_t)last;
	return prefix_parse(&t->prefix, line) == 0 ? 0 : -1;
}

/* The trailer's hash is of all before it. Returns where it begins. */
static const char *find_trailer(const char *text, size_t len, size_t *count)
{
	char want[160], hash[HASH_STRLEN];
	const char *at = NULL, *next = text;

	while ((next = strstr(next, TRAILER)) != NULL) {
		at = next;
		next++;
	}
	if (at == NULL || (at > text && at[-1] != '\n'))
		return NULL;
	*count = (size_t)strtoull(at + strlen(TRAILER), NULL, 10);
	snprintf(want, sizeof(want), TRAILER "%zu sha256=%s\n", *count,
	    hash_text(text, (size_t)(at - text), hash));
	return strcmp(at, want) == 0 && at + strlen(at) == text + len ? at
								      : NULL;
}

static int parse_lines(
    struct blocklist *b, const char *text, const char *end, size_t count)
{
	static const char generation[] = "# generation ";
	while (text < end) {
		const char *feed = memchr(text, '\n', (size_t)(end - text));
		size_t n = feed != NULL ? (size_t)(feed - text) : 0;
		char line[LINE_STRLEN];

		if (feed == NULL || n >= sizeof(line))
			return -1;
		memcpy(line, text, n);
		line[n] = '\0';
		text = feed + 1;
		if (strncmp(line, generation, strlen(generation)) == 0)
			b->generation =
			    strtoll(line + strlen(generation), NULL, 10);
		if (line[0] == '#')
			continue;
		if (b->n == count || parse_line(&b->v[b->n], line) != 0)
			return -1;
		b->n++;
	}
	return b->n == count ? 0 : -1;
}

int blocklist_parse(struct blocklist *b, const char *text, size_t len)
{
	size_t count = 0;
	const char *end;

	memset(b, 0, sizeof(*b));
	end = find_trailer(text, len, &count);
	if (end == NULL || count > len)
		return -1;
	b->v = calloc(count + 1, sizeof(*b->v));
	if (b->v == NULL || parse_lines(b, text, end, count) != 0) {
		free(b->v);
		memset(b, 0, sizeof(*b));
		return -1;
	}
	targets_sort(b->v, b->n);
	return 0;
}

bool blocklist_has(const struct blocklist *b, const struct target *t)
{
	return b->n > 0 &&
	       bsearch(t, b->v, b->n, sizeof(*b->v), by_target) != NULL;
}
