/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of sekisho-driver-radius-coa: which NAS serves whom, and
 * what it is sent. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"

#define NAS_ERROR_SIZE 512

/* Lines of attributes with placeholders, as radclient(1) reads them. */
struct nas_lines {
	char **v;
	size_t n;
};

struct nas {
	char *name;
	char *server; /* "192.0.2.254:3799" for radclient */
	char *secret_file;
	bool disconnect; /* Disconnect-Request, not CoA-Request */
	int timeout_s, tries;
	struct prefix *prefixes; /* none: all */
	size_t n_prefixes;
	struct nas_lines session, block, unblock;
};

struct nas_list {
	struct nas *v;
	size_t n;
};

/* 0, or -1 and why. */
int nas_load(struct nas_list *l, const char *path, char why[NAS_ERROR_SIZE]);
void nas_free(struct nas_list *l);
/* Who serves this prefix; the first of them. NULL: none. */
const struct nas *nas_of(const struct nas_list *l, const struct prefix *p);
/* A line of the session has this placeholder, as "%{ipv4}". */
bool nas_session_has(const struct nas *n, const char *placeholder);
