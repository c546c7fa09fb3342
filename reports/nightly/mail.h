/* SPDX-License-Identifier: Apache-2.0 */
/* A mail as text (RFC 5322, MIME), and its way out: a program that takes it,
 * or a folder. Lines end with LF, as such programs and folders have it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MAIL_PARTS_MAX 4

struct mail_part {
	const char *type; /* "text/csv; charset=utf-8" */
	const char *name; /* of the file; NULL: none */
	const char *data;
	size_t len;
};
struct mail {
	const char *from, *from_name; /* from_name NULL: none */
	const char *to;               /* space separated addresses */
	const char *subject;
	const char *id; /* local part of the Message-ID */
	int64_t now_us;
	struct mail_part text, html; /* html.data NULL: text alone */
	struct mail_part attached[MAIL_PARTS_MAX];
	size_t n_attached;
};

/* All of a list by spaces, at least one: see reports/out/address.h. */
bool mail_addresses_ok(const char *list);
void mail_print(const struct mail *m, FILE *f);
/* Hands it to the program, without a shell. 0; -1 with err. */
int mail_send(const struct mail *m, const char *program, char *err, size_t n);
/* As FOLDER/ID.eml, whole or not at all. 0; -1 with err. */
int mail_spool(const struct mail *m, const char *folder, char *err, size_t n);
