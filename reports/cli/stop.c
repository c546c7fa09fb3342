/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/stop.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

static volatile sig_atomic_t stopped;
static sigset_t before;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* Blocked but for ppoll(), so that none is missed between a look at the flag
 * and the sleep. */
void stop_catch(void)
{
	struct sigaction a = {.sa_handler = on_signal};
	sigset_t both;

	sigemptyset(&a.sa_mask);
	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &before);
	sigdelset(&before, SIGINT);
	sigdelset(&before, SIGTERM);
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
}

bool stop_wait(int ms)
{
	const struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	if (!stopped)
		(void)ppoll(NULL, 0, &t, &before);
	return stopped;
}
