/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/filter.h"

#include <stdio.h>
#include <string.h>

static size_t append(char *buf, size_t n, const char *text)
{
	size_t len = strlen(text);

	if (n + len + 1 > FILTER_BYTES)
		return n;
	memcpy(buf + n, text, len + 1);
	return n + len;
}

/* Ports, later fragments, IPv6 extension headers, ICMP errors. */
static size_t append_wanted(char *buf, size_t n, const struct conf_ports *ports)
{
	char term[32];

	n = append(buf, n, "(tcp and (");
	for (size_t i = 0; i < ports->n; i++) {
		snprintf(term, sizeof(term), "%sport %u", i == 0 ? "" : " or ",
		    ports->v[i]);
		n = append(buf, n, term);
	}
	n = append(buf, n, ")) or (ip and ip[6:2] & 0x3fff != 0)");
	n = append(buf, n,
	    " or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44"
	    " or ip6[6] == 51 or ip6[6] == 60))");
	return append(buf, n,
	    " or (icmp and icmp[0] == 3)"
	    " or (icmp6 and ip6[40] == 1)");
}

const char *filter_text(
    const struct conf_ports *ports, bool vlan, char buf[static FILTER_BYTES])
{
	size_t n = append_wanted(buf, 0, ports);

	if (!vlan)
		return buf;
	/* The word vlan shifts all offsets behind it by one tag. */
	n = append(buf, n, " or (vlan and (");
	n = append_wanted(buf, n, ports);
	n = append(buf, n, " or (vlan and (");
	n = append_wanted(buf, n, ports);
	(void)append(buf, n, "))))");
	return buf;
}
