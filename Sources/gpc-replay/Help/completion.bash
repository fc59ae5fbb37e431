# Completion of gpc-replay for bash: the program itself says what a word may become.

_gpc_replay() {
  local line word current=${COMP_WORDS[COMP_CWORD]}
  # bash parts words at '=' and ':'.
  [[ $current == '=' ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    # Names of files are taken as they are: no word splitting, no globs.
    case $line in
      ':files') mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
      ':files '*)
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
          compgen -f -X "!*.${line#:files }" -- "$current"
          compgen -d -- "$current"
        ) ;;
      ':folders') mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") ;;
      *)
        # Names of tasks have blanks.
        printf -v word %q "${line%%$'\t'*}"
        COMPREPLY+=("$word") ;;
    esac
    [[ $line == :* ]] && compopt -o filenames 2>/dev/null
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gpc_replay gpc-replay
