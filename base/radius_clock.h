/* SPDX-License-Identifier: Apache-2.0 */
/* When something happened, by our clock, out of what a NAS says: its
 * Event-Timestamp (RFC 2869 section 5.3) has whole seconds of a clock that may
 * be wrong, Acct-Delay-Time (RFC 2866 section 5.2) is not always kept up.
 *
 * Each NAS has an offset: our clock minus its clock, from the packets that
 * came with the least delay. It begins as 0 and is believed as soon as one
 * packet is within the bound of it, or RADIUS_CLOCK_RUN packets one after the
 * other are on the same side: then their smallest distance is the new offset.
 * An offset within the bound counts as 0. Memory: 4096 NAS of 96 bytes; the
 * one not heard of for longest makes room. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RADIUS_CLOCK_RUN 8
/* An event that seems older than this while the offset is known is more
 * likely a clock that was set than a packet that was repeated. */
#define RADIUS_CLOCK_LATE_US INT64_C(600000000)

struct radius_clock;

/* bound_us: that much two clocks may differ. correct: beyond it, add the
 * offset to Event-Timestamp; else such a NAS's Event-Timestamp is ignored.
 * NULL: no memory. */
struct radius_clock *radius_clock_new(int64_t bound_us, bool correct);
void radius_clock_free(struct radius_clock *c);

struct radius_moment {
	int64_t received_us;
	int64_t delay_us; /* Acct-Delay-Time; 0: not said */
	int64_t event_us; /* Event-Timestamp; 0: not said */
};
/* Never after received_us. Warns when a NAS's clock is found off. */
int64_t radius_clock_at(
    struct radius_clock *c, const char *nas, const struct radius_moment *m);
/* NAS whose clock is off by more than the bound now. */
unsigned int radius_clock_skewed(const struct radius_clock *c);
