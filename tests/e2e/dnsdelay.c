/* SPDX-License-Identifier: Apache-2.0 */
/* A DNS relay on loopback that holds each answer back for a random time:
 * dnsdelay LISTENPORT SERVERPORT MAXMS SEED. Runs until it is killed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define SLOTS 65536

struct answer {
	uv_timer_t timer;
	struct sockaddr_in to;
	size_t len;
	char data[4096];
};

static uv_loop_t *loop;
static uv_udp_t front, back;
static struct sockaddr_in server;
/* Who asked, and under which id: by the id that we ask the server with. */
static struct {
	struct sockaddr_in client;
	uint8_t id[2];
} slots[SLOTS];
static uint16_t next_slot;
static uint64_t seed;
static unsigned int max_ms;
static char buffer[4096];

static unsigned int draw(void)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return max_ms ? (unsigned int)((seed >> 33) % (max_ms + 1)) : 0;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
	(void)h;
	(void)suggested;
	*b = uv_buf_init(buffer, sizeof(buffer));
}

static void on_query(uv_udp_t *h, ssize_t n, const uv_buf_t *b,
    const struct sockaddr *from, unsigned int flags)
{
	uint16_t slot = next_slot;
	uv_buf_t out;

	(void)h;
	(void)flags;
	if (n < 12 || !from)
		return;
	next_slot++;
	memcpy(&slots[slot].client, from, sizeof(slots[slot].client));
	memcpy(slots[slot].id, b->base, 2);
	b->base[0] = (char)(slot >> 8);
	b->base[1] = (char)(slot & 255);
	out = uv_buf_init(b->base, (unsigned int)n);
	uv_udp_try_send(&back, &out, 1, (const struct sockaddr *)&server);
}

static void on_timer_closed(uv_handle_t *h)
{
	free(h->data);
}

static void on_due(uv_timer_t *t)
{
	struct answer *a = t->data;
	uv_buf_t out = uv_buf_init(a->data, (unsigned int)a->len);

	uv_udp_try_send(&front, &out, 1, (const struct sockaddr *)&a->to);
	uv_close((uv_handle_t *)t, on_timer_closed);
}

static void on_answer(uv_udp_t *h, ssize_t n, const uv_buf_t *b,
    const struct sockaddr *from, unsigned int flags)
{
	struct answer *a;
	unsigned int slot;

	(void)h;
	(void)flags;
	if (n < 12 || !from || !(a = calloc(1, sizeof(*a))))
		return;
	slot = (unsigned int)(uint8_t)b->base[0] << 8 | (uint8_t)b->base[1];
	a->len = (size_t)n;
	memcpy(a->data, b->base, a->len);
	memcpy(a->data, slots[slot].id, 2);
	a->to = slots[slot].client;
	uv_timer_init(loop, &a->timer);
	a->timer.data = a;
	uv_timer_start(&a->timer, on_due, draw(), 0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in listen_on, any;

	if (argc != 5) {
		fputs("usage: dnsdelay LISTENPORT SERVERPORT MAXMS SEED\n",
		    stderr);
		return 2;
	}
	loop = uv_default_loop();
	max_ms = (unsigned int)strtoul(argv[3], NULL, 10);
	seed = strtoull(argv[4], NULL, 10);
	uv_ip4_addr("127.0.0.1", (int)strtol(argv[1], NULL, 10), &listen_on);
	uv_ip4_addr("127.0.0.1", (int)strtol(argv[2], NULL, 10), &server);
	uv_ip4_addr("127.0.0.1", 0, &any);
	uv_udp_init(loop, &front);
	uv_udp_init(loop, &back);
	if (uv_udp_bind(&front, (struct sockaddr *)&listen_on, 0) != 0 ||
	    uv_udp_bind(&back, (struct sockaddr *)&any, 0) != 0 ||
	    uv_udp_recv_start(&front, on_alloc, on_query) != 0 ||
	    uv_udp_recv_start(&back, on_alloc, on_answer) != 0) {
		fputs("dnsdelay: the port is taken\n", stderr);
		return 1;
	}
	return uv_run(loop, UV_RUN_DEFAULT);
}
