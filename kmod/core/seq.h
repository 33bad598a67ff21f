/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers and lifetimes of Binding Updates. */
#ifndef NEMO_CORE_SEQ_H
#define NEMO_CORE_SEQ_H

#include <linux/jiffies.h>
#include <linux/types.h>

/**
 * nemo_seq_newer() - compare sequence numbers modulo 2^16
 * @new: number of the message at hand
 * @old: last number accepted
 *
 * RFC 6275 section 9.5.1: equal is not newer, and neither is the number half
 * the circle away.
 *
 * Return: true if @new is newer than @old.
 */
static inline bool nemo_seq_newer(u16 new, u16 old)
{
	u16 ahead = new - old;

	return ahead > 0 && ahead < 0x8000;
}

/**
 * nemo_lifetime_end() - when a lifetime that starts now is over
 * @now: now, in jiffies
 * @seconds: lifetime, 0 to 262140 s (65535 units of 4 s, RFC 6275 6.1.7)
 *
 * Return: the end in jiffies.
 */
static inline u64 nemo_lifetime_end(u64 now, u32 seconds)
{
	return now + (u64)seconds * HZ;
}

/**
 * nemo_lifetime_left() - what is left of a lifetime
 * @now: now, in jiffies
 * @end: its end, in jiffies
 *
 * Return: milliseconds, 0 when it is over.
 */
static inline u64 nemo_lifetime_left(u64 now, u64 end)
{
	return end > now ? jiffies64_to_msecs(end - now) : 0;
}

#endif
