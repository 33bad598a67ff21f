/* SPDX-License-Identifier: GPL-2.0 */
/* Failures of the kernel or the agent: what happened, and the next step. */
#ifndef NEMOCTL_ERROR_H
#define NEMOCTL_ERROR_H

#include "lib/nl.h"

#define EXIT_REFUSED	1

/* A sentence, end with EXIT_REFUSED. */
void die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* The kernel's sentence in @nl->error and the next step for @err (-errno). */
void die_kernel(const struct nemo_nl *nl, int err) __attribute__((noreturn));

#endif /* NEMOCTL_ERROR_H */
