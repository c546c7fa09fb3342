/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/dhcp/relay.h"

#include <string.h>

#include "analyzer/identity/dhcp/name.h"

#define OPTIONS_BYTES 2048

#define CIRCUIT_ID   1 /* RFC 3046 section 2.0 */
#define REMOTE_ID    2
#define INTERFACE_ID 18 /* RFC 8415 section 21.18 */
#define REMOTE_ID_V6 37 /* RFC 4649 section 3 */

/* Codes and lengths of width bytes each. 0: it is not there whole. */
static size_t find_option(const uint8_t *v, size_t n, size_t width,
    unsigned int code, const uint8_t **data)
{
	size_t at = 0;

	while (n - at >= 2 * width) {
		size_t c = v[at], len = v[at + width];

		if (width == 2) {
			c = c << 8 | v[at + 1];
			len = len << 8 | v[at + 3];
		}
		at += 2 * width;
		if (len > n - at)
			return 0;
		if (c == code) {
			*data = v + at;
			return len;
		}
		at += len;
	}
	return 0;
}

static void take_options(char out[static ROW_ID_LEN], const char *hex,
    size_t width, unsigned int code, size_t skip)
{
	uint8_t v[OPTIONS_BYTES];
	int n = hex ? name_hex(v, sizeof(v), hex, strlen(hex)) : -1;
	const uint8_t *data = NULL;
	size_t len;

	if (n < 0)
		return;
	len = find_option(v, (size_t)n, width, code, &data);
	if (len > skip)
		name_of_bytes(out, data + skip, len - skip);
}

void relay_name_v4(
    char out[static ROW_ID_LEN], const json_t *context, const char *field)
{
	const json_t *info = json_object_get(
	    json_object_get(context, "ISC"), "relay-agent-info");
	/* Before Kea 2.3.8 it was the text itself. */
	const json_t *text =
	    json_is_string(info) ? info : json_object_get(info, "sub-options");

	take_options(out, json_string_value(text), 1,
	    strcmp(field, "circuit-id") == 0 ? CIRCUIT_ID : REMOTE_ID, 0);
}

void relay_name_v6(
    char out[static ROW_ID_LEN], const json_t *context, const char *field)
{
	const json_t *isc = json_object_get(context, "ISC"), *nearest = NULL;
	const json_t *list = json_object_get(isc, "relay-info");
	int64_t least = -1;

	/* "relays" before Kea 2.3.8. hop-count is 0 in the message of the
	 * relay that heard the client (RFC 8415 section 19.1.1). */
	if (list == NULL)
		list = json_object_get(isc, "relays");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *r = json_array_get(list, i);
		int64_t hop = json_integer_value(json_object_get(r, "hop"));

		if (least < 0 || hop < least) {
			least = hop;
			nearest = r;
		}
	}
	if (strcmp(field, "interface-id") == 0)
		take_options(out,
		    json_string_value(json_object_get(nearest, "options")), 2,
		    INTERFACE_ID, 0);
	else
		take_options(out,
		    json_string_value(json_object_get(nearest, "options")), 2,
		    REMOTE_ID_V6, 4);
}
