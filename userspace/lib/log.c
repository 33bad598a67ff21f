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

void log_err(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(SD_ERR, fmt, args);
	va_end(args);
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(SD_WARNING, fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line(SD_INFO, fmt, args);
	va_end(args);
}

void log_debug(const char *fmt, ...)
{
	va_list args;

	if (!with_debug)
		return;
	va_start(args, fmt);
	line(SD_DEBUG, fmt, args);
	va_end(args);
}
