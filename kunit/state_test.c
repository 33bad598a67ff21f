// SPDX-License-Identifier: GPL-2.0
/*
 * The state table, cell by cell, against a second one that was written from the
 * handover's description: a change of kmod/mr/state.c has to be made here, too.
 */
#include <linux/bits.h>

#include "mr/state.h"
#include "suites.h"

#define STANDBY		NEMO_MR_STATE_STANDBY
#define PREPARED	NEMO_MR_STATE_PREPARED
#define ACTIVATING	NEMO_MR_STATE_ACTIVATING
#define ACTIVE		NEMO_MR_STATE_ACTIVE
#define LEAVING		NEMO_MR_STATE_LEAVING

struct state_case {
	const char *name;
	enum nemo_mr_state state;
	bool serves;
	enum nemo_verdict verdict[NEMO_FROM_COUNT];	/* guest, HA, peer */
	bool may[NEMO_MR_STATES];			/* in the order of the states */
	/* by flags: bit 0 trigger, bit 1 prepared uplink, bit 2 undo */
	enum nemo_mr_state first_frame[8];
	enum nemo_mr_state port_end;	/* with the flag for it */
	enum nemo_marker_verdict marker[NEMO_FROM_COUNT];
	/* a change from here to each state: is a marker due, sent, waited for no more? */
	const char *due, *own, *off;
};

static const struct state_case state_cases[] = {
	{
		"standby", STANDBY, false,
		{ NEMO_DROP, NEMO_DROP, NEMO_DROP },
		{ true, true, true, false, false },
		{ STANDBY, ACTIVATING, STANDBY, ACTIVATING,
		  STANDBY, ACTIVATING, STANDBY, ACTIVATING },
		STANDBY,
		{ NEMO_MARKER_IGNORE, NEMO_MARKER_IGNORE, NEMO_MARKER_IGNORE },
		"-+---", "-----", "+----",
	}, {
		"prepared", PREPARED, false,
		{ NEMO_HOLD, NEMO_HOLD, NEMO_HOLD },
		{ true, true, true, true, true },
		{ ACTIVATING, ACTIVATING, ACTIVE, ACTIVE,
		  ACTIVATING, ACTIVATING, ACTIVE, ACTIVE },
		PREPARED,
		{ NEMO_MARKER_IGNORE, NEMO_MARKER_IGNORE, NEMO_MARKER_KEEP },
		"-----", "-----", "+---+",
	}, {
		"activating", ACTIVATING, true,
		{ NEMO_HOLD, NEMO_HOLD, NEMO_DELIVER },
		{ true, false, true, true, true },
		{ ACTIVATING, ACTIVATING, ACTIVATING, ACTIVATING,
		  ACTIVATING, ACTIVATING, ACTIVATING, ACTIVATING },
		ACTIVATING,
		{ NEMO_MARKER_IGNORE, NEMO_MARKER_IGNORE, NEMO_MARKER_RELEASE },
		"-----", "-----", "+---+",
	}, {
		"active", ACTIVE, true,
		{ NEMO_TO_HA, NEMO_DELIVER, NEMO_DELIVER },
		{ true, false, true, true, true },
		{ ACTIVE, ACTIVE, ACTIVE, ACTIVE, ACTIVE, ACTIVE, ACTIVE, ACTIVE },
		LEAVING,
		{ NEMO_MARKER_IGNORE, NEMO_MARKER_PASS, NEMO_MARKER_RELEASE },
		"-----", "-----", "+----",
	}, {
		"leaving", LEAVING, true,
		{ NEMO_TO_HA, NEMO_TO_PEER, NEMO_TO_PEER },
		{ true, true, true, true, true },
		{ LEAVING, LEAVING, LEAVING, LEAVING,
		  ACTIVATING, ACTIVATING, ACTIVE, ACTIVE },
		LEAVING,
		{ NEMO_MARKER_IGNORE, NEMO_MARKER_PASS, NEMO_MARKER_PASS },
		"-+++-", "-+++-", "+----",
	},
};

KUNIT_ARRAY_PARAM_DESC(state, state_cases, name);

/* A state or a flag that is new has to be thought about here. */
static void state_all(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, NEMO_MR_STATES, ARRAY_SIZE(state_cases));
	KUNIT_EXPECT_EQ(test, 31, NEMO_MR_FLAG_TRIGGER | NEMO_MR_FLAG_PREPARED_UPLINK |
			NEMO_MR_FLAG_UNDO | NEMO_MR_FLAG_LEAVE_WITH_PORT |
			NEMO_MR_FLAG_QUIET);
}

static void state_verdict(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	int from;

	for (from = 0; from < NEMO_FROM_COUNT; from++)
		KUNIT_EXPECT_EQ_MSG(test, c->verdict[from],
				    nemo_mr_verdict(c->state, from), "from %d", from);
}

static void state_may(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	int to;

	for (to = 0; to < NEMO_MR_STATES; to++)
		KUNIT_EXPECT_EQ_MSG(test, c->may[to], nemo_mr_may(c->state, to),
				    "to %d", to);
}

static void state_first_frame(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	u32 flags;

	for (flags = 0; flags < ARRAY_SIZE(c->first_frame); flags++) {
		KUNIT_EXPECT_EQ_MSG(test, c->first_frame[flags],
				    nemo_mr_first_frame(c->state, flags),
				    "flags %u", flags);
		/* a flag that is none of these means nothing */
		KUNIT_EXPECT_EQ_MSG(test, c->first_frame[flags],
				    nemo_mr_first_frame(c->state, flags | ~7U),
				    "flags %u and unknown ones", flags);
	}
}

/* Two frames of the guest bring no more than its first. */
static void state_second_frame(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	u32 flags;

	for (flags = 0; flags < ARRAY_SIZE(c->first_frame); flags++) {
		enum nemo_mr_state once = nemo_mr_first_frame(c->state, flags);

		KUNIT_EXPECT_EQ_MSG(test, once, nemo_mr_first_frame(once, flags),
				    "flags %u", flags);
	}
}

static void state_port_end(struct kunit *test)
{
	const struct state_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->port_end,
			nemo_mr_port_end(c->state, NEMO_MR_FLAG_LEAVE_WITH_PORT));
	KUNIT_EXPECT_EQ(test, c->state,
			nemo_mr_port_end(c->state, ~(u32)NEMO_MR_FLAG_LEAVE_WITH_PORT));
}

static void state_marker(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	int from;

	for (from = 0; from < NEMO_FROM_COUNT; from++)
		KUNIT_EXPECT_EQ_MSG(test, c->marker[from],
				    nemo_mr_marker_verdict(c->state, from), "from %d", from);
}

static void state_marker_change(struct kunit *test)
{
	const struct state_case *c = test->param_value;
	int to;

	for (to = 0; to < NEMO_MR_STATES; to++) {
		if (to == c->state)
			continue;	/* no change */
		KUNIT_EXPECT_EQ_MSG(test, c->due[to] == '+',
				    nemo_mr_marker_due(c->state, to), "due, to %d", to);
		KUNIT_EXPECT_EQ_MSG(test, c->own[to] == '+',
				    nemo_mr_marker_own(c->state, to), "own, to %d", to);
		KUNIT_EXPECT_EQ_MSG(test, c->off[to] == '+',
				    nemo_mr_marker_off(c->state, to), "off, to %d", to);
	}
}

static void state_serves(struct kunit *test)
{
	const struct state_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, c->serves, nemo_mr_serves(c->state));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(state_all),
	KUNIT_CASE_PARAM(state_verdict, state_gen_params),
	KUNIT_CASE_PARAM(state_may, state_gen_params),
	KUNIT_CASE_PARAM(state_first_frame, state_gen_params),
	KUNIT_CASE_PARAM(state_second_frame, state_gen_params),
	KUNIT_CASE_PARAM(state_port_end, state_gen_params),
	KUNIT_CASE_PARAM(state_marker, state_gen_params),
	KUNIT_CASE_PARAM(state_marker_change, state_gen_params),
	KUNIT_CASE_PARAM(state_serves, state_gen_params),
	{}
};

struct kunit_suite nemo_state_suite = {
	.name = "nemo_state",
	.test_cases = cases,
};
