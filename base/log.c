/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES 1024
#define WINDOW_S   10

static enum log_level max_level = LOG_LEVEL_INFO;
static void (*before_line)(void *arg);
static void *before_arg;
static char line_end[33]; /* a space and the tag */

void log_set_level(enum log_level level)
{
	max_level = level;
}

void log_set_tag(const char *tag)
{
	snprintf(
	    line_end, sizeof(line_end), "%s%s", *tag != '\0' ? " " : "", tag);
}

void log_set_before(void (*fn)(void *arg), void *arg)
{
	before_line = fn;
	before_arg = arg;
}

static const char *level_name(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error";
	case LOG_LEVEL_WARN:
		return "warn";
	case LOG_LEVEL_INFO:
		return "info";
	case LOG_LEVEL_DEBUG:
		return "debug";
	}
	return "?";
}

/* One write per line, so that the lines of several processes stay whole;
 * control characters must not forge a second line. */
static void emit(enum log_level level, const char *module, const char *text)
{
	char line[LINE_BYTES];
	int n = snprintf(line, sizeof(line) - 1, "<%s> %.100s: %s%s",
	    level_name(level), module, text, line_end);

	if (n < 0)
		return;
	if (before_line != NULL)
		before_line(before_arg);
	if (n > (int)sizeof(line) - 2)
		n = (int)sizeof(line) - 2;
	for (int i = 0; i < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			line[i] = ' ';
	line[n] = '\n';
	/* Nobody is left to tell when stderr is gone. */
	if (write(STDERR_FILENO, line, (size_t)n + 1) < 0)
		return;
}

/* The body of a function that takes module, fmt and more. */
#define LOG_LINE(level)                                                        \
	do {                                                                   \
		char text[LINE_BYTES];                                         \
		va_list ap;                                                    \
                                                                               \
		if ((level) > max_level)                                       \
			break;                                                 \
		va_start(ap, fmt);                                             \
		if (vsnprintf(text, sizeof(text), fmt, ap) >= 0)               \
			emit((level), module, text);                           \
		va_end(ap);                                                    \
	} while (0)

void log_error(const char *module, const char *fmt, ...)
{
	LOG_LINE(LOG_LEVEL_ERROR);
}

void log_warn(const char *module, const char *fmt, ...)
{
	LOG_LINE(LOG_LEVEL_WARN);
}

void log_info(const char *module, const char *fmt, ...)
{
	LOG_LINE(LOG_LEVEL_INFO);
}

void log_debug(const char *module, const char *fmt, ...)
{
	LOG_LINE(LOG_LEVEL_DEBUG);
}

_Noreturn void log_fatal(const char *module, const char *fmt, ...)
{
	LOG_LINE(LOG_LEVEL_ERROR);
	exit(1);
}

int log_allow(struct log_limit *l, unsigned int burst, unsigned int *suppressed)
{
	struct timespec now;
	long long now_s;

	*suppressed = 0;
	clock_gettime(CLOCK_REALTIME, &now);
	now_s = (long long)now.tv_sec;
	if (now_s < l->window_start_s ||
	    now_s - l->window_start_s >= WINDOW_S) {
		l->window_start_s = now_s;
		l->used = 0;
	}
	if (l->used >= burst) {
		l->suppressed++;
		return 0;
	}
	l->used++;
	*suppressed = l->suppressed;
	l->suppressed = 0;
	return 1;
}
