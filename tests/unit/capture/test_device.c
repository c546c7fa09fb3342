/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct conf conf_of(const char *interface)
{
	return (struct conf){.interface = (char *)interface,
	    .ports = {{25}, 1},
	    .ring_bytes = 1 << 20,
	    .snap_bytes = 65535};
}

static void an_interface_that_is_not_there_is_named(void **state)
{
	struct conf c = conf_of("no-such-if0");
	char err[DEVICE_ERROR_BYTES] = "";
	enum device_status status;
	pcap_t *p = NULL;

	(void)state;
	status = device_open(&c, &p, err);
	assert_int_equal(
	    status, geteuid() == 0 ? DEVICE_MISSING : DEVICE_REFUSED);
	assert_non_null(strstr(err, "no-such-if0"));
	assert_null(p);
}

static void an_open_interface_has_an_index_and_can_be_shared(void **state)
{
	struct conf c = conf_of("lo");
	char err[DEVICE_ERROR_BYTES] = "";
	struct fanout share;
	pcap_t *a = NULL, *b = NULL;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(fanout_init(&share), 0);
	assert_int_equal(device_open(&c, &a, err), DEVICE_OPEN);
	assert_int_equal(device_open(&c, &b, err), DEVICE_OPEN);
	assert_int_equal(device_begin(a, &c, &share, err), 0);
	assert_true(share.group >= 0);
	assert_int_equal(device_begin(b, &c, &share, err), 0);
	assert_true(device_index(a) > 0);
	assert_int_equal(device_index(a), device_index(b));
	pcap_close(a);
	pcap_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_interface_that_is_not_there_is_named),
	    cmocka_unit_test(an_open_interface_has_an_index_and_can_be_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
