/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hook_lock.h"
#include "tests/unit/store/fixture.h"

#include <signal.h>

static void drop_file(const struct fixture *f)
{
	char path[112];

	snprintf(path, sizeof(path), "%s.hooks", f->path);
	unlink(path);
}

static void nobody_has_it_before_somebody_takes_it(void **state)
{
	struct fixture *f = *state;

	assert_false(hook_lock_held(f->path));
}

static void it_is_held_until_it_is_closed(void **state)
{
	struct fixture *f = *state;
	int fd = hook_lock_take(f->path), second;

	assert_true(fd >= 0);
	assert_true(hook_lock_held(f->path));
	second = hook_lock_take(f->path);
	assert_true(second >= 0);
	close(fd);
	assert_true(hook_lock_held(f->path));
	close(second);
	assert_false(hook_lock_held(f->path));
	drop_file(f);
}

/* Also by a kill: no file that stays behind says that it runs. */
static void it_ends_with_its_process(void **state)
{
	struct fixture *f = *state;
	int told[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(told), 0);
	child = fork();
	if (child == 0) {
		if (hook_lock_take(f->path) >= 0)
			(void)!write(told[1], "x", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_true(hook_lock_held(f->path));
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_false(hook_lock_held(f->path));
	close(told[0]);
	close(told[1]);
	drop_file(f);
}

static void a_link_in_its_place_is_not_followed(void **state)
{
	struct fixture *f = *state;
	char path[112];

	snprintf(path, sizeof(path), "%s.hooks", f->path);
	assert_int_equal(symlink("elsewhere", path), 0);
	assert_int_equal(hook_lock_take(f->path), -1);
	drop_file(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DIR_TEST(nobody_has_it_before_somebody_takes_it),
	    DIR_TEST(it_is_held_until_it_is_closed),
	    DIR_TEST(it_ends_with_its_process),
	    DIR_TEST(a_link_in_its_place_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
