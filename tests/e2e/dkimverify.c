/* SPDX-License-Identifier: Apache-2.0 */
/* dkimverify [-k KEYS] FILE...: what capture and analyzer make of the DKIM
 * signatures of each message, a line a signature. KEYS has lines of "NAME
 * RECORD"; a message may begin with such lines and an empty one. The time
 * is that of the signature, or just before it expires. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/auth/dkim.h"
#include "capture/dkim/evidence.h"
#include "capture/smtp/message.h"
#include "tests/unit/analyzer/auth/fake_resolver.h"

#define BYTES_MAX (1024 * 1024)
#define KEYS_MAX  256

static char *zone[KEYS_MAX];
static size_t keys;

/* NAME RECORD as a line of the zone. */
static void add_key(const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	size_t name = space != NULL ? (size_t)(space - line) : len;

	if (keys == KEYS_MAX || space == NULL)
		return;
	zone[keys] = malloc(len + 8);
	if (zone[keys] != NULL)
		snprintf(zone[keys++], len + 8, "%.*s TXT %.*s", (int)name,
		    line, (int)(len - name - 1), space + 1);
}

static bool is_key(const char *line)
{
	size_t n = strcspn(line, " \r\n");

	return line[n] == ' ' &&
	       memmem(line, n, "._domainkey.", strlen("._domainkey.")) != NULL;
}

/* Takes the lines of keys in front; where the message begins. */
static char *take_keys(char *text)
{
	char *p = text;

	while (is_key(p)) {
		size_t n = strcspn(p, "\r\n");

		add_key(p, n);
		p += n;
		p += strspn(p, "\r");
		p += *p == '\n';
	}
	if (p != text)
		p += strspn(p, "\r\n");
	return p;
}

static char *read_file(const char *path)
{
	static char text[BYTES_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL) {
		perror(path);
		exit(2);
	}
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

/* Lines end with CRLF, as on the wire. */
static void feed(struct smtp_message *m, const char *p)
{
	smtp_message_init(m, 0);
	for (; *p != '\0'; p++) {
		if (*p == '\n')
			smtp_message_chunk(m, (const uint8_t *)"\r\n", 2);
		else if (*p != '\r' || p[1] != '\n')
			smtp_message_chunk(m, (const uint8_t *)p, 1);
	}
	smtp_message_end(m);
}

static void print(void *arg, const struct dkim_outcome *o)
{
	for (size_t i = 0; i < o->n; i++)
		printf("%s %s %s %s\n", (const char *)arg,
		    dkim_code_name(o->v[i].code),
		    o->v[i].domain[0] != '\0' ? o->v[i].domain : "-",
		    o->v[i].reason);
	if (o->n == 0)
		printf("%s none - no signature\n", (const char *)arg);
}

static void convert(
    Sekisho__DkimEvidence *to, const struct dkim_evidence *e, int64_t *now_s)
{
	sekisho__dkim_evidence__init(to);
	to->domain = (char *)e->domain;
	to->selector = (char *)e->selector;
	to->algorithm = e->algorithm;
	to->identity_domain = (char *)e->identity_domain;
	to->signed_s = e->signed_s;
	to->expires_s = e->expires_s;
	to->body = e->body;
	to->body_length = e->body_length;
	to->digest.data = (uint8_t *)e->digest;
	to->digest.len = e->digest_len;
	to->signature.data = (uint8_t *)e->signature;
	to->signature.len = e->signature_len;
	to->malformed = e->malformed;
	to->from_signed = e->from_signed;
	if (*now_s == 0)
		*now_s = e->signed_s != 0 ? e->signed_s : e->expires_s;
}

static void verify(const char *path)
{
	static const struct dkim_limits limits = {8, 4, 1024, 4096};
	Sekisho__DkimEvidence made[DKIM_SIGNATURES_MAX];
	Sekisho__DkimEvidence *list[DKIM_SIGNATURES_MAX];
	struct dkim_query q = {.signatures = list};
	const struct dkim_evidence *e;
	struct smtp_message m;
	struct fake fake;
	uv_loop_t loop;

	feed(&m, take_keys(read_file(path)));
	e = dkim_signatures(m.header.dkim, &q.n);
	for (size_t i = 0; i < q.n; i++) {
		convert(&made[i], &e[i], &q.now_s);
		list[i] = &made[i];
	}
	uv_loop_init(&loop);
	fake_init(&fake, &loop, (const char *const *)zone, keys);
	dkim_check_start(
	    &loop, &fake.r, &limits, &q, print, (void *)(uintptr_t)path);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	smtp_header_clear(&m.header);
}

int main(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "k:")) != -1) {
		if (c != 'k')
			return 2;
		take_keys(read_file(optarg));
	}
	if (!dkim_start())
		return 2;
	for (int i = optind; i < argc; i++)
		verify(argv[i]);
	while (keys > 0)
		free(zone[--keys]);
	return 0;
}
