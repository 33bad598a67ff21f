/* SPDX-License-Identifier: GPL-2.0 */
/* TAP for C: a test is a function, CHECK() says what went wrong in it. */
#ifndef NEMO_TESTS_TAP_H
#define NEMO_TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

struct tap_test {
	const char *name;
	void (*run)(void);
};

static bool tap_failed;

#define CHECK(cond) do {						\
	if (!(cond)) {							\
		tap_failed = true;					\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);	\
	}								\
} while (0)

static int tap_run(const struct tap_test *tests, int n)
{
	int failures = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%d\n", n);
	for (int i = 0; i < n; i++) {
		tap_failed = false;
		tests[i].run();
		failures += tap_failed;
		printf("%sok %d %s\n", tap_failed ? "not " : "", i + 1,
		       tests[i].name);
	}
	return failures > 0;
}

#endif /* NEMO_TESTS_TAP_H */
