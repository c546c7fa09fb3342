/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/dhcp/kea.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(bool v6, const char *field, const char *s, size_t size)
{
	struct kea k;

	kea_init(&k, v6, field);
	while (size > 0) {
		const char *end = memchr(s, '\n', size);
		size_t len = end ? (size_t)(end - s) : size;
		struct grant g;

		if (kea_line(&k, s, len, &g) == 1 &&
		    (g.prefix.len > 128 || g.at_s < 0 ||
			strlen(g.customer) >= sizeof(g.customer) ||
			(!g.held && g.customer[0] != '\0')))
			abort();
		len += end != NULL;
		s += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const v4[] = {"hwaddr", "client-id", "hostname",
	    "circuit-id", "remote-id", "context:id"};
	static const char *const v6[] = {
	    "duid", "hostname", "interface-id", "remote-id", "context:id"};

	for (size_t i = 0; i < sizeof(v4) / sizeof(v4[0]); i++)
		feed(false, v4[i], (const char *)data, size);
	for (size_t i = 0; i < sizeof(v6) / sizeof(v6[0]); i++)
		feed(true, v6[i], (const char *)data, size);
	return 0;
}
