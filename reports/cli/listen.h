/* SPDX-License-Identifier: Apache-2.0 */
/* The sockets of sekisho serve, and the files of its TLS. */
#pragma once

#include "base/conf.h"

#define LISTEN_WHY_LEN 512

/* PEM texts; both NULL: no TLS. */
struct listen_tls {
	char *cert, *key;
};

/* 0, or -1 with why: one without the other, or one that cannot be read. */
int listen_tls_read(struct listen_tls *t, const struct conf *conf,
    char why[static LISTEN_WHY_LEN]);
/* Wipes the key. */
void listen_tls_free(struct listen_tls *t);
/* serve { listen }: a socket that listens, or -1 with why: also where it is
 * no loopback address, without TLS, and serve { plain } is not set. */
int listen_address(const struct conf *conf, char why[static LISTEN_WHY_LEN]);
/* A socket file that nobody answers at is replaced; another kind of file is
 * not. For its owner and group. -1 with why. */
int listen_unix(const char *path, char why[static LISTEN_WHY_LEN]);
