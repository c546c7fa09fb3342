/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps numbered things in the order of their weights while these grow by
 * one: the Stream-Summary of Metwally, Agrawal, El Abbadi, "Efficient
 * Computation of Frequent and Top-k Elements in Data Streams" (2005). Things
 * of one weight form a group, groups a list by weight; every step is O(1). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define RANK_NONE UINT32_MAX

struct rank;

/* Of things 0 .. n-1, none of them in it. NULL: no memory. */
struct rank *rank_new(uint32_t n);
void rank_free(struct rank *r);
/* Nothing is in it afterwards. */
void rank_clear(struct rank *r);
/* The thing is not in it. O(groups of a lower weight). */
void rank_add(struct rank *r, uint32_t thing, uint64_t weight);
/* Its weight grows by one. */
void rank_raise(struct rank *r, uint32_t thing);
uint64_t rank_weight(const struct rank *r, uint32_t thing);
/* Of the lightest ones, that which has its weight for the longest time.
 * RANK_NONE: nothing is in it. */
uint32_t rank_lightest(const struct rank *r);
void rank_remove(struct rank *r, uint32_t thing);
