/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration beside the defaults, or its policy beside the one by which
 * the log was applied last. */
#include <stdlib.h>
#include <string.h>

#include "reports/cli/policy.h"
#include "base/room.h"
#include "reports/cli/verb.h"

static const struct out_column columns[] = {
    {"key", OUT_TEXT, OUT_NARROW},
    {"was", OUT_TEXT, OUT_NARROW},
    {"is", OUT_TEXT, OUT_LAST},
};

/* Of a configuration as conf_show() writes it: "section.key" and value. */
struct entry {
	char *key, *value;
};
struct entries {
	char *text;
	struct entry *v;
	size_t n, cap;
};

static void entries_free(struct entries *e)
{
	for (size_t i = 0; i < e->n; i++)
		free(e->v[i].key);
	free(e->v);
	free(e->text);
}

static int add(struct entries *e, const char *section, char *line)
{
	char *equals = strstr(line, " = ");

	if (!equals)
		return 0;
	if (!ROOM_FOR_ONE(e->v, e->n, e->cap))
		return -1;
	*equals = '\0';
	e->v[e->n].value = equals + 3;
	if (asprintf(&e->v[e->n].key, "%s%s%s", section, *section ? "." : "",
		line) == -1)
		return -1;
	e->n++;
	return 0;
}

/* "class "dynamic" {" -> class.dynamic */
static void name_section(const char *line, char section[static 128])
{
	size_t at = 0;

	for (; *line != '\0' && *line != '{' && at < 127; line++) {
		if (*line == '"' || (*line == ' ' && line[1] == '{'))
			continue;
		section[at++] = *line == ' ' ? '.' : *line;
	}
	section[at] = '\0';
}

static int read_entries(struct entries *e, const struct conf *c)
{
	char section[128] = "", *save = NULL;
	size_t size;
	FILE *f = open_memstream(&e->text, &size);

	if (!f)
		return -1;
	conf_show(c, f);
	if (fclose(f) != 0)
		return -1;
	for (char *line = strtok_r(e->text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(line);

		line += strspn(line, "\t");
		if (*line == '#')
			continue;
		if (strcmp(line, "}") == 0)
			section[0] = '\0';
		else if (len > 0 && line[strlen(line) - 1] == '{')
			name_section(line, section);
		else if (add(e, section, line) != 0)
			return -1;
	}
	return 0;
}

static const char *find(const struct entries *e, const char *key)
{
	for (size_t i = 0; i < e->n; i++)
		if (strcmp(e->v[i].key, key) == 0)
			return e->v[i].value;
	return NULL;
}

static bool is_policy(const char *key)
{
	return strncmp(key, "policy.", 7) == 0 ||
	       strncmp(key, "class.", 6) == 0;
}

static int64_t print(struct out *out, const struct entries *was,
    const struct entries *is, bool policy_only)
{
	int64_t n = 0;

	for (size_t i = 0; i < is->n; i++) {
		const struct entry *e = &is->v[i];
		const char *old = find(was, e->key);
		struct out_value row[3] = {
		    out_text(e->key), out_text(old), out_text(e->value)};

		if ((policy_only && !is_policy(e->key)) ||
		    (old && strcmp(old, e->value) == 0))
			continue;
		out_row(out, row);
		n++;
	}
	for (size_t i = 0; i < was->n; i++) {
		const struct entry *e = &was->v[i];
		struct out_value row[3] = {
		    out_text(e->key), out_text(e->value), out_text(NULL)};

		if ((policy_only && !is_policy(e->key)) || find(is, e->key))
			continue;
		out_row(out, row);
		n++;
	}
	return n;
}

static int compare(struct cli *c, const struct conf *was)
{
	struct entries a = {0}, b = {0};
	struct out *out = NULL;
	int code = CLI_FAILED;
	int64_t n;

	if (read_entries(&a, was) != 0 || read_entries(&b, &c->conf) != 0)
		code = cli_fail(c, CLI_FAILED, "out of memory");
	else
		out = cli_out(c, columns, 3);
	if (out) {
		n = print(out, &a, &b, c->db != NULL);
		code = cli_end_list(c, out, n);
		if (code == CLI_OK && n > 0)
			code = CLI_FAILED;
	}
	entries_free(&a);
	entries_free(&b);
	return code;
}

/* What the log was applied with last. policy_of() would take -c. */
static int policy_of_log(struct cli *c, struct conf *was)
{
	const char *config = c->config;
	int code;

	c->config = NULL;
	code = cli_need_db(c, DB_READ);
	if (code == CLI_OK)
		code = policy_of(c, was, NULL);
	c->config = config;
	return code;
}

int cli_config_diff(struct cli *c)
{
	char err[CONF_ERROR_BYTES];
	struct conf was;
	int code = cli_need_conf(c);

	if (code != CLI_OK)
		return code;
	if (c->db_path)
		code = policy_of_log(c, &was);
	else if (conf_load(&was, NULL, err) != 0)
		code = cli_fail(c, CLI_FAILED, "%s", err);
	if (code != CLI_OK)
		return code;
	code = compare(c, &was);
	conf_free(&was);
	return code;
}
