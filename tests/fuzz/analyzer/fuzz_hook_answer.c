/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/answer.h"
#include "analyzer/hooks/reconcile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A line is an answer or a part of a list, never both; what is taken is whole
 * and within its bounds. */
static void check(struct reconcile *r, const char *line, size_t len)
{
	struct hello h;
	struct answer a;
	struct list_part p;
	bool is_answer, is_list;

	if (answer_read_hello(line, len, &h) == 0)
		must(h.window >= 1);
	is_answer = answer_read(line, len, &a) == 0;
	if (is_answer)
		must(memchr(a.error, '\0', sizeof(a.error)) != NULL &&
		     !(a.ok && a.permanent));
	is_list = answer_read_list(line, len, &p) == 0;
	must(!(is_answer && is_list));
	if (!is_list) {
		must(p.json == NULL);
		return;
	}
	must(p.held == NULL || json_is_array(p.held));
	must(p.held != NULL || !p.more);
	if (p.held != NULL)
		reconcile_part(r, p.held);
	json_decref(p.json);
}

static void drop(void *arg, struct customer *c)
{
	must(strlen(c->name) < ROW_ID_LEN);
	desired_drop_blank(arg, c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hooks hooks = {.desired = desired_new(1)};
	struct reconcile r = {.hooks = &hooks};
	const char *s = (const char *)data;

	must(hooks.desired != NULL);
	reconcile_begin(&r);
	while (size > 0) {
		const char *end = memchr(s, '\n', size);
		size_t len = end ? (size_t)(end - s) : size;

		check(&r, s, len);
		len += end != NULL;
		s += len;
		size -= len;
	}
	/* Whoever was only listed is forgotten again. */
	desired_each(hooks.desired, drop, hooks.desired);
	must(desired_count(hooks.desired) == 0);
	reconcile_free(&r);
	desired_free(hooks.desired);
	return 0;
}
