/* SPDX-License-Identifier: Apache-2.0 */
#include "base/latency.h"

static const struct {
	int64_t us;
	const char *name, *bound;
} steps[LATENCY_STEPS] = {
    {10000, "10ms", "0.01"},
    {25000, "25ms", "0.025"},
    {50000, "50ms", "0.05"},
    {100000, "100ms", "0.1"},
    {250000, "250ms", "0.25"},
    {500000, "500ms", "0.5"},
    {1000000, "1s", "1"},
    {2500000, "2500ms", "2.5"},
    {5000000, "5s", "5"},
    {10000000, "10s", "10"},
    {30000000, "30s", "30"},
    {60000000, "60s", "60"},
    {INT64_MAX, "more", "+Inf"},
};

size_t latency_step(int64_t us)
{
	size_t i = 0;

	while (us > steps[i].us)
		i++;
	return i;
}

const char *latency_name(size_t step)
{
	return steps[step].name;
}

const char *latency_bound(size_t step)
{
	return steps[step].bound;
}
