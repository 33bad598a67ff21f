/* SPDX-License-Identifier: GPL-2.0 */
/*
 * KUnit on a kernel that was built without it: force-included into kunit.ko, the
 * suites and the code under test.
 *
 * In such a kernel struct task_struct and struct module have no member for KUnit.
 * So both headers come first, with the layout the kernel really has; only then is
 * KUnit switched on. (-DCONFIG_KUNIT=1 on the command line would compile and shift
 * every later member.)
 */
#ifndef NEMO_KUNIT_OOT_H
#define NEMO_KUNIT_OOT_H

#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/version.h>

/*
 * Stands for current->kunit_test (scripts/build-kunit replaces that in KUnit's
 * sources): NULL in a new kthread, and only a machine check writes it.
 */
#define KUNIT_OOT_CURRENT	(*(struct kunit **)&current->mce_vaddr)

#define CONFIG_KUNIT_MODULE		1	/* IS_ENABLED, IS_MODULE, not IS_BUILTIN */
#define CONFIG_KUNIT_DEBUGFS		1
#define CONFIG_KUNIT_DEFAULT_ENABLED	1

#ifdef KUNIT_OOT_CORE
/* The module notifier reads members that struct module does not have here. */
#undef CONFIG_MODULES
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define kthread_exit(rc)	kthread_complete_and_exit(NULL, rc)	/* not exported */
#endif
#endif

#include <kunit/test.h>
#include <kunit/test-bug.h>

/* What the module notifier would do, done by the suites' module itself. */
int kunit_oot_run(struct kunit_suite_set *set, struct kunit_suite * const *suites,
		  int count);
void kunit_oot_exit(struct kunit_suite_set *set);

#undef kunit_test_suites
#define kunit_test_suites(...)							\
	static struct kunit_suite * const kunit_oot_suites[] = { __VA_ARGS__ };	\
	static struct kunit_suite_set kunit_oot_set;				\
	static int __init kunit_oot_module_init(void)				\
	{									\
		return kunit_oot_run(&kunit_oot_set, kunit_oot_suites,		\
				     ARRAY_SIZE(kunit_oot_suites));		\
	}									\
	static void __exit kunit_oot_module_exit(void)				\
	{									\
		kunit_oot_exit(&kunit_oot_set);					\
	}									\
	module_init(kunit_oot_module_init);					\
	module_exit(kunit_oot_module_exit)

#endif
