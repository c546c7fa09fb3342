/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/backlog.h"

#include <stdlib.h>
#include <string.h>

#include "base/frame.h"

/* Well below FRAME_MAX_BYTES: a single record has some 20 kB at most. */
#define BATCH_BYTES  (256u << 10)
#define RECORDS_TAG  0x1a /* field 3, length-delimited */
#define VARINT_MAX   10
#define FRAME_HEADER 4

struct backlog_item {
	struct backlog_item *next;
	uint64_t seq;
	size_t len;
	bool on_disk;
	uint8_t packed[];
};

void backlog_init(struct backlog *b, uint64_t limit_bytes)
{
	memset(b, 0, sizeof(*b));
	b->limit_bytes = limit_bytes;
}

static size_t cost(const struct backlog_item *i)
{
	return sizeof(*i) + i->len;
}

static void drop_head(struct backlog *b)
{
	struct backlog_item *i = b->head;

	if (b->unsent == i) {
		b->unsent = i->next;
		b->n_unsent--;
	}
	b->head = i->next;
	if (b->head == NULL)
		b->last = NULL;
	b->bytes -= cost(i);
	free(i);
}

void backlog_clear(struct backlog *b)
{
	while (b->head != NULL)
		drop_head(b);
}

/* NULL: no room. */
static struct backlog_item *new_item(
    const struct backlog *b, uint64_t seq, size_t len)
{
	struct backlog_item *i;

	if (len > BATCH_BYTES || b->bytes + sizeof(*i) + len > b->limit_bytes)
		return NULL;
	i = malloc(sizeof(*i) + len);
	if (i == NULL)
		return NULL;
	i->next = NULL;
	i->seq = seq;
	i->len = len;
	i->on_disk = false;
	return i;
}

static void append(struct backlog *b, struct backlog_item *i)
{
	if (b->last != NULL)
		b->last->next = i;
	else
		b->head = i;
	b->last = i;
	if (b->unsent == NULL)
		b->unsent = i;
	b->n_unsent++;
	b->bytes += cost(i);
}

int backlog_add(struct backlog *b, const Sekisho__Record *r)
{
	struct backlog_item *i =
	    new_item(b, r->seq, sekisho__record__get_packed_size(r));

	if (i == NULL)
		return -1;
	sekisho__record__pack(r, i->packed);
	append(b, i);
	return 0;
}

int backlog_add_packed(struct backlog *b, uint64_t seq, const uint8_t *data,
    size_t len, bool on_disk)
{
	struct backlog_item *i = new_item(b, seq, len);

	if (i == NULL)
		return -1;
	memcpy(i->packed, data, len);
	i->on_disk = on_disk;
	append(b, i);
	return 0;
}

uint64_t backlog_oldest(const struct backlog *b)
{
	return b->head != NULL ? b->head->seq : UINT64_MAX;
}

void backlog_each_unsaved(const struct backlog *b,
    void (*cb)(void *arg, uint64_t seq, const uint8_t *data, size_t len),
    void *arg)
{
	for (const struct backlog_item *i = b->head; i != NULL; i = i->next)
		if (!i->on_disk)
			cb(arg, i->seq, i->packed, i->len);
}

uint64_t backlog_ack(struct backlog *b, uint64_t seq)
{
	uint64_t n = 0;

	/* What was never sent cannot be committed, whoever says so. */
	if (seq > b->sent_seq)
		seq = b->sent_seq;
	while (b->head != NULL && b->head->seq <= seq) {
		drop_head(b);
		n++;
	}
	return n;
}

void backlog_rewind(struct backlog *b)
{
	b->unsent = b->head;
	b->n_unsent = 0;
	for (const struct backlog_item *i = b->head; i != NULL; i = i->next)
		b->n_unsent++;
}

static uint8_t *put_varint(uint8_t *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (uint8_t)(v | 0x80);
	*p++ = (uint8_t)v;
	return p;
}

/* How many records go into one frame, and their bytes with tags. */
static size_t choose(const struct backlog *b, size_t max, size_t *bytes)
{
	size_t n = 0;

	*bytes = 0;
	for (const struct backlog_item *i = b->unsent; i != NULL && n < max;
	     i = i->next, n++) {
		if (n > 0 && *bytes + i->len > BATCH_BYTES)
			break;
		*bytes += 1 + VARINT_MAX + i->len;
	}
	return n;
}

uint8_t *backlog_frame(struct backlog *b, const char *agent, uint64_t boot,
    size_t max_records, size_t *len)
{
	Sekisho__Batch head = SEKISHO__BATCH__INIT;
	size_t n, bytes, body;
	uint8_t *frame, *p;

	if (max_records > BACKLOG_BATCH_RECORDS)
		max_records = BACKLOG_BATCH_RECORDS;
	n = choose(b, max_records, &bytes);
	head.agent = (char *)agent;
	head.boot = boot;
	frame = malloc(
	    FRAME_HEADER + sekisho__batch__get_packed_size(&head) + bytes);
	if (frame == NULL)
		return NULL;
	/* Fields of a message may be packed one after the other. */
	p = frame + FRAME_HEADER;
	p += sekisho__batch__pack(&head, p);
	for (; n > 0; n--) {
		*p++ = RECORDS_TAG;
		p = put_varint(p, b->unsent->len);
		memcpy(p, b->unsent->packed, b->unsent->len);
		p += b->unsent->len;
		if (b->unsent->seq > b->sent_seq)
			b->sent_seq = b->unsent->seq;
		b->unsent = b->unsent->next;
		b->n_unsent--;
	}
	*len = (size_t)(p - frame);
	body = *len - FRAME_HEADER;
	for (int i = 0; i < FRAME_HEADER; i++)
		frame[i] = (uint8_t)(body >> (24 - 8 * i));
	return frame;
}
