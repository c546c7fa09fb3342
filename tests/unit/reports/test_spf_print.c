/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_lookup.h"
#include "reports/cli/spf_print.h"
#include "tests/unit/reports/fixture.h"

/* "v=spf1 ...": longer than what an outcome keeps. */
#define TEXT_BYTES 700

struct case_data {
	struct spf_answer *newest;
	struct spf_rr rr[2];
	uint8_t rdata[2][TEXT_BYTES + 8];
	char text[TEXT_BYTES + 1];
	struct spf_outcome o;
	struct spf_checked k;
};

static struct spf_answer *answer(
    struct case_data *d, const char *name, enum dns_status status)
{
	struct spf_answer *a = calloc(1, sizeof(*a) + strlen(name) + 1);

	assert_non_null(a);
	strcpy(a->name, name);
	a->type = RR_TXT;
	a->known = true;
	a->status = status;
	a->ttl_s = 60;
	a->next = d->newest;
	d->newest = a;
	return a;
}

static size_t put_text(uint8_t *out, const char *text)
{
	size_t at = 0, left = strlen(text);

	while (left > 0) {
		size_t n = left < 255 ? left : 255;

		out[at++] = (uint8_t)n;
		memcpy(out + at, text, n);
		at += n;
		text += n;
		left -= n;
	}
	return at;
}

static void make(struct case_data *d)
{
	struct spf_answer *a;

	memset(d, 0, sizeof(*d));
	memset(d->text, 'x', TEXT_BYTES);
	memcpy(d->text, "v=spf1 moo=", 11);
	memcpy(d->text + TEXT_BYTES - 5, " -all", 5);
	a = answer(d, "Long.example", DNS_OK);
	a->rr = d->rr;
	a->n = 2;
	d->rr[0].data = d->rdata[0];
	d->rr[0].len = put_text(d->rdata[0], "another text");
	d->rr[1].data = d->rdata[1];
	d->rr[1].len = put_text(d->rdata[1], d->text);
	answer(d, "gone.example", DNS_NXDOMAIN);
	answer(d, "empty.example", DNS_NODATA);
	answer(d, "broken.example", DNS_FAIL);
	answer(d, "late.example", DNS_OK)->known = false;
	d->o.result = SPF_FAIL;
	strcpy(d->o.term, "-all");
	strcpy(d->o.domain, "long.example");
	snprintf(d->o.record, sizeof(d->o.record), "%.500s", d->text);
	strcpy(d->o.exp, "go \033[31maway");
	d->o.answers = d->newest;
	assert_int_equal(addr_parse(&d->k.ip, "192.0.2.7"), 0);
	d->k.helo = "h";
	d->k.mail_from = "a@long.example";
	d->k.domain = "long.example";
	d->k.source = "resolv.conf";
	d->k.server = "/etc/resolv.conf";
	d->k.limits = (struct spf_limits){10, 2, 10, 20000};
	d->k.time_us = 1234;
	d->k.o = &d->o;
}

static void print(struct case_data *d, enum out_format format)
{
	struct cli c = {.format = format, .err = stderr};

	free(fx->out);
	fx->out = NULL;
	c.out = open_memstream(&fx->out, &fx->n_out);
	assert_int_equal(spf_print(&c, &d->k), CLI_OK);
	fclose(c.out);
}

static void drop(struct case_data *d)
{
	while (d->newest) {
		struct spf_answer *a = d->newest;

		d->newest = a->next;
		free(a);
	}
}

static void json_has_every_fact(void **state)
{
	static const char *const status[] = {
	    "ok", "nxdomain", "nodata", "failed", "waiting"};
	struct case_data d;
	json_t *j, *list;

	(void)state;
	make(&d);
	print(&d, OUT_JSON);
	j = parsed(fx->out);
	assert_string_equal(
	    json_string_value(json_object_get(j, "record")), d.text);
	assert_int_equal(
	    json_integer_value(json_object_get(j, "time_us")), 1234);
	assert_true(json_is_null(json_object_get(j, "reason")));
	list = json_object_get(j, "lookups");
	assert_int_equal(json_array_size(list), 5);
	for (size_t i = 0; i < 5; i++) {
		json_t *l = json_array_get(list, i);

		assert_string_equal(
		    json_string_value(json_object_get(l, "status")), status[i]);
		assert_true(json_is_null(json_object_get(l, "asked_by")));
		assert_int_equal(
		    json_is_integer(json_object_get(l, "ttl_s")), i == 0);
		assert_int_equal(
		    json_is_integer(json_object_get(l, "answers")), i != 4);
	}
	json_decref(j);
	print(&d, OUT_JSONL);
	assert_ptr_equal(strchr(fx->out, '\n'), fx->out + fx->n_out - 1);
	drop(&d);
}

static void a_table_is_safe_for_a_terminal(void **state)
{
	struct case_data d;

	(void)state;
	make(&d);
	print(&d, OUT_TABLE);
	assert_has(fx->out, "go \\x1b[31maway");
	assert_null(strchr(fx->out, '\033'));
	assert_has(fx->out, d.text);
	assert_has(fx->out, "time           1.234 ms\n");
	assert_has(fx->out, "dns            /etc/resolv.conf\n");
	drop(&d);
}

static void without_a_look_up_it_says_so(void **state)
{
	struct case_data d;

	(void)state;
	make(&d);
	d.o.answers = NULL;
	d.o.record[0] = d.o.term[0] = '\0';
	d.o.result = SPF_NEUTRAL;
	print(&d, OUT_TABLE);
	assert_has(fx->out, "no look-up was needed\n");
	assert_has(fx->out, "reason         no term of the record matches\n");
	assert_has(fx->out, "record         -\n");
	drop(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(json_has_every_fact),
	    REPORTS_TEST(a_table_is_safe_for_a_terminal),
	    REPORTS_TEST(without_a_look_up_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
