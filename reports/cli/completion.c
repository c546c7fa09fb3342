/* SPDX-License-Identifier: Apache-2.0 */
/* The script that makes a shell ask sekisho __complete. */
#include <string.h>

#include "reports/cli/verb.h"

static const char bash[] =
    "# sekisho completion bash >/usr/share/bash-completion/completions/"
    "sekisho\n"
    "# bash takes words apart at : and =, and completes the last part\n"
    "_sekisho() {\n"
    "	local i w glue= line words=() before\n"
    "	for ((i = 1; i <= COMP_CWORD; i++)); do\n"
    "		w=${COMP_WORDS[i]}\n"
    "		if ((${#words[@]})) && [[ $glue || $w == [:=]* ]]; then\n"
    "			words[-1]+=$w\n"
    "		else\n"
    "			words+=(\"$w\")\n"
    "		fi\n"
    "		[[ $w == *[:=] ]] && glue=1 || glue=\n"
    "	done\n"
    "	w=${words[-1]}\n"
    "	before=${w%\"${w##*[:=]}\"}\n"
    "	COMPREPLY=()\n"
    "	while IFS=$'\\t' read -r line _; do\n"
    "		COMPREPLY+=(\"${line#\"$before\"}\")\n"
    "	done < <(\"${COMP_WORDS[0]}\" __complete \"${words[@]}\" "
    "2>/dev/null)\n"
    "}\n"
    "complete -o default -F _sekisho sekisho\n";

static const char zsh[] =
    "#compdef sekisho\n"
    "# sekisho completion zsh >/usr/local/share/zsh/site-functions/_sekisho\n"
    "_sekisho() {\n"
    "	local -a offers\n"
    "	local word what\n"
    "	\"${words[1]}\" __complete \"${(@)words[2,CURRENT-1]}\" "
    "\"${words[CURRENT]}\" 2>/dev/null |\n"
    "	while IFS=$'\\t' read -r word what; do\n"
    "		offers+=(\"${word//:/\\\\:}:$what\")\n"
    "	done\n"
    "	if (( $#offers )); then\n"
    "		_describe sekisho offers\n"
    "	else\n"
    "		_files\n"
    "	fi\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _sekisho ]; then\n"
    "	_sekisho\n"
    "else\n"
    "	compdef _sekisho sekisho\n"
    "fi\n";

static const char fish[] =
    "# sekisho completion fish >~/.config/fish/completions/sekisho.fish\n"
    "function __sekisho_offers\n"
    "	set -l words (commandline -opc) (commandline -ct)\n"
    "	set -l offers ($words[1] __complete $words[2..-1] 2>/dev/null)\n"
    "	if test (count $offers) -gt 0\n"
    "		printf '%s\\n' $offers\n"
    "	else\n"
    "		__fish_complete_path (commandline -ct)\n"
    "	end\n"
    "end\n"
    "complete -c sekisho -f -a '(__sekisho_offers)'\n";

int cli_completion(struct cli *c)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (strcmp(c->args[0], scripts[i].shell) != 0)
			continue;
		fputs(scripts[i].script, c->out);
		return CLI_OK;
	}
	return cli_fail(c, CLI_USAGE,
	    "%.40s: no such shell here; give bash, zsh or fish", c->args[0]);
}
