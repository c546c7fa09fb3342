/* SPDX-License-Identifier: Apache-2.0 */
/* Puts the frames of a capture onto an interface: pcapsend FILE IFACE. The
 * gaps between them are kept, cut at 5 ms. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <unistd.h>

static long gap_us(const struct timeval *a, const struct timeval *b)
{
	long us = (b->tv_sec - a->tv_sec) * 1000000L + b->tv_usec - a->tv_usec;

	return us < 0 ? 0 : us > 5000 ? 5000 : us;
}

int main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *data;
	struct timeval last = {0, 0};
	pcap_t *in, *out;
	long n = 0;

	if (argc != 3) {
		fputs("usage: pcapsend FILE IFACE\n", stderr);
		return 2;
	}
	in = pcap_open_offline(argv[1], err);
	out = in ? pcap_open_live(argv[2], 65535, 0, 100, err) : NULL;
	if (!in || !out) {
		fprintf(stderr, "pcapsend: %s\n", err);
		return 1;
	}
	while (pcap_next_ex(in, &h, &data) == 1) {
		if (last.tv_sec)
			usleep((useconds_t)gap_us(&last, &h->ts));
		last = h->ts;
		if (pcap_inject(out, data, h->caplen) < 0) {
			fprintf(stderr, "pcapsend: %s\n", pcap_geterr(out));
			return 1;
		}
		n++;
	}
	printf("%ld frames\n", n);
	pcap_close(in);
	pcap_close(out);
	return 0;
}
