/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of the codec need: sample messages, and when two are the same. */
#ifndef NEMO_TESTS_WIRE_MESSAGE_H
#define NEMO_TESTS_WIRE_MESSAGE_H

#include "../../userspace/wire/wire.h"

struct in6_addr addr(const char *text);

/* A message of @type with different values in all fields, and no option. */
struct mh_msg bare(uint8_t type);

/* All options that the codec knows; AUTH has 16 zero octets. */
void add_options(struct mh_msg *msg);

/* Equal in all that is sent; data is compared, not pointers. */
bool same_message(const struct mh_msg *a, const struct mh_msg *b);

#endif /* NEMO_TESTS_WIRE_MESSAGE_H */
