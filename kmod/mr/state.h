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

enum nemo_verdict nemo_mr_verdict(enum nemo_mr_state state, enum nemo_from from);
enum nemo_mr_state nemo_mr_first_frame(enum nemo_mr_state state, u32 flags);
bool nemo_mr_may(enum nemo_mr_state from, enum nemo_mr_state to);
bool nemo_mr_serves(enum nemo_mr_state state);

#endif
