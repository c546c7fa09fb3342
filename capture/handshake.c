/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/handshake.h"

/* A server may acknowledge data in a SYN (RFC 7413); later packets are
 * further on where earlier ones were lost. */
#define NEAR_BYTES (1u << 20)

void handshake_syn(struct flow *f, const struct packet *p)
{
	f->isn[FLOW_CLIENT] = p->seq;
	f->syn_count += f->syn_count < UINT16_MAX;
	f->attempt = FLOW_ATTEMPT_PENDING;
}

static bool is_near(uint32_t v, uint32_t from)
{
	return v - from < NEAR_BYTES;
}

bool handshake_synack(struct flow *f, const struct packet *p)
{
	if (f->syn_count == 0)
		f->isn[FLOW_CLIENT] = p->ack - 1;
	if (!is_near(p->ack, f->isn[FLOW_CLIENT] + 1))
		return false;
	f->isn[FLOW_SERVER] = p->seq;
	f->synack_seen = true;
	return true;
}

bool handshake_crossed(struct flow *f, const struct packet *p)
{
	if (!f->simultaneous || !is_near(p->ack, f->isn[FLOW_SERVER] + 1))
		return false;
	f->synack_seen = true; /* its number is known as from one */
	return true;
}

/* The client repeats the server's number: it got the SYN-ACK, so its
 * address is not forged. Where the server's direction is not seen, data in
 * sequence has to do. */
static bool client_proves(struct flow *f, const struct packet *p)
{
	if (!is_near(p->seq, f->isn[FLOW_CLIENT] + 1))
		return false;
	if (f->synack_seen)
		return is_near(p->ack, f->isn[FLOW_SERVER] + 1);
	/* Mirrors may show the ACK before the SYN-ACK, or not the SYN-ACK at
	 * all: then it says where the server's stream begins. */
	if (p->wire_len == 0 && !f->has_early_ack) {
		f->early_ack = p->ack;
		f->has_early_ack = true;
	}
	return p->wire_len > 0;
}

/* A server sends data only after the client's ACK. */
static bool server_proves(const struct flow *f, const struct packet *p)
{
	return p->wire_len > 0 && is_near(p->ack, f->isn[FLOW_CLIENT] + 1);
}

bool handshake_packet(
    struct flow *f, enum flow_side side, const struct packet *p)
{
	if ((p->flags & TCP_SYN) != 0)
		return f->synack_seen && f->has_early_ack &&
		       is_near(f->early_ack, f->isn[FLOW_SERVER] + 1);
	if ((p->flags & TCP_ACK) == 0 || (p->flags & TCP_RST) != 0)
		return false;
	return side == FLOW_CLIENT ? client_proves(f, p) : server_proves(f, p);
}

bool handshake_is_refusal(
    const struct flow *f, enum flow_side side, const struct packet *p)
{
	if (f->attempt != FLOW_ATTEMPT_PENDING)
		return false;
	if (p->kind == PACKET_UNREACHABLE)
		return side == FLOW_CLIENT && p->seq == f->isn[FLOW_CLIENT];
	if ((p->flags & TCP_RST) == 0)
		return false;
	/* A client that takes its attempt back: only what the server had
	 * said by then decides, and the time-out if it had said nothing. */
	if (side == FLOW_CLIENT)
		return f->synack_seen;
	return (p->flags & TCP_ACK) == 0 ||
	       is_near(p->ack, f->isn[FLOW_CLIENT] + 1);
}

Sekisho__Outcome handshake_failure(const struct flow *f, bool refused)
{
	if (f->synack_seen)
		return SEKISHO__OUTCOME__OUTCOME_HALF_OPEN;
	return refused ? SEKISHO__OUTCOME__OUTCOME_REFUSED
		       : SEKISHO__OUTCOME__OUTCOME_UNANSWERED;
}
