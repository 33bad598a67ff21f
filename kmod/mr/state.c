// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>

#include "state.h"

/*
 * The heart of the module: what a mobile router does with packets. While a
 * queue is emptied after a change, what comes new is held behind it.
 */
static const u8 nemo_verdicts[NEMO_MR_STATES][NEMO_FROM_COUNT] = {
	/*			      from guest     from HA	     from peer */
	[NEMO_MR_STATE_STANDBY]	   = { NEMO_DROP,    NEMO_DROP,	     NEMO_DROP },
	[NEMO_MR_STATE_PREPARED]   = { NEMO_HOLD,    NEMO_HOLD,	     NEMO_HOLD },
	[NEMO_MR_STATE_ACTIVATING] = { NEMO_HOLD,    NEMO_HOLD,	     NEMO_DELIVER },
	[NEMO_MR_STATE_ACTIVE]	   = { NEMO_TO_HA,   NEMO_DELIVER,   NEMO_DELIVER },
	[NEMO_MR_STATE_LEAVING]	   = { NEMO_TO_HA,   NEMO_TO_PEER,   NEMO_TO_PEER },
};

/* Which states a request may ask for; a guest's frame has its own table. */
static const u8 nemo_changes[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_STANDBY]	   = BIT(NEMO_MR_STATE_PREPARED) |
				     BIT(NEMO_MR_STATE_ACTIVATING),
	[NEMO_MR_STATE_PREPARED]   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVATING) |
				     BIT(NEMO_MR_STATE_ACTIVE) |
				     BIT(NEMO_MR_STATE_LEAVING),
	[NEMO_MR_STATE_ACTIVATING] = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVE) |
				     BIT(NEMO_MR_STATE_LEAVING),
	[NEMO_MR_STATE_ACTIVE]	   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVATING) |
				     BIT(NEMO_MR_STATE_LEAVING),
	[NEMO_MR_STATE_LEAVING]	   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_PREPARED) |
				     BIT(NEMO_MR_STATE_ACTIVATING) |
				     BIT(NEMO_MR_STATE_ACTIVE),
};

/*
 * What the first frame of the guest does. Without the flag that it needs,
 * nothing; then whether the uplink is open at once is another flag's to say.
 */
static const struct {
	u32 needs;
	u8 held;
	u8 open;
} nemo_first_frame[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_STANDBY]	   = { NEMO_MR_FLAG_TRIGGER,
				       NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVATING },
	[NEMO_MR_STATE_PREPARED]   = { 0, NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVE },
	[NEMO_MR_STATE_ACTIVATING] = { 0, NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVATING },
	[NEMO_MR_STATE_ACTIVE]	   = { 0, NEMO_MR_STATE_ACTIVE, NEMO_MR_STATE_ACTIVE },
	[NEMO_MR_STATE_LEAVING]	   = { NEMO_MR_FLAG_UNDO,
				       NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVE },
};

/* What the end of the guest's port does, with the flag that it needs. */
static const struct {
	u32 needs;
	u8 to;
} nemo_port_ends[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_ACTIVE]	   = { NEMO_MR_FLAG_LEAVE_WITH_PORT, NEMO_MR_STATE_LEAVING },
};

/* An end marker is never the guest's. */
static const u8 nemo_marker_verdicts[NEMO_MR_STATES][NEMO_FROM_COUNT] = {
	[NEMO_MR_STATE_STANDBY]	   = { },
	[NEMO_MR_STATE_PREPARED]   = { [NEMO_FROM_PEER] = NEMO_MARKER_KEEP },
	[NEMO_MR_STATE_ACTIVATING] = { [NEMO_FROM_PEER] = NEMO_MARKER_RELEASE },
	[NEMO_MR_STATE_ACTIVE]	   = { [NEMO_FROM_HA]   = NEMO_MARKER_PASS,
				       [NEMO_FROM_PEER] = NEMO_MARKER_RELEASE },
	[NEMO_MR_STATE_LEAVING]	   = { [NEMO_FROM_HA]   = NEMO_MARKER_PASS,
				       [NEMO_FROM_PEER] = NEMO_MARKER_PASS },
};

/*
 * After which changes packets of two ways meet here: what comes directly from
 * the home agent waits until an end marker has come by way of the peer, behind
 * the last packet there. A host that takes back what it was leaving has sent
 * packets to the peer, and so sends the marker itself; the peer returns it.
 */
static const struct {
	u8 due;			/* states before, as bits */
	u8 send;
	u8 off;			/* none is waited for any more */
} nemo_marker_rules[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_STANDBY]	   = { .off = 0xff },
	[NEMO_MR_STATE_PREPARED]   = { .due = BIT(NEMO_MR_STATE_STANDBY) |
					      BIT(NEMO_MR_STATE_LEAVING),
				       .send = BIT(NEMO_MR_STATE_LEAVING) },
	[NEMO_MR_STATE_ACTIVATING] = { .due = BIT(NEMO_MR_STATE_LEAVING),
				       .send = BIT(NEMO_MR_STATE_LEAVING) },
	[NEMO_MR_STATE_ACTIVE]	   = { .due = BIT(NEMO_MR_STATE_LEAVING),
				       .send = BIT(NEMO_MR_STATE_LEAVING) },
	/* all goes back to the peer; but a host that is left while it waits goes on */
	[NEMO_MR_STATE_LEAVING]	   = { .off = BIT(NEMO_MR_STATE_PREPARED) |
					      BIT(NEMO_MR_STATE_ACTIVATING) },
};

/**
 * nemo_mr_verdict() - what becomes of a packet
 * @state: state of the mobile router
 * @from: where the packet comes from
 *
 * Return: verdict.
 */
enum nemo_verdict nemo_mr_verdict(enum nemo_mr_state state, enum nemo_from from)
{
	return nemo_verdicts[state][from];
}

/**
 * nemo_mr_first_frame() - state after a frame of the guest
 * @state: state before
 * @flags: enum nemo_mr_flag
 *
 * Return: state after; mostly the same.
 */
enum nemo_mr_state nemo_mr_first_frame(enum nemo_mr_state state, u32 flags)
{
	u32 needs = nemo_first_frame[state].needs;

	if (needs && !(flags & needs))
		return state;
	return flags & NEMO_MR_FLAG_PREPARED_UPLINK ? nemo_first_frame[state].open :
						      nemo_first_frame[state].held;
}

/**
 * nemo_mr_port_end() - state after the guest's port has gone
 * @state: state before
 * @flags: enum nemo_mr_flag
 *
 * Return: state after; mostly the same.
 */
enum nemo_mr_state nemo_mr_port_end(enum nemo_mr_state state, u32 flags)
{
	return flags & nemo_port_ends[state].needs ? nemo_port_ends[state].to : state;
}

/**
 * nemo_mr_marker_verdict() - what becomes of an end marker
 * @state: state of the mobile router
 * @from: where the marker comes from
 *
 * Return: verdict.
 */
enum nemo_marker_verdict nemo_mr_marker_verdict(enum nemo_mr_state state, enum nemo_from from)
{
	return nemo_marker_verdicts[state][from];
}

/**
 * nemo_mr_marker_due() - does a change make an end marker due?
 * @from: state before
 * @to: state after
 *
 * Return: true if it does.
 */
bool nemo_mr_marker_due(enum nemo_mr_state from, enum nemo_mr_state to)
{
	return nemo_marker_rules[to].due & BIT(from);
}

/**
 * nemo_mr_marker_own() - does a change send an end marker to the peer?
 * @from: state before
 * @to: state after
 *
 * Return: true if it does.
 */
bool nemo_mr_marker_own(enum nemo_mr_state from, enum nemo_mr_state to)
{
	return nemo_marker_rules[to].send & BIT(from);
}

/**
 * nemo_mr_marker_off() - does a change end the wait for an end marker?
 * @from: state before
 * @to: state after
 *
 * Return: true if it does.
 */
bool nemo_mr_marker_off(enum nemo_mr_state from, enum nemo_mr_state to)
{
	return nemo_marker_rules[to].off & BIT(from);
}

/**
 * nemo_mr_may() - may a request change the state so?
 * @from: state before
 * @to: state after
 *
 * Return: true if it may; a state always may be asked for again.
 */
bool nemo_mr_may(enum nemo_mr_state from, enum nemo_mr_state to)
{
	return from == to || nemo_changes[from] & BIT(to);
}

/**
 * nemo_mr_serves() - does this host answer the guest?
 * @state: state of the mobile router
 *
 * Return: true if the guest is, or was a moment ago, on this host.
 */
bool nemo_mr_serves(enum nemo_mr_state state)
{
	return nemo_mr_verdict(state, NEMO_FROM_GUEST) == NEMO_TO_HA ||
	       state == NEMO_MR_STATE_ACTIVATING;
}
