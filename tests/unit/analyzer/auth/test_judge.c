/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/auth/judge.h"

/* All is seen, and SPF fails for a foreign domain that nobody signed. */
static struct judge_facts seen(void)
{
	return (struct judge_facts){.names_kept = true,
	    .has_domain = true,
	    .address_known = true,
	    .spf = SPF_FAIL,
	    .message = true,
	    .header_complete = true,
	    .from_known = true,
	    .from_aligned = true,
	    .dkim = DKIM_SAYS_NOTHING};
}

enum { CANNOT_TELL = VERDICT_CANNOT_TELL, AUTHORISED = VERDICT_AUTHORISED };
enum { SPOOFED = VERDICT_SPOOFED };

/* What is changed of seen(): a small letter takes something away. */
static void change(struct judge_facts *f, const char *letters)
{
	for (; *letters != '\0'; letters++) {
		f->names_kept &= *letters != 'n';
		f->has_domain &= *letters != 'd';
		f->address_known &= *letters != 'e';
		f->message &= *letters != 'm';
		f->header_complete &= *letters != 'h';
		f->from_known &= *letters != 'f';
		f->from_aligned &= *letters != 'a';
		f->authenticated |= *letters == 'A';
		f->over_budget |= *letters == 'B';
		f->encrypted |= *letters == 'E';
		f->gap |= *letters == 'G';
		f->own_domain |= *letters == 'O';
		f->listed_domain |= *letters == 'L';
		f->spf_hangs |= *letters == 'P';
		f->received_count += *letters == 'R';
		f->may_relay |= *letters == 'S';
	}
}

static const struct {
	const char *changes;
	enum spf_result spf;
	enum dkim_says dkim;
	enum verdict want;
	const char *reason; /* a part of it */
} cases[] = {
    {"", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_SPOOFED, "speaks for it"},
    {"", SPF_FAIL, DKIM_SAYS_FAILED, VERDICT_SPOOFED, "is valid"},
    {"", SPF_FAIL, DKIM_SAYS_ALIGNED, VERDICT_AUTHORISED, "forwarded"},
    {"", SPF_FAIL, DKIM_SAYS_UNALIGNED, VERDICT_CANNOT_TELL, "another domain"},
    {"", SPF_FAIL, DKIM_SAYS_GENUINE, VERDICT_CANNOT_TELL, "genuine"},
    {"", SPF_FAIL, DKIM_SAYS_TEMPERROR, VERDICT_CANNOT_TELL, "fetched"},
    {"", SPF_FAIL, DKIM_SAYS_UNSEEN, VERDICT_CANNOT_TELL, "not all"},
    {"SR", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "Received"},
    {"SRRR", SPF_FAIL, DKIM_SAYS_FAILED, VERDICT_CANNOT_TELL, "Received"},
    {"S", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_SPOOFED, "speaks for it"},
    {"R", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_SPOOFED, "speaks for it"},
    {"SR", SPF_FAIL, DKIM_SAYS_ALIGNED, VERDICT_AUTHORISED, "forwarded"},
    {"f", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_SPOOFED, "speaks for it"},
    {"a", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_SPOOFED, "speaks for it"},
    {"h", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"not seen to its end"},
    {"h", SPF_FAIL, DKIM_SAYS_ALIGNED, VERDICT_CANNOT_TELL,
	"not seen to its end"},
    {"mh", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "no message"},
    {"P", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "local part"},
    {"G", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"part of the transaction"},
    {"E", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "encrypted"},
    {"B", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "budget"},
    {"e", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "network.egress"},
    {"d", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "no domain"},
    {"A", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "submission"},
    {"n", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "tier"},
    {"O", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED, "own domain"},
    {"OLGBe", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED, "own domain"},
    {"OA", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "submission"},
    {"L", SPF_FAIL, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED, "operator allows"},
    {"L", SPF_SOFTFAIL, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED,
	"operator allows"},
    {"", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED, "SPF passes"},
    {"a", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "another domain"},
    {"a", SPF_PASS, DKIM_SAYS_ALIGNED, VERDICT_CANNOT_TELL, "another domain"},
    {"f", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"no domain to compare"},
    {"h", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"not seen to its end"},
    {"mh", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_AUTHORISED, "no message"},
    {"G", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"part of the transaction"},
    {"P", SPF_PASS, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "local part"},
    {"", SPF_NONE, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "proves nothing"},
    {"", SPF_NEUTRAL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "proves nothing"},
    {"", SPF_SOFTFAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"proves nothing"},
    {"", SPF_SOFTFAIL, DKIM_SAYS_ALIGNED, VERDICT_CANNOT_TELL,
	"proves nothing"},
    {"P", SPF_SOFTFAIL, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL,
	"proves nothing"},
    {"", SPF_TEMPERROR, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "evaluated"},
    {"", SPF_PERMERROR, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "evaluated"},
    {"", SPF_UNCHECKED, DKIM_SAYS_NOTHING, VERDICT_CANNOT_TELL, "not checked"},
};

static void each_row_is_reached(void **state)
{
	bool reached[64] = {false};
	size_t n;
	const struct judge_row *table = judge_table(&n);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct judge_facts f = seen();
		const struct judge_row *r;

		change(&f, cases[i].changes);
		f.spf = cases[i].spf;
		f.dkim = cases[i].dkim;
		r = judge(&f);
		if (r->verdict != cases[i].want ||
		    strstr(r->text, cases[i].reason) == NULL)
			fail_msg("case %zu: %s, %s", i,
			    verdict_name(r->verdict), r->text);
		reached[r - table] = true;
	}
	for (size_t i = 0; i < n; i++)
		if (!reached[i])
			fail_msg(
			    "no case reaches row %zu: %s", i, table[i].text);
}

/* The whole space: bits of the flags, then the enums. */
#define FLAGS 14

static struct judge_facts facts(unsigned bits, int spf, int dkim, int cls)
{
	return (struct judge_facts){
	    .names_kept = bits & 1,
	    .authenticated = bits >> 1 & 1,
	    .has_domain = bits >> 2 & 1,
	    .address_known = bits >> 3 & 1,
	    .over_budget = bits >> 4 & 1,
	    .encrypted = bits >> 5 & 1,
	    .gap = bits >> 6 & 1,
	    .own_domain = bits >> 7 & 1,
	    .listed_domain = bits >> 8 & 1,
	    .spf_hangs = bits >> 9 & 1,
	    .message = bits >> 10 & 1,
	    .header_complete = bits >> 11 & 1,
	    .from_known = bits >> 12 & 1,
	    .from_aligned = bits >> 13 & 1,
	    .spf = (enum spf_result)spf,
	    .dkim = (enum dkim_says)dkim,
	    .may_relay = cls / 2,
	    .received_count = cls % 2,
	};
}

/* Said again, in other words than the table's. */
static bool may_be_spoofed(const struct judge_facts *f)
{
	bool all_seen = f->names_kept && f->has_domain && f->address_known &&
			!f->over_budget && !f->encrypted && !f->gap &&
			f->header_complete && f->dkim != DKIM_SAYS_UNSEEN &&
			f->dkim != DKIM_SAYS_TEMPERROR;
	bool excused = f->authenticated || f->own_domain || f->listed_domain ||
		       f->spf_hangs || (f->may_relay && f->received_count > 0);

	return all_seen && !excused && f->spf == SPF_FAIL &&
	       (f->dkim == DKIM_SAYS_FAILED || f->dkim == DKIM_SAYS_NOTHING);
}

static void judge_one(const struct judge_facts *f, unsigned long *spoofed)
{
	size_t n, rows = 0;
	const struct judge_row *table = judge_table(&n), *r = judge(f);

	for (size_t i = 0; i < n; i++)
		rows += judge_row_holds(&table[i], f);
	if (rows != 1)
		fail_msg("%zu rows, the first: %s", rows, r->text);
	if ((r->verdict == VERDICT_SPOOFED) != may_be_spoofed(f))
		fail_msg("%s: %s", verdict_name(r->verdict), r->text);
	*spoofed += r->verdict == VERDICT_SPOOFED;
}

static void exactly_one_row_decides_everything(void **state)
{
	unsigned long states = 0, spoofed = 0;

	(void)state;
	for (unsigned bits = 0; bits < 1u << FLAGS; bits++)
		for (int spf = 0; spf < SPF_RESULT_COUNT; spf++)
			for (int dkim = 0; dkim < DKIM_SAYS_COUNT; dkim++)
				for (int c = 0; c < 2 * CLASS_COUNT; c++) {
					struct judge_facts f =
					    facts(bits, spf, dkim, c);

					judge_one(&f, &spoofed);
					states++;
				}
	print_message("%lu states, %lu spoofed\n", states, spoofed);
	assert_true(spoofed > 0);
}

/* Less evidence never makes an accusation out of what was none. */
static void an_accusation_needs_every_piece(void **state)
{
	static const struct judge_facts nothing;
	struct judge_facts f = seen();

	(void)state;
	assert_int_equal(judge(&f)->verdict, VERDICT_SPOOFED);
	assert_int_equal(judge(&nothing)->verdict, VERDICT_CANNOT_TELL);
	for (const char *l = "ndehGEBAP"; *l != '\0'; l++) {
		f = seen();
		change(&f, (char[]){*l, '\0'});
		assert_int_equal(judge(&f)->verdict, VERDICT_CANNOT_TELL);
	}
	f = seen();
	f.spf = SPF_UNCHECKED;
	assert_int_equal(judge(&f)->verdict, VERDICT_CANNOT_TELL);
	f = seen();
	f.dkim = DKIM_SAYS_UNSEEN;
	assert_int_equal(judge(&f)->verdict, VERDICT_CANNOT_TELL);
}

static const char *words(const struct judge_facts *f,
    const struct judge_details *d, char *out, size_t size)
{
	judge_words(judge(f), d, out, size);
	return out;
}

static void the_reason_names_its_grounds(void **state)
{
	struct dkim_result sig = {.code = DKIM_PERMERROR,
	    .domain = "a.example",
	    .reason = "the key is revoked"};
	struct dmarc_outcome dmarc = {
	    .state = DMARC_FOUND, .domain = "a.example", .asked = DMARC_REJECT};
	struct judge_details d = {.spf = SPF_FAIL, .spf_term = "-all"};
	struct judge_facts f = seen();
	char out[512], small[12];

	(void)state;
	assert_string_equal(words(&f, &d, out, sizeof(out)),
	    "SPF fails and no DKIM signature speaks for it (-all)");
	d.dmarc = &dmarc;
	d.signature = &sig;
	f.dkim = DKIM_SAYS_FAILED;
	assert_string_equal(words(&f, &d, out, sizeof(out)),
	    "SPF fails and no DKIM signature is valid (-all); DKIM permerror "
	    "of a.example: the key is revoked; DMARC of a.example asks for "
	    "reject");
	f.spf = d.spf = SPF_SOFTFAIL;
	d.spf_term = "~all";
	assert_string_equal(words(&f, &d, out, sizeof(out)),
	    "SPF proves nothing (softfail, ~all)");
	f.spf = d.spf = SPF_NONE;
	d.spf_term = NULL;
	assert_string_equal(
	    words(&f, &d, out, sizeof(out)), "SPF proves nothing (none)");
	f.spf = d.spf = SPF_PASS;
	assert_string_equal(words(&f, &d, out, sizeof(out)), "SPF passes");
	f.names_kept = false;
	assert_string_equal(words(&f, &d, out, sizeof(out)),
	    "the privacy tier keeps no domains");
	assert_string_equal(words(&f, &d, small, sizeof(small)), "the privacy");
}

static char *slurp(const char *path)
{
	FILE *f = fopen(path, "r");
	size_t len;
	char *text;

	if (f == NULL)
		fail_msg("%s: run this from the source's folder", path);
	text = calloc(1, 1 << 20);
	len = fread(text, 1, (1 << 20) - 1, f);
	assert_true(len > 0);
	fclose(f);
	return text;
}

/* In the same order, with the same verdicts and reasons, and no other. */
static void the_page_has_the_table(void **state)
{
	char *page = slurp("docs/DETECTION.md"), want[600], *at, *end, *p;
	const struct judge_row *row;
	size_t n, lines = 0;

	(void)state;
	row = judge_table(&n);
	at = strstr(page, "| verdict | obstacle |");
	assert_non_null(at);
	end = strstr(at, "\n\n");
	assert_non_null(end);
	*end = '\0';
	for (p = at; (p = strstr(p, "\n| `")) != NULL; p++)
		lines++;
	assert_int_equal(lines, n);
	for (size_t i = 0; i < n; i++) {
		at = strstr(at, "\n| `") + 1;
		snprintf(want, sizeof(want), "| `%s` |",
		    verdict_name(row[i].verdict));
		end = strchrnul(at, '\n');
		if (strncmp(at, want, strlen(want)) != 0)
			fail_msg("row %zu: not %s", i, want);
		snprintf(want, sizeof(want), "| %s |", row[i].text);
		if ((size_t)(end - at) < strlen(want) ||
		    strncmp(end - strlen(want), want, strlen(want)) != 0)
			fail_msg("row %zu does not end in %s", i, want);
	}
	free(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_is_reached),
	    cmocka_unit_test(exactly_one_row_decides_everything),
	    cmocka_unit_test(an_accusation_needs_every_piece),
	    cmocka_unit_test(the_reason_names_its_grounds),
	    cmocka_unit_test(the_page_has_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
