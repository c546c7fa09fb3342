/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/dhcp/dhcpd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_grant(void *arg, const struct grant *g)
{
	const struct dhcpd *d = arg;

	if (g->prefix.len > 128 || addr_is_v4(&g->prefix.addr) == d->v6 ||
	    g->at_s < 0 || strlen(g->customer) >= sizeof(g->customer))
		abort();
	return 0;
}

static void on_bad(void *arg)
{
	(void)arg;
}

static void feed(bool v6, const char *field, const char *s, size_t size)
{
	struct dhcpd *d = malloc(sizeof(*d));

	if (!d)
		abort();
	dhcpd_init(d, v6, field, (struct dhcpd_owner){on_grant, on_bad, d});
	while (size > 0) {
		const char *end = memchr(s, '\n', size);
		size_t len = end ? (size_t)(end - s) : size;

		if (dhcpd_line(d, s, len) != 0)
			abort();
		len += end != NULL;
		s += len;
		size -= len;
	}
	free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const v4[] = {"hwaddr", "client-id", "hostname",
	    "circuit-id", "remote-id", "set:id"};

	for (size_t i = 0; i < sizeof(v4) / sizeof(v4[0]); i++)
		feed(false, v4[i], (const char *)data, size);
	feed(true, "duid", (const char *)data, size);
	feed(true, "set:id", (const char *)data, size);
	return 0;
}
