/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/checkpoint.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/logged.h"
#include "analyzer/detect/state.h"
#include "base/clock.h"
#include "store/read.h"

#define ROWS_AT_ONCE 20000 /* of one view of the file */

static int fail(char *err, size_t errsize, const char *what, const char *why)
{
	snprintf(err, errsize, "%s: %s", what, why);
	return -1;
}

/* --- policies ------------------------------------------------------------- */

struct logged_policy {
	struct conf conf;
	struct policy policy;
	struct logged_policy *next;
};

const struct policy *logged_policies_find(struct logged_policies *l,
    struct db *db, const char *hash, char *err, size_t errsize)
{
	struct logged_policy *p;

	for (p = l->first; p; p = p->next)
		if (strcmp(p->policy.hash, hash) == 0)
			return &p->policy;
	p = calloc(1, sizeof(*p));
	if (!p) {
		fail(err, errsize, "policy", "out of memory");
		return NULL;
	}
	if (logged_policy(db, hash, &p->conf, &p->policy, err, errsize) != 0) {
		conf_free(&p->conf);
		free(p);
		return NULL;
	}
	p->next = l->first;
	l->first = p;
	return &p->policy;
}

void logged_policies_free(struct logged_policies *l)
{
	while (l->first) {
		struct logged_policy *p = l->first;

		l->first = p->next;
		conf_free(&p->conf);
		free(p);
	}
}

/* --- parts ---------------------------------------------------------------- */

struct parts {
	struct db *db;
	int64_t applied_no, n;
	EVP_MD_CTX *md;
};

static bool parts_begin(struct parts *p, struct db *db, int64_t applied_no)
{
	*p = (struct parts){db, applied_no, 0, EVP_MD_CTX_new()};
	return p->md && EVP_DigestInit_ex(p->md, EVP_sha256(), NULL) == 1;
}

static bool parts_end(
    struct parts *p, uint8_t digest[static CHECKPOINT_DIGEST_BYTES])
{
	unsigned int len = 0;
	bool ok = p->md && EVP_DigestFinal_ex(p->md, digest, &len) == 1 &&
		  len == CHECKPOINT_DIGEST_BYTES;

	EVP_MD_CTX_free(p->md);
	p->md = NULL;
	return ok;
}

static int put_part(void *arg, uint8_t *bytes, size_t *len)
{
	struct parts *p = arg;

	if (EVP_DigestUpdate(p->md, bytes, *len) != 1)
		return -1;
	return write_checkpoint_part(p->db, p->applied_no, p->n++, bytes, *len);
}

static int get_part(void *arg, uint8_t *bytes, size_t *len)
{
	struct parts *p = arg;
	uint8_t *part = malloc(CHECKPOINT_PART_BYTES);
	size_t got = 0;
	int rc = part ? read_checkpoint_part(p->db, p->applied_no, p->n, part,
			    CHECKPOINT_PART_BYTES, &got)
		      : -1;

	if (rc >= 0 && got <= *len) {
		memcpy(bytes, part ? part : bytes, got);
		*len = got;
		p->n += rc;
		rc = EVP_DigestUpdate(p->md, bytes, got) == 1 ? 0 : -1;
	} else {
		rc = -1;
	}
	free(part);
	return rc;
}

int checkpoint_load(struct db *db, struct engine *e, struct checkpoint *cp,
    char *err, size_t errsize)
{
	uint8_t digest[CHECKPOINT_DIGEST_BYTES] = {0};
	struct parts p;
	struct state s;
	int rc = read_checkpoint(db, cp);
	bool same;

	if (rc <= 0)
		return rc == 0 ? 0 : fail(err, errsize, "log", db_error(db));
	if (cp->parts == 0)
		return fail(err, errsize, "checkpoint",
		    "this is an anonymised copy, for reading: its log cannot "
		    "be computed again");
	if (cp->form < 1 || cp->form > STATE_FORM) {
		snprintf(err, errsize,
		    "the checkpoint at row %" PRId64 " has form %d, this "
		    "program reads 1 to %d: use the version of sekisho that "
		    "made "
		    "it, or a newer one",
		    cp->applied_no, cp->form, STATE_FORM);
		return -1;
	}
	if (!parts_begin(&p, db, cp->applied_no) ||
	    state_begin(&s, true, get_part, &p) != 0) {
		EVP_MD_CTX_free(p.md);
		return fail(err, errsize, "checkpoint", "out of memory");
	}
	s.form = (int)cp->form;
	engine_state(e, &s);
	rc = state_end(&s);
	same = parts_end(&p, digest) && p.n == cp->parts &&
	       memcmp(digest, cp->digest.b, sizeof(digest)) == 0;
	if (rc == 0 && same)
		return 1;
	snprintf(err, errsize,
	    "the checkpoint at row %" PRId64 " is damaged (%s): restore a "
	    "backup of the database",
	    cp->applied_no, rc != 0 ? s.failed : "its digest is another");
	return -1;
}

int checkpoint_save(struct db *db, struct engine *e, struct checkpoint *cp,
    char *err, size_t errsize)
{
	struct parts p;
	struct state s;

	engine_counts(
	    e, &cp->applied_no, &cp->last_incident, &cp->last_decision);
	if (!parts_begin(&p, db, cp->applied_no) ||
	    state_begin(&s, false, put_part, &p) != 0) {
		EVP_MD_CTX_free(p.md);
		return fail(err, errsize, "checkpoint", "out of memory");
	}
	engine_state(e, &s);
	if (state_end(&s) != 0) {
		EVP_MD_CTX_free(p.md);
		return fail(err, errsize, s.failed, db_error(db));
	}
	cp->made_us = clock_now_us();
	cp->form = STATE_FORM;
	cp->parts = p.n;
	if (!parts_end(&p, cp->digest.b))
		return fail(err, errsize, "checkpoint", "no digest");
	if (write_checkpoint(db, cp) != 0)
		return fail(err, errsize, "checkpoint", db_error(db));
	return 0;
}

/* --- from the log --------------------------------------------------------- */

struct maker {
	struct db *db;
	struct engine *engine;
	struct logged_policies policies;
	struct conf conf; /* until the log names a policy */
	struct policy own;
	struct checkpoint cp;
	int64_t upto, applied, in_view, rows;
	char *err;
	size_t errsize;
};
#define VIEW_ENDS 2

static int use_policy(struct maker *m, const char *hash, enum mode mode)
{
	const struct policy *p =
	    logged_policies_find(&m->policies, m->db, hash, m->err, m->errsize);

	if (!p)
		return -1;
	engine_set_policy(m->engine, p, mode);
	/* hash may be the member itself */
	memcpy(m->cp.policy_hash, p->hash, sizeof(m->cp.policy_hash));
	m->cp.mode = mode;
	return 0;
}

static int apply_row(void *arg, const struct observation *logged)
{
	struct maker *m = arg;
	struct observation o = *logged;
	struct effects fx;

	if (o.applied_no > m->upto)
		return 1;
	if (m->in_view == ROWS_AT_ONCE)
		return VIEW_ENDS;
	if (o.kind == OBS_POLICY && use_policy(m, o.policy_hash, o.mode) != 0)
		return -1;
	if (engine_apply(m->engine, &o, &fx) != 0)
		return fail(m->err, m->errsize, "log", "out of memory");
	if (o.applied_no != logged->applied_no)
		return fail(m->err, m->errsize, "log",
		    "rows are missing from it: restore a backup");
	if (o.ts_us > m->cp.last_us)
		m->cp.last_us = o.ts_us;
	m->applied = o.applied_no;
	m->in_view++;
	m->rows++;
	return 0;
}

/* 0 all, 1 progress ended it, -1. */
static int apply_log(
    struct maker *m, int (*progress)(void *arg, int64_t rows), void *arg)
{
	int rc = VIEW_ENDS;

	while (rc == VIEW_ENDS) {
		m->in_view = 0;
		rc = read_applied(m->db, m->applied, apply_row, m);
		if (rc == -1 && m->err[0] == '\0')
			fail(m->err, m->errsize, "log", db_error(m->db));
		if (rc != -1 && progress && progress(arg, m->rows) != 0)
			return 1;
	}
	return rc == -1 ? -1 : 0;
}

static int maker_begin(struct maker *m)
{
	int rc;

	if (conf_load(&m->conf, NULL, m->err) != 0 ||
	    policy_init(&m->own, &m->conf) != 0 ||
	    !(m->engine = engine_new(&m->own, MODE_MONITOR)))
		return fail(m->err, m->errsize, "engine", "out of memory");
	m->err[0] = '\0';
	rc = checkpoint_load(m->db, m->engine, &m->cp, m->err, m->errsize);
	if (rc == 1)
		rc = use_policy(m, m->cp.policy_hash, m->cp.mode);
	m->applied = m->cp.applied_no;
	return rc;
}

int checkpoint_make(struct db *db, int64_t applied_no,
    int (*progress)(void *arg, int64_t rows), void *arg, char *err,
    size_t errsize)
{
	struct maker *m = calloc(1, sizeof(*m));
	int rc = -1;

	if (!m)
		return fail(err, errsize, "checkpoint", "out of memory");
	m->db = db;
	m->upto = applied_no;
	m->err = err;
	m->errsize = errsize;
	if (maker_begin(m) == 0)
		rc = apply_log(m, progress, arg);
	if (rc == 0 && m->applied < applied_no)
		rc = fail(err, errsize, "log",
		    "it ends before the rows that are to go: restore a backup");
	/* A log that never named a policy has no decisions to keep. */
	if (rc == 0 && m->cp.policy_hash[0] == '\0')
		rc = fail(err, errsize, "log", "it names no policy");
	if (rc == 0 && m->rows > 0)
		rc = checkpoint_save(db, m->engine, &m->cp, err, errsize);
	engine_free(m->engine);
	logged_policies_free(&m->policies);
	conf_free(&m->conf);
	free(m);
	return rc;
}
