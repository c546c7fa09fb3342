/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lease_source.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Words end at a space; one that ends with : has a name behind it. */
static const struct {
	const char *name, *fields;
} formats[LEASE_FORMATS] = {
    [LEASE_FORMAT_LINES] = {"lines", ""},
    [LEASE_FORMAT_KEA4] = {"kea4",
	"hwaddr client-id hostname circuit-id remote-id context:"},
    [LEASE_FORMAT_KEA6] = {"kea6",
	"duid hwaddr hostname interface-id remote-id context:"},
    [LEASE_FORMAT_DHCPD] = {"dhcpd",
	"hwaddr client-id hostname circuit-id remote-id set:"},
    [LEASE_FORMAT_DHCPD6] = {"dhcpd6", "duid set:"},
};

const char *lease_format_name(enum lease_format f)
{
	return f < LEASE_FORMATS ? formats[f].name : NULL;
}

int lease_format_parse(const char *text)
{
	for (int f = 0; f < LEASE_FORMATS; f++)
		if (strcmp(text, formats[f].name) == 0)
			return f;
	return -1;
}

static bool is_field(const char *fields, const char *field)
{
	const char *colon = strchr(field, ':');
	size_t len = colon ? (size_t)(colon - field + 1) : strlen(field);

	if (len == 0 || (colon && colon[1] == '\0'))
		return false;
	while (*fields != '\0') {
		size_t n = strcspn(fields, " ");

		if (n == len && strncmp(fields, field, n) == 0)
			return true;
		fields += n + (fields[n] == ' ');
	}
	return false;
}

int lease_field_check(
    enum lease_format f, const char *field, char *why, size_t size)
{
	if (f == LEASE_FORMAT_LINES) {
		if (*field == '\0')
			return 0;
		snprintf(why, size, "lines name their customer themselves");
		return -1;
	}
	if (strlen(field) < LEASE_FIELD_LEN &&
	    is_field(formats[f].fields, field))
		return 0;
	snprintf(why, size,
	    "\"%.40s\" is no field of %s that can be the customer; give one "
	    "of: %s%s",
	    field, formats[f].name, formats[f].fields,
	    strchr(formats[f].fields, ':') ? "NAME" : "");
	return -1;
}

/* The next word; NULL: it is too long, or there is none. */
static const char *take_word(const char *text, char *word, size_t size)
{
	size_t len = strcspn(text, " ");

	if (len == 0 || len >= size)
		return NULL;
	memcpy(word, text, len);
	word[len] = '\0';
	return text + len + strspn(text + len, " ");
}

int lease_source_parse(
    struct lease_source *s, const char *text, char *why, size_t size)
{
	char word[16] = "";
	const char *rest = take_word(text, word, sizeof(word));
	int format = rest ? lease_format_parse(word) : -1;

	memset(s, 0, sizeof(*s));
	if (format < 0) {
		snprintf(why, size,
		    "\"%.60s\" does not begin with lines, kea4, kea6, dhcpd "
		    "or dhcpd6; write \"FORMAT FIELD PATH\", as \"kea4 "
		    "remote-id /var/lib/kea/kea-leases4.csv\"",
		    text);
		return -1;
	}
	s->format = (enum lease_format)format;
	if (format != LEASE_FORMAT_LINES) {
		rest = take_word(rest, s->field, sizeof(s->field));
		if (lease_field_check(
			s->format, rest ? s->field : "", why, size) != 0)
			return -1;
	}
	s->path = rest;
	if (*rest == '/')
		return 0;
	snprintf(why, size, "\"%.60s\": the path at its end must begin with /",
	    text);
	return -1;
}
