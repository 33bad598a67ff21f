// SPDX-License-Identifier: GPL-2.0
#include <time.h>

#include "clock.h"
#include "wire/wire.h"

#define NTP_EPOCH	2208988800ULL	/* 1970 in seconds since 1900 */
#define NTP_WINDOW	(7ULL << 32)
#define SEQ_SHIFT	26

static uint64_t get(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec * NS_PER_S + ts.tv_nsec;
}

uint64_t clock_realtime(void)
{
	return get(CLOCK_REALTIME);
}

uint64_t clock_monotonic(void)
{
	return get(CLOCK_MONOTONIC);
}

uint64_t clock_ntp(uint64_t realtime)
{
	uint64_t fraction = (realtime % NS_PER_S << 32) / NS_PER_S;

	return (realtime / NS_PER_S + NTP_EPOCH) << 32 | fraction;
}

bool clock_ntp_near(uint64_t a, uint64_t b)
{
	return a - b + NTP_WINDOW <= 2 * NTP_WINDOW;
}

uint16_t clock_seq_claim(uint64_t seen, uint16_t last, uint64_t age)
{
	uint16_t number = (seen + CLOCK_SEQ_LEAD) >> SEQ_SHIFT;

	if (age > CLOCK_SEQ_MEANING || mh_seq_newer(number, last))
		return number;
	return last + 1;
}

uint16_t clock_seq_refresh(uint64_t acked, uint16_t last)
{
	uint16_t number = acked >> SEQ_SHIFT;

	return acked && mh_seq_newer(number, last) ? number : last + 1;
}
