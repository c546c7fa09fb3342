/* SPDX-License-Identifier: Apache-2.0 */
/* nDPI behind a few functions: what does this connection speak? The only
 * file that knows the library. Whatever it collects (credentials, names) is
 * wiped; only names of protocols and of risks come out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/counters.h"

#define DPI_PACKETS_MAX 8
#define DPI_RISKS_MAX   64

struct dpi;
struct dpi_flow;

struct dpi_answer {
	const char *name; /* lives as long as the dpi; "": none yet */
	uint64_t risks;   /* bits; dpi_risk_name() tells what they mean */
};

/* flow_bytes: for all connections that it thinks about. NULL: the library
 * could not start. */
struct dpi *dpi_new(size_t flow_bytes, struct counters *c);
void dpi_free(struct dpi *d);
/* NULL: over the budget, or no memory; counted. */
struct dpi_flow *dpi_flow_new(struct dpi *d);
/* Wipes it. f NULL is legal. */
void dpi_flow_free(struct dpi *d, struct dpi_flow *f);
/* One packet with payload, from its IP header. True: the answer is there and
 * no more packets are wanted. */
bool dpi_packet(struct dpi *d, struct dpi_flow *f, const uint8_t *ip,
    size_t len, int64_t ts_us, struct dpi_answer *a);
/* The connection ended before there was an answer. */
void dpi_give_up(struct dpi *d, struct dpi_flow *f, struct dpi_answer *a);
/* NULL: no such risk. */
const char *dpi_risk_name(unsigned int bit);
