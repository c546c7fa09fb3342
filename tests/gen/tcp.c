/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/tcp.h"

#include "base/clock.h"

#define RTO_US      250000
#define WINDOW      502
#define IPV4_MSS    1460
#define IPV6_MSS    1440
#define SWAPPED_US  400
#define DOUBLED_US  3
#define US_PER_MTU  120 /* 1500 bytes at 100 Mbit/s */
#define ACK_CHANCE  300 /* a reply that is slower than a delayed ACK */
#define MIRROR_PART 10  /* 1/10 of the round trip is on the client's side */

static enum side other(enum side s)
{
	return s == CLIENT ? SERVER : CLIENT;
}

/* From the mirror to that side and back. */
static int64_t reach_us(const struct conn *c, enum side s)
{
	int64_t near = c->path.rtt_us / MIRROR_PART;

	return s == CLIENT ? near : c->path.rtt_us - near;
}

void conn_init(struct conn *c, int64_t now_us)
{
	c->mss = addr_is_v4(&c->peer[CLIENT].addr) ? IPV4_MSS : IPV6_MSS;
	c->now_us = c->floor_us = now_us;
	c->last = CLIENT;
	for (int i = 0; i < 2; i++) {
		c->next[i] = (uint32_t)prng_next(c->rng);
		c->ip_id[i] = (uint16_t)prng_next(c->rng);
	}
}

static void emit(struct conn *c, enum side from, int64_t at_us, uint8_t flags,
    uint32_t seq, uint32_t ack, const uint8_t *data, size_t len)
{
	uint8_t frame[NET_FRAME_MAX];
	struct net_segment s = {.src = c->peer[from],
	    .dst = c->peer[other(from)],
	    .upstream = from == CLIENT,
	    .vlan = c->vlan,
	    .ip_id = c->ip_id[from]++,
	    .ttl = from == CLIENT ? 63 : 52,
	    .seq = seq,
	    .ack = flags & NET_ACK ? ack : 0,
	    .flags = flags,
	    .window = flags & NET_RST ? 0 : WINDOW,
	    .mss = (uint16_t)c->mss,
	    .data = data,
	    .len = len};

	if (!c->hidden[from])
		pcapout_add(c->out, at_us, frame, net_build(&s, frame));
}

/* No data: this side's next sequence number, everything acknowledged. */
static void emit_bare(
    struct conn *c, enum side from, int64_t at_us, uint8_t flags)
{
	emit(c, from, at_us, flags, c->next[from], c->next[other(from)], NULL,
	    0);
}

static void pass_turn(struct conn *c, enum side from)
{
	if (c->floor_us > c->now_us)
		c->now_us = c->floor_us;
	if (c->last != from)
		c->now_us += reach_us(c, from) + prng_range(c->rng, 50, 900);
	c->last = from;
}

void conn_wait(struct conn *c, int64_t us)
{
	if (c->floor_us > c->now_us)
		c->now_us = c->floor_us;
	c->now_us += us;
}

static void send_syn(struct conn *c)
{
	emit(c, CLIENT, c->now_us, NET_SYN, c->next[CLIENT], 0, NULL, 0);
}

static void send_syn_ack(struct conn *c)
{
	pass_turn(c, SERVER);
	emit_bare(c, SERVER, c->now_us, NET_SYN | NET_ACK);
	c->next[SERVER]++;
}

void conn_open(struct conn *c)
{
	send_syn(c);
	c->next[CLIENT]++;
	send_syn_ack(c);
	pass_turn(c, CLIENT);
	emit_bare(c, CLIENT, c->now_us, NET_ACK);
}

void conn_unanswered(struct conn *c, int syns)
{
	int64_t pause_us = US_PER_S;

	for (int i = 0; i < syns; i++) {
		send_syn(c);
		c->now_us += pause_us;
		pause_us *= 2;
	}
}

void conn_refused(struct conn *c)
{
	send_syn(c);
	c->next[CLIENT]++;
	c->next[SERVER] = 0;
	pass_turn(c, SERVER);
	emit_bare(c, SERVER, c->now_us, NET_RST | NET_ACK);
}

void conn_half_open(struct conn *c, bool rst)
{
	send_syn(c);
	c->next[CLIENT]++;
	send_syn_ack(c);
	if (!rst)
		return;
	pass_turn(c, CLIENT);
	emit_bare(c, CLIENT, c->now_us, NET_RST);
}

static void hold_until(struct conn *c, int64_t at_us)
{
	if (at_us > c->floor_us)
		c->floor_us = at_us;
}

/* As the sender repeats it: at times cut differently. */
static void retransmit(struct conn *c, enum side from, int64_t at_us,
    uint32_t seq, const uint8_t *data, size_t len)
{
	size_t first = len;

	if (len > 1 && prng_chance(c->rng, 400))
		first = 1 + prng_below(c->rng, (uint32_t)len - 1);
	emit(c, from, at_us, NET_ACK | NET_PSH, seq, c->next[other(from)], data,
	    first);
	if (first < len)
		emit(c, from, at_us + 10, NET_ACK | NET_PSH,
		    seq + (uint32_t)first, c->next[other(from)], data + first,
		    len - first);
	hold_until(c, at_us + 20);
}

/* True: the far side lacks this segment until later. */
static bool send_segment(
    struct conn *c, enum side from, const uint8_t *data, size_t len, bool last)
{
	uint8_t flags = NET_ACK | (last ? NET_PSH : 0);
	uint32_t seq = c->next[from], ack = c->next[other(from)];
	const struct path *p = &c->path;
	uint32_t fate = prng_below(c->rng, 1000);
	int64_t at_us = c->now_us;

	c->next[from] += (uint32_t)len;
	c->now_us += 1 + (int64_t)(len * US_PER_MTU / 1500);
	if (fate < p->lost) {
		emit(c, from, at_us, flags, seq, ack, data, len);
		retransmit(c, from, at_us + RTO_US, seq, data, len);
		return true;
	}
	fate -= p->lost;
	if (fate < p->late) {
		retransmit(c, from, at_us + RTO_US, seq, data, len);
		return true;
	}
	fate -= p->late;
	if (fate < p->swapped) {
		emit(c, from, at_us + SWAPPED_US, flags, seq, ack, data, len);
		hold_until(c, at_us + SWAPPED_US);
		return false;
	}
	fate -= p->swapped;
	if (fate >= p->twice && fate - p->twice < p->unseen)
		return false;
	emit(c, from, at_us, flags, seq, ack, data, len);
	if (fate < p->twice)
		emit(c, from, at_us + DOUBLED_US, flags, seq, ack, data, len);
	return false;
}

static void send_ack(struct conn *c, enum side to, uint32_t ack)
{
	int64_t at_us = c->now_us + reach_us(c, to);

	emit(c, to, at_us, NET_ACK, c->next[to], ack, NULL, 0);
	hold_until(c, at_us);
}

void conn_say(struct conn *c, enum side from, const void *data, size_t len)
{
	const uint8_t *p = data;
	enum side to = other(from);
	uint32_t hole = 0;
	bool holed = false;
	int unacked = 0;

	pass_turn(c, from);
	for (size_t off = 0; off < len;) {
		size_t n = len - off < c->mss ? len - off : c->mss;
		uint32_t seq = c->next[from];

		if (send_segment(c, from, p + off, n, off + n == len) &&
		    !holed) {
			holed = true;
			hole = seq;
		}
		off += n;
		if (++unacked == 2 && off < len) {
			send_ack(c, to, holed ? hole : c->next[from]);
			unacked = 0;
		}
	}
	if (c->floor_us > c->now_us)
		c->now_us = c->floor_us;
	if (holed || prng_chance(c->rng, ACK_CHANCE))
		send_ack(c, to, c->next[from]);
}

void conn_close(struct conn *c, enum side from)
{
	enum side to = other(from);

	pass_turn(c, from);
	emit_bare(c, from, c->now_us, NET_FIN | NET_ACK);
	c->next[from]++;
	pass_turn(c, to);
	emit_bare(c, to, c->now_us, NET_FIN | NET_ACK);
	c->next[to]++;
	pass_turn(c, from);
	emit_bare(c, from, c->now_us, NET_ACK);
}

void conn_reset(struct conn *c, enum side from)
{
	pass_turn(c, from);
	emit_bare(c, from, c->now_us, NET_RST | NET_ACK);
}
