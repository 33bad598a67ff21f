/* SPDX-License-Identifier: GPL-2.0 */
/* The command line of a daemon: -c FILE, -d, --check, -h. */
#ifndef NEMO_OPTIONS_H
#define NEMO_OPTIONS_H

#include <stdbool.h>

#define EXIT_CONFIG	2	/* a mistake in the options or the configuration */

struct options {
	const char *path;	/* of the configuration */
	bool check, debug;
};

/* @usage goes to who asks for it, or has made a mistake; then the program ends. */
void options_parse(struct options *o, int argc, char **argv, const char *usage);

/* For nemo_conf_load(). */
void options_print_mistake(const char *text, void *arg);

#endif /* NEMO_OPTIONS_H */
