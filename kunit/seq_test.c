// SPDX-License-Identifier: GPL-2.0
/* Sequence numbers (RFC 6275 section 9.5.1) and lifetimes of bindings. */
#include "core/seq.h"
#include "suites.h"

struct seq_case {
	const char *name;
	u16 new;
	u16 old;
	bool newer;
};

static const struct seq_case seq_cases[] = {
	{ "equal", 7, 7, false },
	{ "next", 8, 7, true },
	{ "previous", 6, 7, false },
	{ "zero behind 65535", 0, 65535, true },
	{ "65535 behind zero", 65535, 0, false },
	{ "as far ahead as can be", 0x7fff, 0, true },
	{ "half the circle", 0x8000, 0, false },
	{ "half the circle from above", 0x4000, 0xc000, false },
	{ "past half the circle", 0x8001, 0, false },
	{ "far ahead across zero", 0x7ffe, 0xffff, true },
};

KUNIT_ARRAY_PARAM_DESC(seq, seq_cases, name);

static void seq_newer(struct kunit *test)
{
	const struct seq_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->newer, nemo_seq_newer(c->new, c->old));
}

/* RFC 6275 section 9.5.1 word for word, wherever the circle is cut. */
static const u16 seq_origins[] = { 0, 1, 1000, 0x7fff, 0x8000, 0x8001, 0xfffe, 0xffff };

static void origin_name(const u16 *origin, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%u", *origin);
}

KUNIT_ARRAY_PARAM(origin, seq_origins, origin_name);

static void seq_whole_circle(struct kunit *test)
{
	u16 last = *(const u16 *)test->param_value;
	u32 i;

	/* "less than or equal": the last number and the preceding 32768 */
	for (i = 0; i <= 32768; i++)
		KUNIT_ASSERT_FALSE_MSG(test, nemo_seq_newer(last - i, last), "-%u", i);
	for (i = 1; i < 32768; i++)
		KUNIT_ASSERT_TRUE_MSG(test, nemo_seq_newer(last + i, last), "+%u", i);
}

/* Of two different numbers one is newer, unless they are half the circle apart. */
static void seq_one_of_two(struct kunit *test)
{
	u32 distance;

	for (distance = 1; distance < 0x10000; distance++) {
		bool ahead = nemo_seq_newer(1000 + distance, 1000);
		bool behind = nemo_seq_newer(1000, 1000 + distance);

		KUNIT_ASSERT_EQ(test, distance != 0x8000, ahead + behind);
	}
}

static void lifetime_runs_out(struct kunit *test)
{
	u64 end = nemo_lifetime_end(1000, 4);

	KUNIT_EXPECT_EQ(test, 4000, nemo_lifetime_left(1000, end));
	KUNIT_EXPECT_EQ(test, 3000, nemo_lifetime_left(1000 + HZ, end));
	KUNIT_EXPECT_EQ(test, jiffies_to_msecs(1), nemo_lifetime_left(end - 1, end));
	KUNIT_EXPECT_EQ(test, 0, nemo_lifetime_left(end, end));
	KUNIT_EXPECT_EQ(test, 0, nemo_lifetime_left(end + 1, end));
}

/* The longest lifetime that the wire can carry, at any uptime. */
static void lifetime_longest(struct kunit *test)
{
	const u32 longest = 65535 * 4;
	u64 now = INITIAL_JIFFIES;

	KUNIT_EXPECT_EQ(test, longest * 1000ULL,
			nemo_lifetime_left(now, nemo_lifetime_end(now, longest)));
	now = 1ULL << 40;
	KUNIT_EXPECT_EQ(test, longest * 1000ULL,
			nemo_lifetime_left(now, nemo_lifetime_end(now, longest)));
}

static void lifetime_zero(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, nemo_lifetime_left(77, nemo_lifetime_end(77, 0)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(seq_newer, seq_gen_params),
	KUNIT_CASE_PARAM(seq_whole_circle, origin_gen_params),
	KUNIT_CASE(seq_one_of_two),
	KUNIT_CASE(lifetime_runs_out),
	KUNIT_CASE(lifetime_longest),
	KUNIT_CASE(lifetime_zero),
	{}
};

struct kunit_suite nemo_seq_suite = {
	.name = "nemo_seq",
	.test_cases = cases,
};
