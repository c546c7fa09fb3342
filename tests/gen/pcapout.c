/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/pcapout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

#define SNAPLEN  262144
#define ETHERNET 1

void pcapout_mark(struct pcapout *p)
{
	p->first_us = p->last_us = 0;
}

void pcapout_add(
    struct pcapout *p, int64_t ts_us, const uint8_t *data, size_t len)
{
	struct pcapout_packet *k;

	if (p->n == p->cap) {
		p->cap = p->cap == 0 ? 4096 : p->cap * 2;
		p->v = realloc(p->v, p->cap * sizeof(*p->v));
		if (p->v == NULL)
			log_fatal("trafficgen", "out of memory");
	}
	k = &p->v[p->n];
	*k = (struct pcapout_packet){ts_us, p->n, malloc(len), (uint32_t)len};
	if (k->data == NULL)
		log_fatal("trafficgen", "out of memory");
	memcpy(k->data, data, len);
	p->n++;
	if (p->first_us == 0 || ts_us < p->first_us)
		p->first_us = ts_us;
	if (ts_us > p->last_us)
		p->last_us = ts_us;
}

static int by_time(const void *a, const void *b)
{
	const struct pcapout_packet *x = a, *y = b;

	if (x->ts_us != y->ts_us)
		return x->ts_us < y->ts_us ? -1 : 1;
	return x->no < y->no ? -1 : x->no > y->no;
}

static void put_le32(FILE *f, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		putc((int)(v >> (8 * i) & 0xff), f);
}

static void put_packet(FILE *f, const struct pcapout_packet *k)
{
	put_le32(f, (uint32_t)(k->ts_us / US_PER_S));
	put_le32(f, (uint32_t)(k->ts_us % US_PER_S));
	put_le32(f, k->len);
	put_le32(f, k->len);
	fwrite(k->data, 1, k->len, f);
}

int pcapout_write(struct pcapout *p, const char *path)
{
	FILE *f = fopen(path, "wb");
	int bad;

	if (f == NULL)
		return -1;
	if (p->n > 0)
		qsort(p->v, p->n, sizeof(*p->v), by_time);
	put_le32(f, 0xa1b2c3d4);
	put_le32(f, 2 | 4 << 16); /* version 2.4 */
	put_le32(f, 0);
	put_le32(f, 0);
	put_le32(f, SNAPLEN);
	put_le32(f, ETHERNET);
	for (size_t i = 0; i < p->n; i++)
		put_packet(f, &p->v[i]);
	bad = ferror(f);
	return fclose(f) != 0 || bad ? -1 : 0;
}

void pcapout_free(struct pcapout *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].data);
	free(p->v);
	memset(p, 0, sizeof(*p));
}
