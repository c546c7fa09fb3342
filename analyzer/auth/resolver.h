/* SPDX-License-Identifier: Apache-2.0 */
/* DNS questions, asynchronous. The interface has two makers: libunbound on
 * the libuv loop (here), and a table in memory for the public SPF suites
 * (tests). Answers never come from inside resolver_ask(). */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

enum rr_type { RR_A = 1, RR_MX = 15, RR_PTR = 12, RR_TXT = 16, RR_AAAA = 28 };
enum dns_status {
	DNS_OK,     /* at least one record of the type */
	DNS_NODATA, /* the name exists, no record of the type */
	DNS_NXDOMAIN,
	DNS_FAIL, /* SERVFAIL, time-out, bogus: temporary */
};

/* data[i], len[i]: rdata as on the wire (names uncompressed). */
struct dns_answer {
	enum dns_status status;
	size_t n;
	const uint8_t *const *data;
	const size_t *len;
	uint32_t ttl_s;
};
/* The answer is borrowed for the call. */
typedef void (*dns_cb)(void *arg, const struct dns_answer *a);

struct resolver {
	/* 0, or -1 when the question can't be sent (cb is not called then). */
	int (*ask)(struct resolver *r, const char *name, enum rr_type type,
	    dns_cb cb, void *arg, void **handle);
	/* The callback of this handle will not be called any more. */
	void (*cancel)(struct resolver *r, void *handle);
	/* No callback comes any more; the loop must run once more. */
	void (*free)(struct resolver *r);
};

/* server: "ADDR[@PORT]", NULL or "" for resolv.conf. zone: path of a master
 * file whose data answers instead of any server, or NULL; then everything
 * outside of it is NXDOMAIN and no packet leaves. NULL with err set. */
struct resolver *resolver_new_unbound(uv_loop_t *loop, const char *server,
    const char *zone, char *err, size_t errsize);
