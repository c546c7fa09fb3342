/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/drivers/kit/talk.h"

static void write_leaving(struct jsonw *j, struct ledger *l)
{
	size_t n;
	struct ledger_claim **v = ledger_touched(l, &n);

	jsonw_key(j, "leaving");
	jsonw_array_begin(j);
	for (size_t i = 0; i < n; i++)
		if (v[i]->n_owners == 0)
			talk_write_held(j, NULL, 0, &v[i]->target, 1, 0);
	jsonw_array_end(j);
}

int state_save(const struct replace_conf *c, struct ledger *l,
    int64_t generation, bool leaving, char *why, size_t n_why)
{
	const struct ledger_entry *e;
	const char *text;
	struct jsonw j;
	int rc = -1;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	jsonw_kint(&j, "generation", generation);
	jsonw_key(&j, "held");
	jsonw_array_begin(&j);
	for (e = ledger_entries(l); e != NULL; e = e->hh.next)
		talk_write_held(
		    &j, e->subscriber, e->seq, e->targets, e->n, e->until_us);
	jsonw_array_end(&j);
	if (leaving)
		write_leaving(&j, l);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	text = jsonw_take(&j);
	if (text == NULL)
		snprintf(why, n_why, "no memory");
	else
		rc = replace_file(c, text, strlen(text), why, n_why);
	jsonw_free(&j);
	return rc;
}

static int take_entry(struct ledger *l, json_t *held, bool leaving)
{
	struct order *o = order_from_held(held, leaving);
	int rc = o != NULL && o->error[0] == '\0' ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < o->n_targets; i++) {
		if (leaving)
			ledger_touch(l, ledger_claim(l, &o->targets[i]));
		else
			(void)ledger_adopt(l, o->subscriber, o->seq,
			    o->until_us, &o->targets[i]);
	}
	order_free(o);
	return rc;
}

int state_load(const char *path, struct ledger *l, int64_t *generation,
    char *why, size_t n_why)
{
	size_t len, i;
	char *text = replace_read(path, &len);
	json_t *root, *held, *o;
	int rc = 0;

	*generation = 0;
	if (text == NULL && errno == ENOENT)
		return 0;
	if (text == NULL) {
		snprintf(why, n_why, "%.200s cannot be read: %s", path,
		    strerror(errno));
		return -1;
	}
	root = json_loadb(text, len, 0, NULL);
	held = json_object_get(root, "held");
	if (!json_is_array(held))
		rc = -1;
	json_array_foreach(held, i, o)
	{
		if (take_entry(l, o, false) != 0)
			rc = -1;
	}
	json_array_foreach(json_object_get(root, "leaving"), i, o)
	{
		if (take_entry(l, o, true) != 0)
			rc = -1;
	}
	*generation = json_integer_value(json_object_get(root, "generation"));
	if (rc != 0)
		snprintf(why, n_why, "%.200s is damaged", path);
	json_decref(root);
	free(text);
	return rc;
}
