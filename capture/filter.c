/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES 4096
/* The kernel's BPF_MAXINSNS. */
#define PROGRAM_MAX 4096

/* What may stand in front. Later ones need the earlier ones' link type; what
 * cannot be said for a link type is left out. */
static const char *const fronts[] = {"", "vlan and ", "vlan and vlan and ",
    "pppoes and ", "vlan and pppoes and ", "vlan and vlan and pppoes and "};
/* Labels can be stacked, and hold IP or Ethernet: all of MPLS comes. */
static const char *const mpls[] = {"ether proto 0x8847 or ether proto 0x8848",
    "vlan and (ether proto 0x8847 or ether proto 0x8848)",
    "vlan and vlan and (ether proto 0x8847 or ether proto 0x8848)"};

static size_t append(char *buf, size_t n, const char *text)
{
	size_t len = strlen(text);

	if (n + len + 1 > TEXT_BYTES)
		return n;
	memcpy(buf + n, text, len + 1);
	return n + len;
}

/* Ports; later fragments; IPv6 extension headers; ICMP errors; carriers, in
 * which BPF cannot look for ports. */
static size_t append_ports(
    char *buf, size_t n, const char *before, const struct conf_ports *ports)
{
	char term[32];

	for (size_t i = 0; i < ports->n; i++) {
		snprintf(term, sizeof(term), "%sport %u",
		    i == 0 ? before : " or ", ports->v[i]);
		n = append(buf, n, term);
	}
	return n;
}

static void wanted(char *buf, const char *front, const struct conf_ports *ports,
    const struct conf_ports *radius)
{
	size_t n = append(buf, 0, front);

	n = append(buf, n, "((tcp and (");
	n = append_ports(buf, n, "", ports);
	n = append(buf, n, ")) or (ip and ip[6:2] & 0x3fff != 0)");
	n = append(buf, n,
	    " or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44"
	    " or ip6[6] == 51 or ip6[6] == 60 or ip6[6] == 135"
	    " or ip6[6] == 139 or ip6[6] == 140))");
	n = append(
	    buf, n, " or (icmp and icmp[0] == 3) or (icmp6 and ip6[40] == 1)");
	n = append(buf, n,
	    " or ip proto 4 or ip proto 41 or ip proto 47"
	    " or ip6 proto 4 or ip6 proto 41 or ip6 proto 47");
	n = append(buf, n,
	    " or (udp and (port 1701 or port 2152 or port 3544"
	    " or port 4789 or port 6081 or port 8472");
	n = append_ports(buf, n, " or ", radius);
	(void)append(buf, n, ")))");
}

/* The program at the end of out: whoever was refused so far is asked again.
 * Returns false when there is no room. */
static bool join(struct bpf_program *out, const struct bpf_program *more)
{
	unsigned int n = out->bf_len;

	if (n + more->bf_len > PROGRAM_MAX)
		return false;
	for (unsigned int i = 0; i < n; i++) {
		struct bpf_insn *insn = &out->bf_insns[i];

		if (insn->code != (BPF_RET | BPF_K) || insn->k != 0)
			continue;
		insn->code = BPF_JMP | BPF_JA;
		insn->k = n - i - 1;
	}
	memcpy(out->bf_insns + n, more->bf_insns,
	    more->bf_len * sizeof(*more->bf_insns));
	out->bf_len = n + more->bf_len;
	return true;
}

static bool add(pcap_t *p, const char *text, struct bpf_program *out)
{
	struct bpf_program more;
	bool ok;

	if (pcap_compile(p, &more, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return false;
	ok = join(out, &more);
	pcap_freecode(&more);
	return ok;
}

int filter_compile(pcap_t *p, const struct conf_ports *ports,
    const struct conf_ports *radius, struct bpf_program *out)
{
	char text[TEXT_BYTES];

	out->bf_len = 0;
	out->bf_insns = calloc(PROGRAM_MAX, sizeof(*out->bf_insns));
	if (out->bf_insns == NULL)
		return -1;
	wanted(text, fronts[0], ports, radius);
	if (!add(p, text, out)) {
		filter_free(out);
		return -1;
	}
	for (size_t i = 1; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		wanted(text, fronts[i], ports, radius);
		(void)add(p, text, out);
	}
	for (size_t i = 0; i < sizeof(mpls) / sizeof(mpls[0]); i++)
		(void)add(p, mpls[i], out);
	return 0;
}

void filter_free(struct bpf_program *program)
{
	free(program->bf_insns);
	program->bf_insns = NULL;
	program->bf_len = 0;
}
