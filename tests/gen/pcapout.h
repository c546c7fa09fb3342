/* SPDX-License-Identifier: Apache-2.0 */
/* Packets in any order of making, written in order of time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pcapout_packet {
	int64_t ts_us;
	uint64_t no; /* among equal times, the order of making */
	uint8_t *data;
	uint32_t len;
};
struct pcapout {
	struct pcapout_packet *v;
	size_t n, cap;
	/* of the packets since pcapout_mark(); 0: none came */
	int64_t first_us, last_us;
};

/* Copies; ends the program when memory is out. */
void pcapout_add(
    struct pcapout *p, int64_t ts_us, const uint8_t *data, size_t len);
void pcapout_mark(struct pcapout *p);
/* 0; -1 with errno: the file could not be written. */
int pcapout_write(struct pcapout *p, const char *path);
void pcapout_free(struct pcapout *p);
