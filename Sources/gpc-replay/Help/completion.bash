# Completion of gpc-replay for bash: the program itself says what a word may become.

_gpc_replay() {
  local line current=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
  # bash parts words at '=' and ':'.
  [[ $current == '=' ]] && current=
  COMPREPLY=()
  while read -r line; do
    case $line in
      ':files') COMPREPLY+=($(compgen -f -- "$current")) ;;
      ':files '*)
        COMPREPLY+=($(compgen -f -X "!*.${line#:files }" -- "$current") $(compgen -d -- "$current")) ;;
      ':folders') COMPREPLY+=($(compgen -d -- "$current")) ;;
      *) COMPREPLY+=("${line%%$'\t'*}") ;;
    esac
    [[ $line == :* ]] && compopt -o filenames 2>/dev/null
  done < <("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _gpc_replay gpc-replay
