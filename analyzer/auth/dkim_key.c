/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/dkim_key.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/cursor.h"
#include "base/taglist.h"

#define ED25519_BYTES      32
#define EXPONENT_BYTES_MAX 8

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_SEQUENCE = 0x30 };

/* One element: *in is what it holds. */
static bool der(struct cursor *c, uint8_t tag, struct cursor *in)
{
	bool right = cursor_u8(c) == tag;
	size_t len = cursor_u8(c);
	const uint8_t *p;

	if (len == 0x81)
		len = cursor_u8(c);
	else if (len == 0x82)
		len = cursor_be16(c);
	else if (len > 0x7f)
		return false;
	p = cursor_bytes(c, len);
	cursor_init(in, p, len);
	return right && p != NULL && !c->error;
}

/* A positive one, without leading zeros. */
static bool der_integer(struct cursor *c, const uint8_t **p, size_t *len)
{
	struct cursor in;

	if (!der(c, DER_INTEGER, &in) || cursor_left(&in) == 0 ||
	    (*in.p & 0x80) != 0)
		return false;
	while (cursor_left(&in) > 0 && *in.p == 0)
		cursor_skip(&in, 1);
	*p = in.p;
	*len = cursor_left(&in);
	return *len > 0;
}

static size_t count_bits(const uint8_t *p, size_t len)
{
	size_t bits = len * 8;

	for (uint8_t top = *p; (top & 0x80) == 0; top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

/* RSAPublicKey of RFC 8017 appendix A.1.1. An exponent of 1 would take any
 * signature, and a long one costs as much as signing. */
static bool take_rsa(struct dkim_key *k, struct cursor *c)
{
	struct cursor in;
	const uint8_t *n, *e;
	size_t n_len, e_len;

	if (!der(c, DER_SEQUENCE, &in) || !der_integer(&in, &n, &n_len) ||
	    !der_integer(&in, &e, &e_len))
		return false;
	k->bits = count_bits(n, n_len);
	k->modulus = (size_t)(n - k->bytes);
	k->exponent = (size_t)(e - k->bytes);
	k->exponent_len = e_len;
	return k->bits <= DKIM_KEY_BITS_MAX && e_len <= EXPONENT_BYTES_MAX &&
	       (n[n_len - 1] & 1) == 1 && (e[e_len - 1] & 1) == 1 &&
	       !(e_len == 1 && *e == 1);
}

/* SubjectPublicKeyInfo (RFC 5280) of an RSA key, which everybody publishes,
 * or the bare key that RFC 6376 speaks of. */
static bool read_rsa(struct dkim_key *k)
{
	static const uint8_t oid[] = {
	    0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1};
	struct cursor c, outer, algorithm, bits;
	const uint8_t *id;

	cursor_init(&c, k->bytes, k->len);
	if (!der(&c, DER_SEQUENCE, &outer) || cursor_left(&outer) == 0)
		return false;
	if (*outer.p == DER_INTEGER) {
		cursor_init(&c, k->bytes, k->len);
		return take_rsa(k, &c);
	}
	if (!der(&outer, DER_SEQUENCE, &algorithm) ||
	    !der(&outer, DER_BITS, &bits))
		return false;
	id = cursor_bytes(&algorithm, sizeof(oid));
	if (id == NULL || memcmp(id, oid, sizeof(oid)) != 0)
		return false;
	return cursor_u8(&bits) == 0 && take_rsa(k, &bits);
}

/* RFC 8463 has the 32 octets alone; some signers publish the form of RFC
 * 8410 around them. */
static bool read_ed25519(struct dkim_key *k)
{
	static const uint8_t form[] = {
	    0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0};

	k->modulus = 0;
	if (k->len == sizeof(form) + ED25519_BYTES &&
	    memcmp(k->bytes, form, sizeof(form)) == 0)
		k->modulus = sizeof(form);
	k->bits = ED25519_BYTES * 8;
	return k->len == k->modulus + ED25519_BYTES;
}

/* Is one of the two in a list with colons? */
static bool lists(const struct tag *t, const char *one, const char *other)
{
	struct span list, item;

	if (t == NULL)
		return false;
	list = t->value;
	while (span_next(&list, ':', &item))
		if (span_is(item, one) || span_is(item, other))
			return true;
	return false;
}

static bool take_type(struct dkim_key *k, const struct tag *t)
{
	if (t != NULL && span_is(t->value, "ed25519"))
		k->type = DKIM_KEY_ED25519;
	else if (t == NULL || span_is(t->value, "rsa"))
		k->type = DKIM_KEY_RSA;
	else
		return false;
	return true;
}

/* A version that is there comes first. */
static bool is_version_1(const struct taglist *l)
{
	const struct tag *v = taglist_get(l, "v");

	return v == NULL || (v == &l->v[0] && v->value.len == 5 &&
				memcmp(v->value.p, "DKIM1", 5) == 0);
}

bool dkim_key_parse(
    struct dkim_key *k, const char *text, size_t len, const char **what)
{
	const struct tag *p, *h, *s;
	struct taglist l;

	memset(k, 0, sizeof(*k));
	*what = "the key record is no list of tags";
	if (!taglist_parse(&l, text, len))
		return false;
	*what = "the record is no DKIM key";
	p = taglist_get(&l, "p");
	if (!is_version_1(&l) || p == NULL)
		return false;
	*what = "the type of the key (k=) is not known";
	if (!take_type(k, taglist_get(&l, "k")))
		return false;
	h = taglist_get(&l, "h");
	s = taglist_get(&l, "s");
	k->sha256 = h == NULL || lists(h, "sha256", "sha256");
	k->for_mail = s == NULL || lists(s, "*", "email");
	k->testing = lists(taglist_get(&l, "t"), "y", "y");
	k->exact = lists(taglist_get(&l, "t"), "s", "s");
	k->revoked = p->value.len == 0;
	*what = "the key (p=) can't be read";
	if (!k->revoked &&
	    !span_base64(p->value, k->bytes, sizeof(k->bytes), &k->len))
		return false;
	return k->revoked ||
	       (k->type == DKIM_KEY_RSA ? read_rsa(k) : read_ed25519(k));
}

static EVP_PKEY *rsa_key(const struct dkim_key *k)
{
	BIGNUM *n =
	    BN_bin2bn(k->bytes + k->modulus, (int)((k->bits + 7) / 8), NULL);
	BIGNUM *e =
	    BN_bin2bn(k->bytes + k->exponent, (int)k->exponent_len, NULL);
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (n != NULL && e != NULL && b != NULL && c != NULL &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(b);
	if (params != NULL && EVP_PKEY_fromdata_init(c) == 1 &&
	    EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	OSSL_PARAM_free(params);
	EVP_PKEY_CTX_free(c);
	OSSL_PARAM_BLD_free(b);
	BN_free(n);
	BN_free(e);
	return key;
}

static bool verify_rsa(EVP_PKEY *key, const uint8_t *digest,
    const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(key, NULL);
	bool good = c != NULL && EVP_PKEY_verify_init(c) == 1 &&
		    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) == 1 &&
		    EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) == 1 &&
		    EVP_PKEY_verify(c, signature, signature_len, digest,
			DKIM_KEY_DIGEST_BYTES) == 1;

	EVP_PKEY_CTX_free(c);
	return good;
}

/* RFC 8463 section 3: what is signed is the digest. */
static bool verify_ed25519(EVP_PKEY *key, const uint8_t *digest,
    const uint8_t *signature, size_t signature_len)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c != NULL &&
		    EVP_DigestVerifyInit(c, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestVerify(c, signature, signature_len, digest,
			DKIM_KEY_DIGEST_BYTES) == 1;

	EVP_MD_CTX_free(c);
	return good;
}

enum dkim_key_check dkim_key_verify(const struct dkim_key *k,
    const uint8_t digest[static DKIM_KEY_DIGEST_BYTES],
    const uint8_t *signature, size_t signature_len)
{
	EVP_PKEY *key;
	bool good = false;

	switch (k->type) {
	case DKIM_KEY_RSA:
		key = rsa_key(k);
		if (key == NULL)
			return DKIM_KEY_NO_MEMORY;
		good = verify_rsa(key, digest, signature, signature_len);
		EVP_PKEY_free(key);
		break;
	case DKIM_KEY_ED25519:
		key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    k->bytes + k->modulus, ED25519_BYTES);
		if (key == NULL)
			return DKIM_KEY_NO_MEMORY;
		good = verify_ed25519(key, digest, signature, signature_len);
		EVP_PKEY_free(key);
		break;
	}
	ERR_clear_error();
	return good ? DKIM_KEY_GOOD : DKIM_KEY_BAD;
}
