/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS ClientHello (RFC 8446 section 4.1.2) out of the first records of a
 * stream: the server's name (RFC 6066), the highest version offered. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What is longer is read up to here; the two extensions come before. */
#define CLIENT_HELLO_MAX 4096

struct client_hello {
	uint16_t version; /* 0x0304: TLS 1.3; 0: not seen */
	char sni[256];    /* lower case; empty: none that is a domain */
};

struct client_hello_reader;

enum client_hello_status {
	CLIENT_HELLO_MORE, /* wants more bytes */
	CLIENT_HELLO_DONE, /* out is set */
	CLIENT_HELLO_NONE  /* this is none */
};

/* NULL: no memory. */
struct client_hello_reader *client_hello_new(void);
void client_hello_free(struct client_hello_reader *r);
/* After DONE and NONE nothing more may be fed. */
enum client_hello_status client_hello_feed(struct client_hello_reader *r,
    const uint8_t *data, size_t len, struct client_hello *out);
size_t client_hello_bytes(const struct client_hello_reader *r);
