/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/source.h"

#include "base/clock.h"

int64_t source_packet_time(const struct pcap_pkthdr *h)
{
	if (h->ts.tv_sec < 0 || h->ts.tv_sec > INT32_MAX * INT64_C(4) ||
	    h->ts.tv_usec < 0 || h->ts.tv_usec >= US_PER_S)
		return -1;
	return (int64_t)h->ts.tv_sec * US_PER_S + h->ts.tv_usec;
}

void source_start(struct source *s)
{
	if (s != NULL)
		s->ops->start(s);
}

void source_resume(struct source *s)
{
	if (s != NULL)
		s->ops->resume(s);
}

void source_stats(struct source *s)
{
	if (s != NULL)
		s->ops->stats(s);
}

void source_stop(struct source *s)
{
	if (s != NULL)
		s->ops->stop(s);
}

void source_free(struct source *s)
{
	if (s != NULL)
		s->ops->free(s);
}
