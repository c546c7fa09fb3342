/* SPDX-License-Identifier: Apache-2.0 */
/* Packets from capture files (source_files.c) or an interface
 * (source_live.c), on the libuv loop. */
#pragma once

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/conf.h"
#include "capture/counters.h"

#define SOURCE_ERROR_BYTES 512

struct source_events {
	/* One packet, borrowed. False: not now; the source keeps it, pauses,
	 * and offers it again after source_resume(). */
	bool (*packet)(void *arg, int linktype, const uint8_t *data, size_t len,
	    int64_t ts_us);
	/* None is at hand at the moment. */
	void (*pause)(void *arg);
	/* No more will come. read_any: at least one file could be read (an
	 * interface: it was not the interface that failed). */
	void (*end)(void *arg, bool read_any);
	void *arg;
};

struct source;
struct source_ops {
	void (*start)(struct source *s);
	void (*resume)(struct source *s);
	void (*stats)(struct source *s);
	void (*stop)(struct source *s);
	void (*free)(struct source *s);
};
/* The first member of each kind. */
struct source {
	const struct source_ops *ops;
};

struct source_files {
	char **paths; /* borrowed */
	size_t n;
	double speed;  /* packet time to real time; 0: no waiting */
	bool progress; /* shown on standard error where that is a terminal */
};
/* Files in the order of packet time; each one that cannot be read is reported
 * and counted. NULL: no memory. */
struct source *source_new_files(uv_loop_t *loop, const struct source_files *f,
    struct counters *c, const struct source_events *ev);
/* An open device (capture/device.h), borrowed. Its first end event is that
 * the interface is gone for good; one that is down is waited for. NULL with
 * err set. */
struct source *source_new_device(uv_loop_t *loop, pcap_t *device,
    struct counters *c, const struct source_events *ev,
    char err[SOURCE_ERROR_BYTES]);
/* NULL is legal for all that follow. */
void source_start(struct source *s);
void source_resume(struct source *s);
/* What kernel and interface dropped, into the counters. */
void source_stats(struct source *s);
/* Stops reading; no event follows. A device first hands over what the kernel
 * holds of it. */
void source_stop(struct source *s);
/* Closes its handles: run the loop once more before it goes away. */
void source_free(struct source *s);

/* A value that no clock gave stays recognisable as such: -1. */
int64_t source_packet_time(const struct pcap_pkthdr *h);
