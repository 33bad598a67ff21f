/* SPDX-License-Identifier: GPL-2.0 */
/* A bounded queue of packets that wait for a handover to finish. */
#ifndef NEMO_CORE_HOLD_H
#define NEMO_CORE_HOLD_H

#include <linux/atomic.h>
#include <linux/skbuff.h>

#define NEMO_HOLD_PACKETS	8192
#define NEMO_HOLD_BYTES		(16 << 20)
#define NEMO_HOLD_TOTAL		(64 << 20)

/* What all queues of a device hold together. */
struct nemo_hold_total {
	atomic_t bytes;
	u32 max_bytes;		/* READ_ONCE */
};

/* Protected by the owner's lock. */
struct nemo_hold {
	struct sk_buff_head queue;
	u32 bytes;		/* truesize of what is queued */
};

/* Limits of one queue; READ_ONCE. */
struct nemo_hold_limit {
	u32 packets;
	u32 bytes;
};

void nemo_hold_init(struct nemo_hold *hold);
bool nemo_hold_add(struct nemo_hold *hold, struct nemo_hold_total *total,
		   const struct nemo_hold_limit *limit, struct sk_buff *skb);
void nemo_hold_take(struct nemo_hold *hold, struct nemo_hold_total *total,
		    struct sk_buff_head *to, unsigned int max);

static inline bool nemo_hold_empty(const struct nemo_hold *hold)
{
	return skb_queue_empty(&hold->queue);
}

#endif
