/* SPDX-License-Identifier: Apache-2.0 */
/* nDPI behind three functions: what does this connection speak? The only
 * file that knows the library. Whatever it collects (credentials, names) is
 * wiped; only the protocol's name comes out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DPI_NAME_BYTES  32
#define DPI_PACKETS_MAX 8

struct dpi;
struct dpi_flow;

/* NULL: the library could not start. */
struct dpi *dpi_new(void);
void dpi_free(struct dpi *d);
/* NULL: no memory. */
struct dpi_flow *dpi_flow_new(void);
/* Wipes it. NULL is legal. */
void dpi_flow_free(struct dpi_flow *f);
/* One packet with payload, from its IP header. True: name is set and no more
 * packets are wanted. */
bool dpi_packet(struct dpi *d, struct dpi_flow *f, const uint8_t *ip,
    size_t len, int64_t ts_us, char name[static DPI_NAME_BYTES]);
/* The connection ended before there was an answer. */
void dpi_give_up(
    struct dpi *d, struct dpi_flow *f, char name[static DPI_NAME_BYTES]);
