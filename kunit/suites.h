/* SPDX-License-Identifier: GPL-2.0 */
/* Every suite of nemo_kunit.ko; main.c runs them. */
#ifndef NEMO_KUNIT_SUITES_H
#define NEMO_KUNIT_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite nemo_hold_suite;
extern struct kunit_suite nemo_prefix_suite;
extern struct kunit_suite nemo_seq_suite;
extern struct kunit_suite nemo_state_suite;

#endif
