/* SPDX-License-Identifier: Apache-2.0 */
#include "base/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

static int add(scmp_filter_ctx ctx, const struct seccomp_rule *r)
{
	uint32_t action =
	    r->what == SECCOMP_ALLOW ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EACCES);
	int call = seccomp_syscall_resolve_name(r->name);
	struct scmp_arg_cmp cmp = {
	    r->arg, SCMP_CMP_MASKED_EQ, r->mask, r->value};

	if (call == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add_array(
	    ctx, action, call, r->mask != 0 ? 1 : 0, &cmp);
}

int seccomp_apply(
    const struct seccomp_rule *rules, size_t n, char err[SECCOMP_ERROR_BYTES])
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = ctx == NULL ? -ENOMEM : 0;

	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = add(ctx, &rules[i]);
	if (rc == 0)
		rc = seccomp_load(ctx);
	if (ctx != NULL)
		seccomp_release(ctx);
	if (rc == 0)
		return 0;
	snprintf(err, SECCOMP_ERROR_BYTES,
	    "the system call filter (seccomp) cannot be set up: %s",
	    strerror(-rc));
	return -1;
}
