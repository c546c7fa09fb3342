/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/reach.h"

#include "analyzer/identity/shared.h"
#include "analyzer/identity/unit.h"
#include "base/target.h"

size_t reach_targets(const struct directory *d, const struct conf *c,
    const char *customer, int64_t at_us,
    struct target out[static ROW_TARGETS_MAX])
{
	size_t held =
	    directory_targets(d, customer, at_us, out, ROW_TARGETS_MAX);
	size_t n = held;

	if (held == 0 && unit_prefix(customer, &out[0].prefix)) {
		out[0].first_port = out[0].last_port = 0;
		return 1;
	}
	for (size_t i = 0; i < held; i++)
		if (!target_is_shared(&out[i]))
			n += shared_targets(
			    c, &out[i].prefix, &out[n], ROW_TARGETS_MAX - n);
	targets_sort(out, n);
	return n;
}

bool reach_is_of(
    const struct decision *d, const struct target *targets, size_t n)
{
	if (n != (size_t)d->n_targets)
		return false;
	for (size_t i = 0; i < n; i++)
		if (target_compare(&d->targets[i], &targets[i]) != 0)
			return false;
	return true;
}

bool reach_is_validated(const struct directory *d, const struct conf *c,
    const char *customer, int64_t at_us)
{
	const struct conf_prefixes *p = &c->source_validated;
	struct target v[ROW_TARGETS_MAX];
	size_t n = directory_targets(d, customer, at_us, v, ROW_TARGETS_MAX);
	bool all = n > 0;

	for (size_t i = 0; i < n && all; i++) {
		struct addr first = prefix_first(&v[i].prefix);
		struct addr last = prefix_last(&v[i].prefix);

		all = prefix_any_contains(p->v, p->n, &first) &&
		      prefix_any_contains(p->v, p->n, &last);
	}
	return all;
}
