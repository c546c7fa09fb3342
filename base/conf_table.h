/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of the configuration: what the conf*.c share. Callers outside of
 * base/ use conf.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/conf.h"

enum conf_type {
	CONF_TEXT,   /* one line; min, max: bytes; "" is not set (NULL) */
	CONF_NAME,   /* letters, digits, "._-" */
	CONF_SERVER, /* ADDRESS[@PORT] */
	CONF_LISTEN, /* ADDRESS@PORT */
	CONF_INT,
	CONF_BOOL,
	CONF_TIER,
	CONF_MODE,
	CONF_CLASS_MODE,
	CONF_OPEN,     /* of a port */
	CONF_PREFIXES, /* from here on lists */
	CONF_PORTS,
	CONF_LADDER,
	CONF_EGRESS,
	CONF_CGN,
	CONF_MAP_E,
	CONF_NAMES,
	CONF_UNITS,
	CONF_ARGV
};

struct conf_key {
	const char *section; /* "": top level */
	const char *name;
	enum conf_type type;
	int64_t min, max;
	const char *def; /* as in a file; values of a list by spaces */
	const char *unit;
	const char *help;
	size_t offset; /* in struct conf; of a section with a title: in struct
			* conf_driver, conf_class */
};
struct conf_section {
	const char *name;
	const char *help;
};

/* All keys, section by section. */
size_t conf_keys_count(void);
const struct conf_key *conf_key_at(size_t i);
/* The first of them. */
extern const struct conf_key conf_input_keys[];
extern const size_t conf_input_keys_n;
extern const struct conf_section conf_sections[];
extern const size_t conf_sections_n;

/* Of conf_key_at(). */
size_t conf_key_place(const struct conf_key *k);
const struct conf_key *conf_key_find(const char *section, const char *name);
/* The key of the section that is written most alike; NULL: none there. */
const struct conf_key *conf_key_nearest(const char *section, const char *name);
/* The section in which a key of exactly this name stands, or NULL. */
const char *conf_key_elsewhere(const char *name);

bool conf_type_is_list(enum conf_type t);
/* Words for a person: "number", "list of prefixes". */
const char *conf_type_name(enum conf_type t);
/* The section may stand there many times, with a title each. */
bool conf_section_has_title(const char *section);
/* base: struct conf, conf_driver or conf_class. first: forget what is there
 * (a default); else a list grows. 0, or -1 with why: what is wrong with the
 * value and what to give instead. */
int conf_value_set(void *base, const struct conf_key *k, const char *text,
    bool first, char *why, size_t size);
/* Every value of the key's default. */
int conf_value_default(
    void *base, const struct conf_key *k, char *why, size_t size);
/* What is told of a value that is wrong: cut, without control characters.
 * Returns buf. */
const char *conf_shown(const char *text, char buf[static 64]);
void conf_value_clear(void *base, const struct conf_key *k);
/* How many values a list holds. */
size_t conf_value_count(const void *base, const struct conf_key *k);
/* As a file has it: quoted, lists in braces. */
void conf_value_print(const void *base, const struct conf_key *k, FILE *out);
/* One of its values. */
void conf_element_print(
    const void *base, const struct conf_key *k, size_t i, FILE *out);

/* Every key without a title, and the classes. 0, or -1 with err. */
int conf_set_defaults(struct conf *c, char err[CONF_ERROR_BYTES]);

/* What a class has that no section says otherwise of. */
const char *conf_class_default(enum line_class k, const struct conf_key *key);
void conf_classes_default(struct conf *c);
/* The class of a section's title. -1 with why. */
int conf_class_add(struct conf *c, const char *title, char *why, size_t size);
