/* SPDX-License-Identifier: Apache-2.0 */
/* How many different things were seen, in 64 bytes: HyperLogLog (Flajolet,
 * Fusy, Gandouet, Meunier 2007) with linear counting for few (Whang 1990).
 * 64 registers of 6 bits of use: standard error 1.04 / sqrt(64) = 13 %; up
 * to about 20 different ones it is seldom off by more than one or two. */
#pragma once

#include <stdint.h>

#define SKETCH_REGISTERS 64

/* All zero: nothing was seen. */
struct sketch {
	uint8_t rank[SKETCH_REGISTERS];
};

/* hash: of the thing, all 64 bits good, by a key that who chooses the things
 * does not know: else he could make few look like many. */
void sketch_add(struct sketch *s, uint64_t hash);
uint32_t sketch_count(const struct sketch *s);
