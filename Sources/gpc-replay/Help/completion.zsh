#compdef gpc-replay
# Completion of gpc-replay for zsh: the program itself says what a word may become.

_gpc-replay() {
  local line
  local -a lines words_here
  lines=("${(@f)$("${(Q)words[1]/#\~/$HOME}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  # An option and its value are one word: --db=FILE.
  compset -P '--*=' && lines=("${(@)lines#--*=}")
  for line in $lines; do
    case $line in
      ':files') _files ;;
      ':files '*) _files -g "*.${line#:files }(-.)" ;;
      ':folders') _files -/ ;;
      *$'\t'*) words_here+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      *) words_here+=("${line//:/\\:}") ;;
    esac
  done
  (( $#words_here )) && _describe -V 'gpc-replay' words_here
}

if [[ $funcstack[1] == _gpc-replay ]]; then _gpc-replay "$@"; else compdef _gpc-replay gpc-replay; fi
