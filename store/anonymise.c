/* SPDX-License-Identifier: Apache-2.0 */
#include "store/anonymise.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/siphash.h"
#include "store/day.h"
#include "store/stmt.h"

/* --- pseudonyms ----------------------------------------------------------- */

struct masks {
	struct keyed_hash *key;
	uint64_t address_key[2];
};

static bool hex_of(struct masks *m, const char *purpose, const char *text,
    int digits, char out[static 33])
{
	uint8_t h[KEYED_HASH_BYTES];

	if (!keyed_hash(m->key, purpose, text, NULL, h))
		return false;
	for (int i = 0; i < digits / 2; i++)
		snprintf(out + 2 * (size_t)i, 3, "%02x", h[i]);
	return true;
}

static void answer(sqlite3_context *x, bool ok, const char *text)
{
	if (ok)
		sqlite3_result_text(x, text, -1, SQLITE_TRANSIENT);
	else
		sqlite3_result_error(x, "no keyed hash", -1);
}

static void mask_customer(sqlite3_context *x, int n, sqlite3_value **v)
{
	const char *text = (const char *)sqlite3_value_text(v[0]);
	char out[40] = "c";

	(void)n;
	if (text)
		answer(x,
		    hex_of(sqlite3_user_data(x), "anonymise customer", text, 12,
			out + 1),
		    out);
}

static void mask_person(sqlite3_context *x, int n, sqlite3_value **v)
{
	const char *text = (const char *)sqlite3_value_text(v[0]);
	char out[40] = "p";

	(void)n;
	if (text)
		answer(x,
		    hex_of(sqlite3_user_data(x), "anonymise person", text, 12,
			out + 1),
		    out);
}

static bool name_of(struct masks *m, const char *name, size_t len, char *out)
{
	char small[1024], digits[33];

	len = len < sizeof(small) ? len : sizeof(small) - 1;
	for (size_t i = 0; i < len; i++)
		small[i] = (char)tolower((unsigned char)name[i]);
	small[len] = '\0';
	if (!hex_of(m, "anonymise name", small, 12, digits))
		return false;
	sprintf(out, "n%s.example", digits);
	return true;
}

/* Names by spaces. */
static void mask_names(sqlite3_context *x, int n, sqlite3_value **v)
{
	const char *text = (const char *)sqlite3_value_text(v[0]);
	size_t at = 0;
	char *out;
	bool ok = true;

	(void)n;
	if (!text)
		return;
	out = malloc(32 * (strlen(text) + 2));
	if (!out) {
		sqlite3_result_error_nomem(x);
		return;
	}
	out[0] = '\0';
	while (*(text += strspn(text, " ")) != '\0' && ok) {
		size_t len = strcspn(text, " ");

		if (at > 0)
			out[at++] = ' ';
		ok = name_of(sqlite3_user_data(x), text, len, out + at);
		at += strlen(out + at);
		text += len;
	}
	answer(x, ok, out);
	free(out);
}

static void mask_hash(sqlite3_context *x, int n, sqlite3_value **v)
{
	const uint8_t *b = sqlite3_value_blob(v[0]);
	int len = sqlite3_value_bytes(v[0]);
	struct masks *m = sqlite3_user_data(x);
	uint8_t out[KEYED_HASH_BYTES];
	char text[65] = "";

	(void)n;
	if (!b)
		return;
	for (int i = 0; i < len && i < 32; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", b[i]);
	if (keyed_hash(m->key, "anonymise hash", text, NULL, out))
		sqlite3_result_blob(x, out,
		    len < (int)sizeof(out) ? len : (int)sizeof(out),
		    SQLITE_TRANSIENT);
	else
		sqlite3_result_error(x, "no keyed hash", -1);
}

/* Each bit is turned or not by a keyed function of the bits before it (Xu,
 * Fan, Ammar, Moon: Prefix-preserving IP address anonymization, ICNP 2002):
 * one to one, and two addresses share as many bits after as before. */
static void turn_address(
    const struct masks *m, const struct addr *a, int bits, struct addr *out)
{
	int first = addr_is_v4(a) ? 96 : 0;

	*out = *a;
	for (int i = first; i < 128; i++) {
		uint64_t words[3] = {0, 0, (uint64_t)i};
		uint8_t bit = (uint8_t)(0x80 >> i % 8);

		for (int b = 0; b < i; b++)
			if (a->b[b / 8] & 0x80 >> b % 8)
				words[b / 64] |= UINT64_C(1) << b % 64;
		if (i >= bits)
			out->b[i / 8] &= (uint8_t)~bit;
		else if (siphash(m->address_key, words, 3) & 1)
			out->b[i / 8] ^= bit;
	}
}

/* Of an address, or of a prefix and its length. */
static void mask_address(sqlite3_context *x, int n, sqlite3_value **v)
{
	const void *b = sqlite3_value_blob(v[0]);
	int bits = n > 1 ? sqlite3_value_int(v[1]) : 128;
	struct addr a, out;

	if (!b)
		return;
	if (sqlite3_value_bytes(v[0]) != (int)sizeof(a.b)) {
		sqlite3_result_error(x, "an address has 16 bytes", -1);
		return;
	}
	memcpy(a.b, b, sizeof(a.b));
	turn_address(sqlite3_user_data(x), &a, bits, &out);
	sqlite3_result_blob(x, out.b, sizeof(out.b), SQLITE_TRANSIENT);
}

static int add_functions(struct db *db, struct masks *m)
{
	static const struct {
		const char *name;
		int args;
		void (*f)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {{"mask_customer", 1, mask_customer},
	    {"mask_person", 1, mask_person}, {"mask_names", 1, mask_names},
	    {"mask_hash", 1, mask_hash}, {"mask_address", 1, mask_address},
	    {"mask_address", 2, mask_address}};
	uint8_t h[KEYED_HASH_BYTES];

	if (!keyed_hash(m->key, "anonymise address", "", NULL, h))
		return db_fail_as(db, SQLITE_ERROR, "no keyed hash");
	memcpy(m->address_key, h, sizeof(m->address_key));
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (sqlite3_create_function_v2(db->sql, functions[i].name,
			functions[i].args, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
			m, functions[i].f, NULL, NULL, NULL) != SQLITE_OK)
			return db_fail(db);
	return 0;
}

/* --- tables --------------------------------------------------------------- */

/* keep: columns that stay as they are; change: "column=expression" by ";". */
struct table {
	const char *name, *keep, *change;
};

static const struct table tables[] = {
    {"observation_00000000",
	"obs_no applied_no kind ts_us start_us boot seq flow_id client_port "
	"server_port line_class traffic_case source_validated tier outcome "
	"attempts servers helo_verb helo_kind helo_null_literal "
	"mail_from_seen mail_from_null header_from_count rcpt_count "
	"rcpt_accepted unknown_users reply_code reply_enhanced reply_class "
	"reply_stage names_client declared_bytes seen_bytes tls end "
	"header_complete dkim_signature dkim_more received_count gap "
	"authenticated auth_outcome auth_mechanism dpi not_smtp transactions "
	"auth_state spf spf_helo spf_lookups verdict login messages own_line "
	"op op_id op_until_us op_incident policy_hash mode label weight_milli "
	"score_milli novelty",
	"customer=mask_customer(customer);agent=mask_person(agent);"
	"client=mask_address(client);server=mask_address(server);"
	"helo=mask_names(helo);mail_from=mask_names(mail_from);"
	"mail_from_hash=mask_hash(mail_from_hash);"
	"rcpt_hash=mask_hash(rcpt_hash);"
	"header_from=mask_names(header_from);"
	"rcpt_domains=mask_names(rcpt_domains);dkim_evidence=NULL;"
	"spf_domain=mask_names(spf_domain);"
	"spf_address=mask_address(spf_address);spf_term=NULL;"
	"spf_record=NULL;spf_trail=NULL;dkim=NULL;dmarc=NULL;"
	"verdict_reason=NULL;account_hash=mask_hash(account_hash);"
	"digest=NULL"},
    {"observation_day", "day first_obs last_obs rows", ""},
    {"sequence", "name value", ""},
    {"counter", "day name value", ""},
    {"counter_total", "name value", ""},
    {"delivery_tally", "driver state n total last_us", ""},
    {"meta", "key value", ""},
    {"incident",
	"id kind line_class state closed_as opened_us last_us closed_us "
	"first_obs last_obs observations servers unknown_users blocklisted "
	"spoofed score_milli peak_milli policy_hash brake_id",
	"customer=mask_customer(customer);summary=CASE WHEN kind = "
	"'compromised_account' THEN NULL ELSE summary END"},
    {"decision",
	"seq line_class action cause since_us until_us incident_id ends_seq "
	"obs_no op_id step mode policy_hash",
	"customer=mask_customer(customer);reason=NULL"},
    {"decision_target", "decision_seq n length first_port last_port",
	"prefix=mask_address(prefix, length)"},
    {"lease", "length first_port last_port from_us source until_us line_class",
	"prefix=mask_address(prefix, length);customer=mask_customer(customer);"
	"nas=NULL;session=NULL;own_domains=mask_names(own_domains)"},
    {"customer", "line_class language",
	"id=mask_customer(id);own_domains=mask_names(own_domains);"
	"contact=NULL"},
    {"operator_action", "id ts_us verb until_us applied_obs incident_id",
	"actor=mask_person(actor);target=NULL;"
	"customer=mask_customer(customer);reason=NULL"},
    {"delivery",
	"id decision_seq driver op event state attempts created_us next_us "
	"done_us turn",
	"error=NULL"},
    {"difference",
	"id driver kind decision_seq held_seq found_us last_us seen ended_us",
	"customer=mask_customer(customer);wanted=NULL;held=NULL;reason=NULL"},
    {"enforcer_sample",
	"id driver first_us last_us lists wanted held missing extra worst "
	"after_hole",
	""},
    {"enforcer", "driver state since_us listed_us wanted held differences",
	"error=NULL"},
    {"brake",
	"id began_us ended_us held lifted last_us ended_by obs_no op_id "
	"policy_hash",
	"reason=''"},
    /* Where the log began is told; what the engine knew is not. */
    {"checkpoint",
	"applied_no made_us last_us last_incident last_decision policy_hash "
	"mode form",
	"parts=0;digest=zeroblob(32)"},
};

static const struct table *find_table(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (strcmp(tables[i].name, name) == 0)
			return &tables[i];
	/* Days are made from the pattern. */
	return strncmp(name, "observation_", 12) == 0 && strlen(name) == 20
		   ? &tables[0]
		   : NULL;
}

/* The expression for a column; NULL: it is not known. */
static const char *find_column(
    const struct table *t, const char *name, char *buf, size_t size)
{
	const char *at = t->keep;
	size_t len = strlen(name);

	while ((at = strstr(at, name)) != NULL) {
		if ((at == t->keep || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return name;
		at += len;
	}
	for (at = t->change; at && *at != '\0';) {
		size_t end = strcspn(at, ";");

		if (strncmp(at, name, len) == 0 && at[len] == '=') {
			snprintf(buf, size, "%.*s", (int)(end - len - 1),
			    at + len + 1);
			return buf;
		}
		at += end + (at[end] == ';');
	}
	return NULL;
}

/* "SELECT EXPRESSIONS FROM table", in the order of its columns. */
static int make_select(struct db *db, const struct table *t, const char *name,
    char *sql, size_t size)
{
	char ask[128], expression[256];
	size_t at = (size_t)snprintf(sql, size, "SELECT ");
	sqlite3_stmt *s;
	int rc, n = 0;

	snprintf(ask, sizeof(ask), "PRAGMA table_info(%.64s)", name);
	if (sqlite3_prepare_v2(db->sql, ask, -1, &s, NULL) != SQLITE_OK)
		return db_fail(db);
	while ((rc = stmt_step(db, s)) == 1) {
		const char *column = (const char *)sqlite3_column_text(s, 1);
		const char *e = column ? find_column(t, column, expression,
					     sizeof(expression))
				       : NULL;

		if (!e) {
			rc = db_fail_as(db, SQLITE_ERROR,
			    "the column %s of %s is not known to db "
			    "anonymise: it may be personal; upgrade sekisho",
			    column ? column : "?", name);
			break;
		}
		at += (size_t)snprintf(
		    sql + at, size - at, "%s%s", n++ > 0 ? ", " : "", e);
		if (at >= size - 128) {
			rc = db_fail_as(
			    db, SQLITE_TOOBIG, "a statement is too long");
			break;
		}
	}
	sqlite3_finalize(s);
	snprintf(sql + at, size - at, " FROM %.64s", name);
	return rc;
}

/* Anew from its old rows: a pseudonym may be another row's old key. */
static int rewrite(struct db *db, const char *name)
{
	const struct table *t = find_table(name);
	char select[4096], sql[4096 + 512];

	if (!t) {
		snprintf(sql, sizeof(sql), "DELETE FROM \"%.64s\"", name);
		return stmt_exec(db, sql);
	}
	if (make_select(db, t, name, select, sizeof(select)) != 0)
		return -1;
	if (t->change[0] == '\0')
		return 0;
	snprintf(sql, sizeof(sql),
	    "CREATE TEMP TABLE masked AS %s; DELETE FROM main.%.64s;"
	    "INSERT INTO main.%.64s SELECT * FROM temp.masked;"
	    "DROP TABLE temp.masked",
	    select, name, name);
	return stmt_exec(db, sql);
}

struct names {
	char (*v)[128];
	size_t n;
};

static int list(
    struct db *db, const char *type, const char *what, struct names *names)
{
	char ask[256];
	sqlite3_stmt *s;
	int rc;

	snprintf(ask, sizeof(ask),
	    "SELECT %s FROM sqlite_schema WHERE type = '%s' "
	    "AND name NOT LIKE 'sqlite_%%'",
	    what, type);
	if (sqlite3_prepare_v2(db->sql, ask, -1, &s, NULL) != SQLITE_OK)
		return db_fail(db);
	while ((rc = stmt_step(db, s)) == 1) {
		void *v = realloc(names->v, (names->n + 1) * sizeof(*names->v));

		if (!v) {
			rc = db_fail_as(db, SQLITE_NOMEM, "out of memory");
			break;
		}
		names->v = v;
		column_copy(s, 0, names->v[names->n++], sizeof(*names->v));
	}
	sqlite3_finalize(s);
	return rc;
}

/* Of a copy nobody asks whether it was only appended to. */
static int drop_triggers(struct db *db)
{
	struct names t = {0};
	char sql[192];
	int rc = list(db, "trigger", "name", &t);

	for (size_t i = 0; i < t.n && rc == 0; i++) {
		snprintf(sql, sizeof(sql), "DROP TRIGGER \"%s\"", t.v[i]);
		rc = stmt_exec(db, sql);
	}
	free(t.v);
	return rc;
}

static int rewrite_all(struct db *db)
{
	struct names t = {0};
	int rc = list(db, "table", "name", &t);

	for (size_t i = 0; i < t.n && rc == 0; i++)
		rc = rewrite(db, t.v[i]);
	free(t.v);
	if (rc != 0)
		return rc;
	/* Its log leads to other numbers: nobody shall go on from it. */
	return stmt_exec(db,
	    "DELETE FROM meta WHERE key NOT LIKE 'policy:%' "
	    "AND key NOT IN ('privacy_tier', 'mode');"
	    "INSERT INTO meta (key, value) VALUES ('anonymised', 'yes');"
	    "INSERT INTO checkpoint SELECT 0, 0, 0, 0, 0, '', 'monitor', 0, 0, "
	    "zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM checkpoint)");
}

int db_anonymise(struct db *db, struct keyed_hash *key, const char *into)
{
	struct masks m = {.key = key};
	char *sql;
	int rc = add_functions(db, &m);

	/* Rows are taken out and put back: references hold at the end. */
	if (rc == 0)
		rc = stmt_exec(db, "PRAGMA foreign_keys = OFF");
	if (rc == 0)
		rc = db_begin(db);
	if (rc == 0) {
		rc = drop_triggers(db);
		if (rc == 0)
			rc = rewrite_all(db);
		if (rc == 0)
			rc = db_commit(db);
		if (rc != 0)
			db_rollback(db);
	}
	if (rc != 0)
		return -1;
	stmt_free_all(db);
	/* Nothing but what is in it now, page by page. */
	sql = sqlite3_mprintf("VACUUM INTO %Q", into);
	rc = sql ? stmt_exec(db, sql) : -1;
	sqlite3_free(sql);
	return rc;
}
