/* SPDX-License-Identifier: Apache-2.0 */
/* Who had an address, or a part of its ports, at a time. A look-up always
 * takes the packet's time. Intervals of one address by one kind of source
 * (file, or sessions) do not overlap: who adds them sees to that. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "store/rows.h"

struct directory;

/* Borrowed from the directory until it changes. */
struct holding {
	const char *customer, *own_domains;
	enum line_class line_class;
	const char *source;
	struct target target;
	int64_t from_us, until_us; /* INT64_MAX: still held */
	uint32_t tag;              /* directory_tag(); else 0 */
};

struct directory *directory_new(void);
void directory_free(struct directory *d);
/* Copies the lease. The number of the interval, from 1; 0: no memory, or its
 * prefix is longer than 128. */
uint32_t directory_add(struct directory *d, const struct lease *l);
/* It ends then. One that begins then or later never was. */
void directory_end(struct directory *d, uint32_t n, int64_t until_us);
/* A number of the caller's for the interval; dropped() is told when one that
 * has it is gone. */
void directory_tag(struct directory *d, uint32_t n, uint32_t tag);
void directory_on_drop(struct directory *d,
    void (*dropped)(void *arg, uint32_t n, uint32_t tag), void *arg);
/* Forgets an interval. */
void directory_drop(struct directory *d, uint32_t n);
/* Forgets what ended before. Older questions are the store's. */
void directory_forget(struct directory *d, int64_t before_us);
/* Questions of before that time may lack an answer; INT64_MIN: none does. */
int64_t directory_since_us(const struct directory *d);

/* The class and own domains of a customer whose leases do not say them. 0;
 * -1: no memory. */
int directory_describe(struct directory *d, const char *customer,
    enum line_class line_class, const char *own_domains);
/* False: nothing is known of the customer. */
bool directory_customer(const struct directory *d, const char *customer,
    enum line_class *line_class);

enum directory_answer {
	DIRECTORY_NOBODY,
	DIRECTORY_FOUND,
	DIRECTORY_SHARED,     /* several had it then, and no port was given, or
			       * one that is nobody's */
	DIRECTORY_UNREADABLE, /* lease_book_find(): the store cannot tell */
};
/* Longest prefix, then the port range, then the interval that holds at_us.
 * port 0: not known. */
enum directory_answer directory_find(const struct directory *d,
    const struct addr *a, uint16_t port, int64_t at_us, struct holding *out);
/* What the customer holds at at_us, in a fixed order; at most max. */
size_t directory_targets(const struct directory *d, const char *customer,
    int64_t at_us, struct target *targets, size_t max);

void directory_get(const struct directory *d, uint32_t n, struct holding *out);
/* Intervals that share a port with the target, of exactly its prefix, in no
 * order. Non-zero from cb ends the walk and is returned. cb must not
 * change the directory. */
int directory_overlapping(const struct directory *d, const struct target *t,
    int (*cb)(void *arg, uint32_t n, const struct holding *h), void *arg);
/* Intervals in memory; bytes of all. */
size_t directory_count(const struct directory *d);
size_t directory_bytes(const struct directory *d);
