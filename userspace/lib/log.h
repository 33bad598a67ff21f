/* SPDX-License-Identifier: GPL-2.0 */
/* Log lines on stderr; with sd-daemon(3) priorities when systemd reads them. */
#ifndef NEMO_LOG_H
#define NEMO_LOG_H

#include <stdbool.h>

/* Call once: decides about the priorities, and whether log_debug() speaks. */
void log_open(bool debug);

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))

void log_err(const char *fmt, ...) LOG_PRINTF;
void log_warn(const char *fmt, ...) LOG_PRINTF;
void log_info(const char *fmt, ...) LOG_PRINTF;
void log_debug(const char *fmt, ...) LOG_PRINTF;

#endif /* NEMO_LOG_H */
