/* SPDX-License-Identifier: Apache-2.0 */
/* Reads tests/nasty.txt: strings that must come out of every form inert. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NASTY_MAX   200
#define NASTY_BYTES 4096

struct nasty {
	char *v[NASTY_MAX];
	size_t n;
};

static inline int nasty_hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
				      : -1;
}

/* One line without its end; -1: no such escape. */
static inline int nasty_decode(const char *s, char out[static NASTY_BYTES])
{
	size_t n = 0;

	while (*s != '\0' && n + 1 < NASTY_BYTES) {
		static const char from[] = "rnt\\", to[] = "\r\n\t\\";
		const char *at;

		if (*s != '\\') {
			out[n++] = *s++;
			continue;
		}
		s++;
		if (*s == 'x' && nasty_hex(s[1]) >= 0 && nasty_hex(s[2]) >= 0) {
			out[n++] =
			    (char)(nasty_hex(s[1]) << 4 | nasty_hex(s[2]));
			s += 3;
			continue;
		}
		at = *s != '\0' ? strchr(from, *s) : NULL;
		if (!at)
			return -1;
		out[n++] = to[at - from];
		s++;
	}
	out[n] = '\0';
	return 0;
}

static inline int nasty_add(struct nasty *list, const char *line)
{
	char text[NASTY_BYTES];
	char *after = NULL;
	long times = *line == '@' ? strtol(line + 1, &after, 10) : 0;
	size_t len, all;

	if (times == 0 || *after != ' ')
		times = 1;
	else
		line = after + 1;
	if (list->n == NASTY_MAX || nasty_decode(line, text) != 0)
		return -1;
	len = strlen(text);
	all = len * (size_t)times;
	list->v[list->n] = malloc(all + 1);
	if (!list->v[list->n])
		return -1;
	for (size_t i = 0; i < all; i++)
		list->v[list->n][i] = text[i % len];
	list->v[list->n++][all] = '\0';
	return 0;
}

/* 0; -1: cannot be read. */
static inline int nasty_load(struct nasty *list, const char *path)
{
	char line[NASTY_BYTES];
	FILE *f = fopen(path, "re");
	int rc = f ? 0 : -1;

	list->n = 0;
	while (rc == 0 && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			rc = nasty_add(list, line);
	}
	if (f)
		fclose(f);
	return rc;
}

static inline void nasty_free(struct nasty *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i]);
	list->n = 0;
}
