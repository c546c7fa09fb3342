/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/tls.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 16

/* A handshake that is under way may still use one that was replaced: they stay,
 * and are few. */
struct pair {
	struct pair *before;
	gnutls_pcert_st certs[CHAIN_MAX];
	unsigned int n;
	gnutls_privkey_t key;
};

/* Of the process: GnuTLS does not say whose session it asks for. */
static struct pair *current;

static gnutls_datum_t datum_of(const char *text)
{
	return (gnutls_datum_t){
	    (unsigned char *)(uintptr_t)text, (unsigned int)strlen(text)};
}

static int belong_together(
    const gnutls_datum_t *cert, const gnutls_datum_t *key)
{
	gnutls_certificate_credentials_t c;
	int rc;

	if (gnutls_certificate_allocate_credentials(&c) < 0)
		return 0;
	rc = gnutls_certificate_set_x509_key_mem(
	    c, cert, key, GNUTLS_X509_FMT_PEM);
	gnutls_certificate_free_credentials(c);
	return rc >= 0;
}

static void free_pair(struct pair *p)
{
	for (unsigned int i = 0; i < p->n; i++)
		gnutls_pcert_deinit(&p->certs[i]);
	if (p->key)
		gnutls_privkey_deinit(p->key);
	free(p);
}

int tls_use(const char *cert, const char *key)
{
	gnutls_datum_t c = datum_of(cert), k = datum_of(key);
	struct pair *p;

	if (!belong_together(&c, &k))
		return -1;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -1;
	p->n = CHAIN_MAX;
	if (gnutls_pcert_list_import_x509_raw(
		p->certs, &p->n, &c, GNUTLS_X509_FMT_PEM, 0) < 0)
		p->n = 0;
	if (p->n == 0 || gnutls_privkey_init(&p->key) < 0 ||
	    gnutls_privkey_import_x509_raw(
		p->key, &k, GNUTLS_X509_FMT_PEM, NULL, 0) < 0) {
		free_pair(p);
		return -1;
	}
	p->before = current;
	current = p;
	return 0;
}

int tls_retrieve(gnutls_session_t session, const gnutls_datum_t *ca, int n_ca,
    const gnutls_pk_algorithm_t *algorithms, int n_algorithms,
    gnutls_pcert_st **certs, unsigned int *n_certs, gnutls_privkey_t *key)
{
	(void)session;
	(void)ca;
	(void)n_ca;
	(void)algorithms;
	(void)n_algorithms;
	if (!current)
		return -1;
	*certs = current->certs;
	*n_certs = current->n;
	*key = current->key;
	return 0;
}

void tls_forget(void)
{
	while (current) {
		struct pair *p = current;

		current = p->before;
		free_pair(p);
	}
}
