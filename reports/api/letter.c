/* SPDX-License-Identifier: Apache-2.0 */
/* The letter to the customer of an incident or a decision, as sekisho incident
 * letter makes it: with a row of the audit log for each. Nothing is sent. */
#include <inttypes.h>
#include <stdio.h>

#include "reports/api/inproc.h"
#include "reports/api/routes.h"
#include "reports/cli/verb.h"
#include "reports/letter/find.h"
#include "reports/letter/letter.h"

/* false after a problem. which -1: what fits. */
static bool wishes(struct call *c, int *which, const char **lang)
{
	*which = -1;
	*lang = uri_get(&c->uri, "lang");
	if (!call_word(c, "case", letter_case_parse, which))
		return false;
	if (!*lang || letter_lang_ok(*lang))
		return true;
	call_problem(c, 400, "bad_value", "lang: give one such as ja or en");
	return false;
}

/* What the operator has to set first is no fault of who asks. */
static bool is_configured(struct call *c)
{
	char err[LETTER_ERROR_BYTES];

	if (letter_conf_check(c->conf, err) == 0)
		return true;
	call_problem(c, 422, "refused", "%s", err);
	return false;
}

void letter_get(struct call *c)
{
	bool of_decision = c->uri.path[sizeof("/api/v1/") - 1] == 'd';
	char name[24];
	char *args[] = {name, NULL};
	struct inproc p;
	const char *lang, *text;
	int64_t id;
	int which;

	if (!call_id(c, of_decision ? 'D' : 'I', &id) ||
	    !wishes(c, &which, &lang) || !is_configured(c) ||
	    !inproc_begin(&p, c, false))
		return;
	snprintf(name, sizeof(name), "%c%" PRId64, of_decision ? 'D' : 'I', id);
	p.cli.args = args;
	p.cli.n_args = 1;
	p.cli.letter = which;
	p.cli.lang = lang;
	p.cli.reason = c->reason;
	text = inproc_end(&p, cli_incident_letter(&p.cli));
	if (text)
		jsonw_raw(call_json(c, 200), text);
	inproc_free(&p);
}
