/* SPDX-License-Identifier: GPL-2.0 */
/* Times of signalling: NTP time stamps, and sequence numbers made of the time. */
#ifndef NEMOD_CLOCK_H
#define NEMOD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S	1000000000ULL

uint64_t clock_realtime(void);		/* ns since 1970 */
uint64_t clock_monotonic(void);		/* ns */

/* RFC 5905 format: seconds since 1900, 32 bits of fraction. */
uint64_t clock_ntp(uint64_t realtime);

/* RFC 4285 §6: within 7 s of each other? */
bool clock_ntp_near(uint64_t a, uint64_t b);

/**
 * clock_seq - the sequence number of the next Binding Update
 * @realtime: now, ns
 * @last: the number used last
 * @age: ns since then; UINT64_MAX if there was none
 *
 * RFC 6275 §6.1.7 wants each number newer than the one before. All hosts of a
 * mobile router draw theirs from the time (units of 2^26 ns, about 67 ms), so
 * that a new host, which does not know the old host's last number, still has a
 * newer one, and an unannounced handover takes one round trip, not two. The
 * number wraps after 73 minutes; @last has no meaning after half of that.
 */
uint16_t clock_seq(uint64_t realtime, uint16_t last, uint64_t age);

#endif /* NEMOD_CLOCK_H */
