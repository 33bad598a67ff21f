/* SPDX-License-Identifier: GPL-2.0 */
/* Times of signalling: NTP time stamps, and sequence numbers made of the time. */
#ifndef NEMOD_CLOCK_H
#define NEMOD_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S	1000000000ULL
#define NS_PER_MS	1000000ULL

uint64_t clock_realtime(void);		/* ns since 1970 */
uint64_t clock_monotonic(void);		/* ns */

/* RFC 5905 format: seconds since 1900, 32 bits of fraction. */
uint64_t clock_ntp(uint64_t realtime);

/* RFC 4285 §6: within 7 s of each other? */
bool clock_ntp_near(uint64_t a, uint64_t b);

/*
 * Sequence numbers of Binding Updates. RFC 6275 §6.1.7 wants each newer than the
 * one before. All hosts of a mobile router draw theirs from the time (units of
 * 2^26 ns, about 67 ms; 73 minutes around), so that a new host, which may not know
 * the old host's last number, still has a newer one at its first try.
 */

/* How far a claim is ahead of its time, in ns: more than clocks may differ. */
#define CLOCK_SEQ_LEAD	(32ULL << 26)

/* How long it can be told which of two numbers is newer, ns: half a turn. */
#define CLOCK_SEQ_MEANING	(0x7000ULL << 26)

/**
 * clock_seq_claim - of a registration: this host takes the mobile router over
 * @seen: when the guest was here, ns since 1970
 * @last: the number used last, or a newer one that is known
 * @age: ns since then; UINT64_MAX if there was none. @last has no meaning after
 *	half of the time that the numbers take to come around.
 */
uint16_t clock_seq_claim(uint64_t seen, uint16_t last, uint64_t age);

/**
 * clock_seq_refresh - of a Binding Update for a binding that stands
 * @acked: when the home agent said so last, ns since 1970; 0 if nobody knows
 * @last: the number used last
 *
 * From that time and not from now: the refresh of a host that has lost its
 * binding since, and does not know, must be older than the claim of the host
 * that took it.
 */
uint16_t clock_seq_refresh(uint64_t acked, uint16_t last);

#endif /* NEMOD_CLOCK_H */
