# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# root.sh - what is root's to do (sourced)

# as_root COMMAND... - by sudo, which asks for a password if there is a terminal to ask on
as_root() {
	local ask=()
	if [ "$(id -u)" = 0 ]; then
		"$@"
		return
	fi
	{ : > /dev/tty; } 2> /dev/null || ask=(-n)
	sudo "${ask[@]}" "$@"
}
