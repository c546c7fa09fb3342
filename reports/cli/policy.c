/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/policy.h"

#include <string.h>

#include "store/checkpoint.h"
#include "store/read.h"

#define POLICY_TEXT_BYTES 65536

struct last_policy {
	char hash[20];
	enum mode mode;
	bool found;
};

static int note_policy(void *arg, const struct observation *o)
{
	struct last_policy *p = arg;

	if (o->kind != OBS_POLICY)
		return 0;
	memcpy(p->hash, o->policy_hash, sizeof(p->hash));
	p->mode = o->mode;
	p->found = true;
	return 0;
}

/* Policy rows are nobody's: the whole log is read, from the checkpoint on,
 * which knows what applied there. */
static int find_last(struct cli *c, struct last_policy *p)
{
	struct checkpoint cp = {0};
	int rc = read_checkpoint(c->db, &cp);

	memset(p, 0, sizeof(*p));
	if (rc == 1) {
		memcpy(p->hash, cp.policy_hash, sizeof(p->hash));
		p->mode = cp.mode;
		p->found = cp.policy_hash[0] != '\0';
	}
	if (rc < 0 || read_applied(c->db, cp.applied_no, note_policy, p) != 0)
		return cli_fail_db(c);
	return CLI_OK;
}

/* What the newest decision or incident carries spares reading the log. */
static int find_newest_hash(struct cli *c, struct last_policy *p)
{
	int64_t obs_no, applied_no, incident_id, seq;
	struct decision d = {0};
	struct incident i = {0};

	if (read_last_numbers(
		c->db, &obs_no, &applied_no, &incident_id, &seq) != 0 ||
	    (seq > 0 && read_decision(c->db, seq, &d) < 0) ||
	    (incident_id > 0 && read_incident(c->db, incident_id, &i) < 0))
		return cli_fail_db(c);
	memset(p, 0, sizeof(*p));
	memcpy(p->hash, d.policy_hash[0] ? d.policy_hash : i.policy_hash,
	    sizeof(p->hash));
	p->hash[sizeof(p->hash) - 1] = '\0';
	p->found = p->hash[0] != '\0';
	return p->found ? CLI_OK : find_last(c, p);
}

static int load_text(struct cli *c, struct conf *conf, const char *hash)
{
	char key[32], text[POLICY_TEXT_BYTES], err[CONF_ERROR_BYTES];

	snprintf(key, sizeof(key), "policy:%.19s", hash);
	if (read_meta(c->db, key, text, sizeof(text)) != 0)
		return cli_fail_db(c);
	if (text[0] == '\0')
		return cli_fail(c, CLI_FAILED,
		    "%s: the text of policy %.19s is not in it; restore a "
		    "backup",
		    cli_db_path(c), hash);
	if (conf_load_policy_text(conf, text, err) != 0) {
		conf_free(conf);
		return cli_fail(
		    c, CLI_FAILED, "policy %.19s of the log: %s", hash, err);
	}
	return CLI_OK;
}

int policy_of(struct cli *c, struct conf *conf, const char *hash)
{
	char err[CONF_ERROR_BYTES];
	struct last_policy last;
	int code;

	memset(&last, 0, sizeof(last));
	if (hash && *hash)
		return load_text(c, conf, hash);
	if (!c->config && c->db) {
		code = find_newest_hash(c, &last);
		if (code != CLI_OK)
			return code;
		if (last.found)
			return load_text(c, conf, last.hash);
	}
	if (conf_load(conf, c->config, err) != 0) {
		conf_free(conf);
		return cli_fail(c, CLI_USAGE, "%s", err);
	}
	return CLI_OK;
}

int policy_logged(struct cli *c, struct conf *conf)
{
	char err[CONF_ERROR_BYTES];
	struct last_policy last = {.found = false};
	int code = find_newest_hash(c, &last);

	if (code != CLI_OK)
		return code;
	if (last.found)
		return load_text(c, conf, last.hash);
	if (conf_load(conf, NULL, err) == 0)
		return CLI_OK;
	conf_free(conf);
	return cli_fail(c, CLI_FAILED, "%s", err);
}

int policy_for_apply(struct cli *c)
{
	struct last_policy last;
	int code;

	memset(&last, 0, sizeof(last));
	if (c->config)
		return cli_need_conf(c);
	code = find_last(c, &last);
	if (code != CLI_OK)
		return code;
	if (!last.found)
		return cli_need_conf(c);
	if (c->conf_loaded)
		conf_free(&c->conf);
	c->conf_loaded = false;
	code = load_text(c, &c->conf, last.hash);
	if (code != CLI_OK)
		return code;
	c->conf_loaded = true;
	c->conf.mode = last.mode;
	return CLI_OK;
}

int64_t policy_threshold(const struct conf *conf, enum line_class line_class)
{
	return conf_class_rules(conf, line_class).threshold_milli;
}
