/* SPDX-License-Identifier: GPL-2.0 */
/* Objects and their commands: tables, one in each object's file. */
#ifndef NEMOCTL_COMMAND_H
#define NEMOCTL_COMMAND_H

#include "args.h"
#include "out.h"

/**
 * struct ctl - what the options said
 * @socket: the agent's control socket
 */
struct ctl {
	struct out out;
	const char *socket;
};

/**
 * struct command - a verb
 * @name: the word
 * @run: does it; returns only when it succeeded
 * @usage: object, verb and what follows; lines after the first go on with it
 * @help: what it does, one line
 */
struct command {
	const char *name;
	void (*run)(struct ctl *ctl, struct args *args);
	const char *usage;
	const char *help;
};

/**
 * struct object - a noun; or a verb without one: then there is one command
 * @name: the word
 * @commands: ends without a name; the first is the default
 * @help: what it is, one line
 */
struct object {
	const char *name;
	const struct command *commands;
	const char *help;
};

extern const struct command mr_commands[];
extern const struct command ha_commands[];
extern const struct command link_commands[];
extern const struct command activate_commands[];
extern const struct command release_commands[];
extern const struct command reload_commands[];
extern const struct command status_commands[];
extern const struct command monitor_commands[];

#endif /* NEMOCTL_COMMAND_H */
