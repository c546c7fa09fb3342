/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyzer/identity/radius/answers.h"
#include "base/radius.h"

static int open_socket(struct sockaddr_in *sa)
{
	socklen_t len = sizeof(*sa);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memset(sa, 0, sizeof(*sa));
	sa->sin_family = AF_INET;
	sa->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (void *)sa, sizeof(*sa)), 0);
	assert_int_equal(getsockname(fd, (void *)sa, &len), 0);
	return fd;
}

static void there_is_room_for_one_of_any_size_or_none(void **state)
{
	struct radius_answers *a = calloc(1, sizeof(*a));
	struct sockaddr_in sa = {.sin_family = AF_INET};
	size_t n = 0;

	(void)state;
	for (; radius_answers_has_room(a); n++) {
		memset(radius_answers_next(a), 1, RADIUS_PACKET_MAX);
		radius_answers_add(a, (void *)&sa, RADIUS_PACKET_MAX, 1, 0);
	}
	assert_int_equal(n, RADIUS_ANSWERS_BYTES / RADIUS_PACKET_MAX);
	radius_answers_clear(a);
	for (n = 0; radius_answers_has_room(a); n++)
		radius_answers_add(a, (void *)&sa, 20, 1, 0);
	assert_int_equal(n, RADIUS_ANSWERS_MAX);
	free(a);
}

static void each_goes_to_who_asked(void **state)
{
	struct radius_answers *a = calloc(1, sizeof(*a));
	struct sockaddr_in one, two, own;
	int fd1 = open_socket(&one), fd2 = open_socket(&two);
	int fd = open_socket(&own);
	char b[8] = "";

	(void)state;
	memcpy(radius_answers_next(a), "abc", 3);
	radius_answers_add(a, (void *)&one, 3, 1, 0);
	memcpy(radius_answers_next(a), "defg", 4);
	radius_answers_add(a, (void *)&two, 4, 2, 1);
	assert_int_equal(radius_answers_send(a, fd), 2);
	assert_int_equal(recv(fd1, b, sizeof(b), MSG_DONTWAIT), 3);
	assert_memory_equal(b, "abc", 3);
	assert_int_equal(recv(fd2, b, sizeof(b), MSG_DONTWAIT), 4);
	assert_memory_equal(b, "defg", 4);
	assert_int_equal(radius_answers_send(a, -1), 0);
	close(fd);
	close(fd1);
	close(fd2);
	free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(there_is_room_for_one_of_any_size_or_none),
	    cmocka_unit_test(each_goes_to_who_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
