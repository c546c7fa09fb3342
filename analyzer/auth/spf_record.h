/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an SPF record (RFC 7208 sections 4.5, 4.6, 5, 6, 12). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/vocab.h"

#define SPF_TERMS_MAX 128
#define SPF_TEXT_MAX  4096

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
};

struct spf_term {
	enum spf_mechanism mechanism;
	enum spf_result qualifier;
	/* in the record's text; spec 0 bytes long: the current domain */
	uint16_t text, text_len, spec, spec_len;
	uint8_t cidr4, cidr6; /* 32 and 128 when absent */
	struct prefix net;    /* ip4, ip6 */
};

struct spf_record {
	char text[SPF_TEXT_MAX];
	struct spf_term terms[SPF_TERMS_MAX];
	size_t n;
	uint16_t redirect, redirect_len; /* 0 long: none */
	uint16_t exp, exp_len;
};

/* "v=spf1" alone or before a space, in any case. */
bool spf_record_is(const char *text, size_t len);
/* explain-string of section 6.2: macros, printable ASCII and spaces. */
bool spf_explanation_is(const char *text, size_t len);
/* The whole syntax, before anything is evaluated (section 4.6). 0; -1 is
 * permerror, *what then is a constant that says what is wrong. */
int spf_record_parse(
    struct spf_record *r, const char *text, size_t len, const char **what);
