// SPDX-License-Identifier: GPL-2.0
#include "hold.h"

void nemo_hold_init(struct nemo_hold *hold)
{
	__skb_queue_head_init(&hold->queue);
	hold->bytes = 0;
}

/**
 * nemo_hold_add() - let a packet wait
 * @hold: queue
 * @total: what the device holds
 * @limit: limits of the queue
 * @skb: packet
 *
 * The bound is on memory, so that a packet counts with its truesize.
 *
 * Context: the lock of the owner.
 * Return: false if there is no room; the caller keeps @skb.
 */
bool nemo_hold_add(struct nemo_hold *hold, struct nemo_hold_total *total,
		   const struct nemo_hold_limit *limit, struct sk_buff *skb)
{
	u32 size = skb->truesize;

	if (skb_queue_len(&hold->queue) >= READ_ONCE(limit->packets) ||
	    hold->bytes + size > READ_ONCE(limit->bytes))
		return false;
	if (atomic_add_return(size, &total->bytes) > READ_ONCE(total->max_bytes)) {
		atomic_sub(size, &total->bytes);
		return false;
	}
	hold->bytes += size;
	/* a socket of this host waits for its packets, and its namespace for it */
	skb_orphan(skb);
	__skb_queue_tail(&hold->queue, skb);
	return true;
}

/**
 * nemo_hold_take() - take packets out of a queue, in order
 * @hold: queue
 * @total: what the device holds
 * @to: list to put them behind
 * @max: at most so many
 *
 * Context: the lock of the owner.
 */
void nemo_hold_take(struct nemo_hold *hold, struct nemo_hold_total *total,
		    struct sk_buff_head *to, unsigned int max)
{
	struct sk_buff *skb;

	while (max-- && (skb = __skb_dequeue(&hold->queue))) {
		hold->bytes -= skb->truesize;
		atomic_sub(skb->truesize, &total->bytes);
		__skb_queue_tail(to, skb);
	}
}
