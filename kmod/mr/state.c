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
	[NEMO_MR_STATE_LEAVING]	   = { NEMO_TO_HA,   NEMO_TO_PEER,   NEMO_DROP },
};

/* Which states a request may ask for; a guest's frame has its own table. */
static const u8 nemo_changes[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_STANDBY]	   = BIT(NEMO_MR_STATE_PREPARED) |
				     BIT(NEMO_MR_STATE_ACTIVATING),
	[NEMO_MR_STATE_PREPARED]   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVATING) |
				     BIT(NEMO_MR_STATE_ACTIVE),
	[NEMO_MR_STATE_ACTIVATING] = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVE),
	[NEMO_MR_STATE_ACTIVE]	   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVATING) |
				     BIT(NEMO_MR_STATE_LEAVING),
	[NEMO_MR_STATE_LEAVING]	   = BIT(NEMO_MR_STATE_STANDBY) |
				     BIT(NEMO_MR_STATE_ACTIVE),
};

/* What the first frame of the guest does, without and with its flag. */
static const struct {
	u8 without;
	u8 with;
	u32 flag;
} nemo_first_frame[NEMO_MR_STATES] = {
	[NEMO_MR_STATE_STANDBY]	   = { NEMO_MR_STATE_STANDBY, NEMO_MR_STATE_ACTIVATING,
				       NEMO_MR_FLAG_TRIGGER },
	[NEMO_MR_STATE_PREPARED]   = { NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVE,
				       NEMO_MR_FLAG_PREPARED_UPLINK },
	[NEMO_MR_STATE_ACTIVATING] = { NEMO_MR_STATE_ACTIVATING, NEMO_MR_STATE_ACTIVATING, 0 },
	[NEMO_MR_STATE_ACTIVE]	   = { NEMO_MR_STATE_ACTIVE, NEMO_MR_STATE_ACTIVE, 0 },
	[NEMO_MR_STATE_LEAVING]	   = { NEMO_MR_STATE_LEAVING, NEMO_MR_STATE_LEAVING, 0 },
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
	return flags & nemo_first_frame[state].flag ? nemo_first_frame[state].with :
						      nemo_first_frame[state].without;
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
