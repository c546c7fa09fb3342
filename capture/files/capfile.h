/* SPDX-License-Identifier: Apache-2.0 */
/* One capture file: pcap or pcapng, as it is or packed. */
#pragma once

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPFILE_ERROR_BYTES 512

struct capfile {
	pcap_t *pcap; /* NULL: not open */
	struct unpack *unpack;
	int linktype;
	bool regular;        /* can be opened again */
	uint64_t size_bytes; /* 0: not regular */
	uint64_t dev, ino;   /* which file it is, when regular */
	/* The packet that is read; borrowed until the next one. */
	struct pcap_pkthdr *head;
	const uint8_t *data;
	int64_t ts_us; /* -1: its time stamp is no time */
	uint64_t packets;
	char error[CAPFILE_ERROR_BYTES];
};

/* "-" is standard input. 0; -1: f->error. */
int capfile_open(struct capfile *f, const char *path);
/* 1: a packet; 0: no more; -1: f->error, and no more. */
int capfile_next(struct capfile *f);
/* Bytes of the file that were read so far. */
uint64_t capfile_position(const struct capfile *f);
/* Legal when it is not open. f->error stays. */
void capfile_close(struct capfile *f);
