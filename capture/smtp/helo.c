/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/helo.h"

#include <string.h>

#include "capture/smtp/path.h"

/* No top-level domain is all digits (RFC 3696 section 2): an address
 * without brackets is no name. */
static bool ends_in_number(const char *name)
{
	const char *dot = strrchr(name, '.');
	const char *label = dot != NULL ? dot + 1 : name;

	return label[strspn(label, "0123456789")] == '\0';
}

void smtp_helo_parse(struct smtp_helo *h, Sekisho__HeloVerb verb,
    const char *arg, size_t len, const struct addr *client,
    char name[static 256])
{
	struct addr a;

	*h = (struct smtp_helo){.verb = verb};
	if (len == 0) {
		h->kind = SEKISHO__HELO_KIND__HELO_KIND_EMPTY;
		return;
	}
	h->kind = SEKISHO__HELO_KIND__HELO_KIND_INVALID;
	if (!smtp_domain_copy(name, arg, len))
		return;
	if (smtp_literal_parse(name, strlen(name), &a)) {
		h->kind = addr_equal(&a, client)
			      ? SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OWN
			      : SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OTHER;
		h->null_literal = addr_is_null(&a);
	} else if (!ends_in_number(name)) {
		h->kind = strchr(name, '.') != NULL
			      ? SEKISHO__HELO_KIND__HELO_KIND_FQDN
			      : SEKISHO__HELO_KIND__HELO_KIND_BARE;
	} else {
		return;
	}
	h->name = name;
}
