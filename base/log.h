/* SPDX-License-Identifier: Apache-2.0 */
/* Log lines on stderr: "<level> module: text key=value". Never envelope
 * data: no domain, local part, HELO name or reply text belongs in a line. */
#pragma once

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* level: lines above it are dropped; the default is INFO. */
void log_set_level(enum log_level level);
/* Ends each line, such as "worker=1"; cut at 31 bytes. "": nothing. */
void log_set_tag(const char *tag);
/* Called before each line, to make room on a terminal. NULL: nothing. */
void log_set_before(void (*fn)(void *arg), void *arg);
void log_error(const char *module, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_warn(const char *module, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_info(const char *module, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_debug(const char *module, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Our own fault or environment: say what and the remedy, exit(1). */
_Noreturn void log_fatal(const char *module, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Rate limit of one call site: at most burst lines each 10 s of wall time;
 * the next line that passes says how many were suppressed. */
struct log_limit {
	long long window_start_s;
	unsigned int used, suppressed;
};
/* 1: log now (and *suppressed tells how many were not); 0: stay quiet. */
int log_allow(
    struct log_limit *l, unsigned int burst, unsigned int *suppressed);
