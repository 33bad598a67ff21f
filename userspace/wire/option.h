/* SPDX-License-Identifier: GPL-2.0 */
/* Mobility options, as message.c reads and writes them. */
#ifndef NEMO_WIRE_OPTION_H
#define NEMO_WIRE_OPTION_H

#include "wire.h"

/**
 * struct mh_writer - a message being built
 * @buf: @size octets; what does not fit is not written
 * @off: where the next octet goes; counts on beyond @size
 */
struct mh_writer {
	uint8_t *buf;
	size_t size;
	size_t off;
};

/* @len octets, or zeros if @data is NULL. */
void mh_write(struct mh_writer *w, const void *data, size_t len);

/* Pad1 or PadN until the offset is x * n + y. */
void mh_write_pad(struct mh_writer *w, unsigned int x, unsigned int y);

/* Options from @off to @end of @mh. On an error msg->error_off says where. */
enum mh_error mh_options_parse(const uint8_t *mh, size_t off, size_t end,
			       struct mh_msg *msg);

/* All options in @opts. Return: 0, or -EINVAL for what cannot be sent. */
int mh_options_build(struct mh_writer *w, const struct mh_opts *opts);

#endif /* NEMO_WIRE_OPTION_H */
