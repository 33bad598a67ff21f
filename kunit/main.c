// SPDX-License-Identifier: GPL-2.0
/* nemo_kunit: the list of suites. One list, because a module can have only one. */
#include <linux/module.h>
#include "suites.h"

kunit_test_suites(&nemo_hold_suite, &nemo_prefix_suite, &nemo_seq_suite,
		  &nemo_state_suite);

MODULE_DESCRIPTION("KUnit suites of nemo_mr and nemo_ha");
MODULE_LICENSE("GPL");
