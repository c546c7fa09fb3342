/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate that the server shows, which may be changed while it runs:
 * what libmicrohttpd leaves to GnuTLS. */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>

/* New connections are shown this one; PEM texts, the server's own certificate
 * first. 0; -1: they are none, or do not belong together, and the one before
 * stays. */
int tls_use(const char *cert, const char *key);
/* For MHD_OPTION_HTTPS_CERT_CALLBACK. */
int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *ca, int n_ca,
    const gnutls_pk_algorithm_t *algorithms, int n_algorithms,
    gnutls_pcert_st **certs, unsigned int *n_certs, gnutls_privkey_t *key);
/* When no connection is left. */
void tls_forget(void);
