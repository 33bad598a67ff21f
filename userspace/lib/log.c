// SPDX-License-Identifier: GPL-2.0
/* Log lines on stderr. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "log.h"

static bool with_priority, with_debug;

void log_open(bool debug)
{
	with_priority = getenv("JOURNAL_STREAM");
	with_debug = debug;
}

/* One write for a line, so that lines of several agents do not mix. */
static void line(const char *priority, const char *fmt, va_list args)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	fprintf(stderr, "%s%s\n", with_priority ? priority : "", text);
}

#define LOG_FUNCTION(name, priority, condition)		\
void name(const char *fmt, ...)				\
{							\
	va_list args;					\
							\
	if (!(condition))				\
		return;					\
	va_start(args, fmt);				\
	line(priority, fmt, args);			\
	va_end(args);					\
}

LOG_FUNCTION(log_err, SD_ERR, true)
LOG_FUNCTION(log_warn, SD_WARNING, true)
LOG_FUNCTION(log_info, SD_INFO, true)
LOG_FUNCTION(log_debug, SD_DEBUG, with_debug)
