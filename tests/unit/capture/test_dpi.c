/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/counters.h"
#include "capture/dpi.h"
#include "tests/unit/capture/pkt.h"

static struct dpi *dpi;
static struct counters counters;

static int start(void **state)
{
	(void)state;
	dpi = dpi_new(1 << 20, &counters);
	return dpi != NULL ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	dpi_free(dpi);
	return 0;
}

static bool say(struct dpi_flow *f, bool client, uint32_t seq, uint32_t ack,
    const char *text, struct dpi_answer *a)
{
	struct pkt k = {.n = 0};

	pkt_ipv4(&k, 6, 20 + strlen(text), 0);
	if (!client) {
		memcpy(k.b + 12, "\xc6\x33\x64\x01\xc0\x00\x02\x01", 8);
		pkt_tcp(&k, 25, 40000, seq, ack, TCP_ACK, text);
	} else {
		pkt_tcp(&k, 40000, 25, seq, ack, TCP_ACK, text);
	}
	return dpi_packet(dpi, f, k.b, k.n, 1000000, a);
}

static void a_mail_dialogue_is_named(void **state)
{
	struct dpi_flow *f = dpi_flow_new(dpi);
	struct dpi_answer a = {"", 0};
	bool decided;

	(void)state;
	assert_non_null(f);
	decided = say(f, false, 1, 1, "220 mx.example ESMTP\r\n", &a) ||
		  say(f, true, 1, 23, "EHLO a.example\r\n", &a) ||
		  say(f, false, 23, 17, "250 mx.example\r\n", &a) ||
		  say(f, true, 17, 39, "MAIL FROM:<x@a.example>\r\n", &a);
	assert_true(decided);
	assert_string_equal(a.name, "SMTP");
	dpi_flow_free(dpi, f);
}

static void nothing_known_is_given_up_after_some_packets(void **state)
{
	struct dpi_flow *f = dpi_flow_new(dpi);
	struct dpi_answer a = {"", 0};
	uint32_t n = 0;

	(void)state;
	assert_non_null(f);
	while (
	    !say(f, n % 2 == 0, 1 + n / 2 * 4, 1 + n / 2 * 4, "\x81\x92zq", &a))
		assert_true(++n < DPI_PACKETS_MAX);
	assert_string_equal(a.name, "Unknown");
	dpi_flow_free(dpi, f);
	dpi_flow_free(dpi, NULL);
}

static void an_end_before_the_answer_has_a_name_too(void **state)
{
	struct dpi_flow *f = dpi_flow_new(dpi);
	struct dpi_answer a = {"", 0};

	(void)state;
	assert_non_null(f);
	if (!say(f, true, 1, 1, "?", &a))
		dpi_give_up(dpi, f, &a);
	assert_true(a.name[0] != '\0');
	dpi_flow_free(dpi, f);
}

static void the_budget_holds_and_comes_back(void **state)
{
	static struct dpi_flow *f[4096];
	size_t n = 0;

	(void)state;
	while (n < 4096 && (f[n] = dpi_flow_new(dpi)) != NULL)
		n++;
	assert_true(n > 1000 && n < 2000); /* 1 MiB */
	assert_int_equal(counters.v[COUNTER_DPI_OVER_BUDGET], 1);
	assert_int_equal(counters.v[COUNTER_DPI_FLOWS_OPEN], n);
	for (size_t i = 0; i < n; i++)
		dpi_flow_free(dpi, f[i]);
	assert_int_equal(counters.v[COUNTER_DPI_FLOWS_OPEN], 0);
	f[0] = dpi_flow_new(dpi);
	assert_non_null(f[0]);
	dpi_flow_free(dpi, f[0]);
}

static void risks_have_names(void **state)
{
	(void)state;
	assert_null(dpi_risk_name(0));
	assert_null(dpi_risk_name(DPI_RISKS_MAX));
	assert_non_null(dpi_risk_name(5));
}

static void every_counter_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < COUNTER_COUNT; i++)
		for (int j = 0; j < i; j++)
			assert_string_not_equal(counter_name((enum counter)i),
			    counter_name((enum counter)j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_mail_dialogue_is_named),
	    cmocka_unit_test(nothing_known_is_given_up_after_some_packets),
	    cmocka_unit_test(an_end_before_the_answer_has_a_name_too),
	    cmocka_unit_test(the_budget_holds_and_comes_back),
	    cmocka_unit_test(risks_have_names),
	    cmocka_unit_test(every_counter_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
