/* SPDX-License-Identifier: Apache-2.0 */
/* Letters to customers: to standard output or into a folder, each with a row
 * of the audit log. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "reports/cli/audit.h"
#include "reports/cli/verb.h"
#include "reports/letter/letter.h"
#include "reports/nightly/file.h"
#include "reports/out/address.h"
#include "store/read.h"
#include "store/write.h"

struct job {
	struct cli *c;
	struct letter_facts facts;
	struct letter letter;
	char to[256]; /* "": none */
	bool mail;
	int64_t at_us;
};

static int gather(struct job *j, const char *arg)
{
	struct cli *c = j->c;
	bool is_decision = *arg == 'D' || *arg == 'd';
	int64_t id = cli_parse_id(arg, is_decision ? 'D' : 'I');
	int rc;

	if (id < 1)
		return cli_fail(c, CLI_USAGE,
		    "\"%.40s\" is no incident or decision; give one such as "
		    "I12 or D7",
		    arg);
	rc = is_decision
		 ? letter_facts_decision(&j->facts, c->db, id, j->at_us)
		 : letter_facts_incident(&j->facts, c->db, id, j->at_us);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no %s %s; sekisho %s list shows them",
		    is_decision ? "decision" : "incident", j->facts.reference,
		    is_decision ? "decision" : "incident");
	return CLI_OK;
}

/* What the subscriber file says; a contact may be a telephone number. */
static int ask_customer(struct job *j, char lang[static 36])
{
	struct customer_row row;
	int rc = read_customer(j->c->db, j->facts.customer, &row);

	if (rc < 0)
		return cli_fail_db(j->c);
	lang[0] = j->to[0] = '\0';
	if (rc == 1) {
		memcpy(lang, row.language, sizeof(row.language));
		if (address_ok(row.contact))
			snprintf(j->to, sizeof(j->to), "%s", row.contact);
	}
	if (j->c->to)
		snprintf(j->to, sizeof(j->to), "%s", j->c->to);
	return CLI_OK;
}

static int make(struct job *j, const char *arg)
{
	struct cli *c = j->c;
	char lang[36], err[LETTER_ERROR_BYTES];
	struct letter_wish w = {.at_us = j->at_us};
	const char *why;
	int code = gather(j, arg), which = c->letter;

	if (code == CLI_OK)
		code = ask_customer(j, lang);
	if (code != CLI_OK)
		return code;
	if (which < 0)
		which = letter_facts_case(&j->facts, &c->conf, &why);
	if (which < 0)
		return cli_fail(c, CLI_REFUSED, "%s: no letter was made: %s",
		    j->facts.reference, why);
	w.letter_case = (enum letter_case)which;
	w.lang = c->lang ? c->lang : lang;
	if (letter_make(&j->letter, &j->facts, &c->conf, &w, err) != 0)
		return cli_fail(
		    c, CLI_USAGE, "%s: %s", j->facts.reference, err);
	return CLI_OK;
}

/* --- where it goes ------------------------------------------------------ */

static void print_letter(const void *arg, FILE *f)
{
	const struct job *j = arg;
	const struct letter *l = &j->letter;

	if (!j->mail)
		fprintf(f, "%s\n\n%s", l->subject, l->body);
	else
		(void)letter_write_mail(l, &j->facts, &j->c->conf,
		    j->to[0] != '\0' ? j->to : NULL, j->at_us, f);
}

static void print_json(const struct job *j)
{
	struct jsonw w;

	jsonw_init(&w, j->c->out);
	jsonw_object_begin(&w);
	jsonw_kstring(&w, "reference", j->facts.reference);
	jsonw_kstring(&w, "customer", j->facts.customer);
	jsonw_kstring(&w, "case", letter_case_name(j->letter.letter_case));
	jsonw_kstring(&w, "language", j->letter.lang);
	if (j->to[0] != '\0')
		jsonw_kstring(&w, "to", j->to);
	jsonw_kstring(&w, "subject", j->letter.subject);
	jsonw_kstring(&w, "body", j->letter.body);
	jsonw_object_end(&w);
	jsonw_newline(&w);
	jsonw_free(&w);
}

static int put(struct job *j, const char *path)
{
	struct cli *c = j->c;
	char err[PATH_MAX + 256];

	if (path[0] != '\0') {
		if (file_replace(path, print_letter, j, err, sizeof(err)) != 0)
			return cli_fail(c, CLI_FAILED, "%s", err);
		fprintf(c->out, "%s\n", path);
	} else if (c->format == OUT_JSON || c->format == OUT_JSONL) {
		print_json(j);
	} else {
		print_letter(j, c->out);
	}
	if (fflush(c->out) != 0)
		return cli_fail(c, CLI_FAILED,
		    "the letter could not be written; is the disk full?");
	return CLI_OK;
}

/* The row of the audit log and the letter, or neither. */
static int put_audited(struct job *j, const char *path)
{
	struct cli *c = j->c;
	struct audit a;
	int code;

	audit_fill(c, &a, "incident letter", j->facts.reference);
	snprintf(a.detail, sizeof(a.detail),
	    "letter %s in %s to customer %s, as %s%s%s",
	    letter_case_name(j->letter.letter_case), j->letter.lang,
	    j->facts.customer, j->mail ? "mail" : "text",
	    path[0] != '\0' ? " in " : "", path);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	if (write_audit(c->db, &a) != 0) {
		db_rollback(c->db);
		return cli_fail_db(c);
	}
	code = put(j, path);
	if (code != CLI_OK)
		db_rollback(c->db);
	else if (db_commit(c->db) != 0)
		code = cli_fail_db(c);
	return code;
}

static int one(struct job *j, const char *arg)
{
	struct cli *c = j->c;
	char path[PATH_MAX] = "";
	int code = make(j, arg);

	if (code == CLI_OK && c->out_dir && !c->dry_run &&
	    snprintf(path, sizeof(path), "%s/%s-%s-%s.%s", c->out_dir,
		j->facts.reference, letter_case_name(j->letter.letter_case),
		j->letter.lang, j->mail ? "eml" : "txt") >= (int)sizeof(path))
		code = cli_fail(c, CLI_USAGE, "--out: the path is too long");
	if (code == CLI_OK)
		code = c->dry_run ? put(j, "") : put_audited(j, path);
	letter_free(&j->letter);
	return code;
}

static int check_wishes(struct cli *c, bool mail)
{
	const char *from =
	    c->conf.letters_from ? c->conf.letters_from : c->conf.abuse_contact;

	if (c->n_args > 1 && !c->out_dir)
		return cli_fail(c, CLI_USAGE,
		    "several letters need a folder: give --out DIR");
	if (c->lang && !letter_lang_ok(c->lang))
		return cli_fail(c, CLI_USAGE,
		    "--lang %.40s: give a language such as ja or en", c->lang);
	if (c->to && !address_ok(c->to))
		return cli_fail(c, CLI_USAGE,
		    "--to %.80s: give one mail address such as "
		    "taro@isp.example",
		    c->to);
	if (mail && (!from || !address_ok(from)))
		return cli_fail(c, CLI_USAGE,
		    "a mail has a sender: set letters.from or abuse_contact "
		    "in the configuration, and give it with -c");
	return CLI_OK;
}

int cli_incident_letter(struct cli *c)
{
	struct job j = {.c = c, .mail = c->letter_form == 1};
	char err[PATH_MAX + 256];
	int code = cli_need_conf(c), worst;

	if (code == CLI_OK)
		code = check_wishes(c, j.mail);
	if (code == CLI_OK && letter_conf_check(&c->conf, err) != 0)
		code = cli_fail(c, CLI_USAGE, "%s", err);
	if (code == CLI_OK)
		code = cli_need_db(c, c->dry_run ? DB_READ : DB_WRITE);
	if (code == CLI_OK && c->out_dir && !c->dry_run &&
	    file_make_dir(c->out_dir, err, sizeof(err)) != 0)
		code = cli_fail(c, CLI_FAILED, "%s", err);
	worst = code;
	j.at_us = c->at_us != 0 ? c->at_us : c->now_us;
	for (int i = 0; i < c->n_args && code == CLI_OK; i++) {
		int rc = one(&j, c->args[i]);

		worst = rc != CLI_OK ? rc : worst;
	}
	return worst;
}
