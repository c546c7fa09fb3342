/* SPDX-License-Identifier: Apache-2.0 */
/* A template: an error names a place inside of it; what parses renders the
 * same twice, and a value is never read as a template. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/letter/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(int holds)
{
	if (!holds)
		abort();
}

static char *render(const struct letter_template *t, int *rc)
{
	const char *v[LETTER_FIELD_COUNT] = {[LETTER_PROVIDER] = "{{end}}",
	    [LETTER_CONTACT] = "\n",
	    [LETTER_REFERENCE] = "}}"};
	char err[LETTER_ERROR_BYTES] = "", *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return NULL;
	*rc = letter_template_render(t, v, f, f, err);
	fclose(f);
	must((*rc == 0) == (err[0] == '\0'));
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char err[LETTER_ERROR_BYTES] = "", *a, *b;
	struct letter_template *t =
	    letter_template_parse("f", (const char *)data, len, err);
	int line, column, rc_a = 0, rc_b = 0;

	if (!t) {
		must(sscanf(err, "f:%d:%d: ", &line, &column) == 2);
		must(line >= 1 && column >= 1 && (size_t)line <= len + 1);
		return 0;
	}
	a = render(t, &rc_a);
	b = render(t, &rc_b);
	must(rc_a == rc_b && (!a || !b || strcmp(a, b) == 0));
	for (int c = 0; c < LETTER_CASE_COUNT; c++)
		(void)letter_template_check(t, (enum letter_case)c, err);
	free(a);
	free(b);
	letter_template_free(t);
	return 0;
}
