/* SPDX-License-Identifier: GPL-2.0 */
/* The states of a mobile router, as tables. */
#ifndef NEMO_MR_STATE_H
#define NEMO_MR_STATE_H

#include <linux/types.h>
#include <uapi/linux/nemo_mr.h>

#define NEMO_MR_STATES	(NEMO_MR_STATE_LEAVING + 1)

/* Where a packet comes from. */
enum nemo_from {
	NEMO_FROM_GUEST,
	NEMO_FROM_HA,
	NEMO_FROM_PEER,		/* the old host, or our own old care-of address */
	NEMO_FROM_COUNT
};

/* What becomes of it. */
enum nemo_verdict {
	NEMO_DROP,
	NEMO_HOLD,
	NEMO_TO_HA,
	NEMO_TO_PEER,
	NEMO_DELIVER,
};

/* What becomes of an end marker. */
enum nemo_marker_verdict {
	NEMO_MARKER_IGNORE,
	NEMO_MARKER_PASS,	/* on to the peer, behind the packets */
	NEMO_MARKER_KEEP,	/* what follows is the next state's to say */
	NEMO_MARKER_RELEASE,	/* what came directly from the home agent */
};

enum nemo_verdict nemo_mr_verdict(enum nemo_mr_state state, enum nemo_from from);
enum nemo_mr_state nemo_mr_first_frame(enum nemo_mr_state state, u32 flags);
enum nemo_mr_state nemo_mr_port_end(enum nemo_mr_state state, u32 flags);
bool nemo_mr_may(enum nemo_mr_state from, enum nemo_mr_state to);
enum nemo_marker_verdict nemo_mr_marker_verdict(enum nemo_mr_state state, enum nemo_from from);
bool nemo_mr_marker_due(enum nemo_mr_state from, enum nemo_mr_state to);
bool nemo_mr_marker_own(enum nemo_mr_state from, enum nemo_mr_state to);
bool nemo_mr_marker_off(enum nemo_mr_state from, enum nemo_mr_state to);
bool nemo_mr_serves(enum nemo_mr_state state);

#endif
