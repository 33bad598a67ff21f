// SPDX-License-Identifier: GPL-2.0
/* The part of KUnit's module notifier that a suites' module calls by itself. */
#include <kunit/test.h>

int kunit_oot_run(struct kunit_suite_set *set, struct kunit_suite * const *suites,
		  int count)
{
	struct kunit_suite_set all = { suites, suites + count };
	int err = 0;

	*set = kunit_filter_suites(&all, kunit_filter_glob() ?: "*.*", kunit_filter(),
				   kunit_filter_action(), &err);
	if (err)
		return err;
	kunit_exec_run_tests(set, false);
	return 0;
}
EXPORT_SYMBOL_GPL(kunit_oot_run);

void kunit_oot_exit(struct kunit_suite_set *set)
{
	__kunit_test_suites_exit((struct kunit_suite **)set->start, set->end - set->start);
	kunit_free_suite_set(*set);
}
EXPORT_SYMBOL_GPL(kunit_oot_exit);
