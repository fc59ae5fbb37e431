// A recording without gpc-replay on the host: a POSIX shell script with a kernel's probes in it, which needs only
// tracefs.

extension ProbePlan {
  /// The whole script. It records as text; `record` does the same as trace.dat.
  package func script(version: String) -> String {
    var text = Self.head.replacing("@VERSION@", with: version)
      .replacing("@RELEASE@", with: Self.quoted(release ?? ""))
      .replacing("@MODULE@", with: isModule ? "1" : "")
    for event in events {
      for probe in event.probes {
        let line = probe.definition(group: "@GROUP@", isModule: isModule)
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let definition = (probe.isReturn ? "r" : "p") + " " + probe.event + " " + Self.quoted(words[1])
        text += "define \(definition) \(Self.quoted(event.lost))\n"
      }
    }
    for event in events where event.isMissed {
      let notes = event.notes.joined(separator: "; ")
      text += "say \(Self.quoted("not recorded: \(event.name): \(notes). Without it: \(event.lost)"))\n"
    }
    let places = offsets.map { "\($0.name)=\($0.bytes)" }.joined(separator: " ")
    return text + Self.body.replacing("@OFFSETS@", with: Self.quoted(places))
  }

  /// As one word of a shell, whatever stands in it.
  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  private static let head = #"""
    #!/bin/sh
    # Records what gpc-replay replays, on one kernel: its probes stand below. Made by gpc-replay @VERSION@. Needs root and tracefs.
    #
    #   sh record.sh [-o FILE] [-t SECONDS] [-b KB] [-f] [COMMAND...]
    #
    # Records for 30 seconds (-t), or while COMMAND runs, as text into gpc-trace.txt (-o). -b: KiB of buffer per CPU (8192).
    # -f: also on another kernel than that of the probes, whose offsets may be others. TRACEFS names tracefs where it is not mounted
    # at /sys/kernel/tracing. The probes and their tracefs instance are gone when the script ends; after kill -9 a second process
    # removes them, and after that one's as well the next run does.
    set -u
    release=@RELEASE@
    module=@MODULE@
    out=gpc-trace.txt seconds=30 kb=8192 force=
    while getopts o:t:b:f option; do
      case $option in
        o) out=$OPTARG ;;
        t) seconds=$OPTARG ;;
        b) kb=$OPTARG ;;
        f) force=1 ;;
        *) echo "usage: sh record.sh [-o FILE] [-t SECONDS] [-b KB] [-f] [COMMAND...]" >&2; exit 64 ;;
      esac
    done
    shift $((OPTIND - 1))

    say() { printf 'record.sh: %s\n' "$*" >&2; }
    die() { say "$*"; exit 2; }

    case $seconds$kb in *[!0-9]*) die "-t and -b take whole numbers." ;; esac
    [ "$(id -u)" = 0 ] || die "only root may define probes."
    [ -n "$force" ] || [ -z "$release" ] || [ "$(uname -r)" = "$release" ] ||
      die "these probes are for $release, and $(uname -r) runs here: their offsets may be others."
    T=${TRACEFS:-/sys/kernel/tracing}
    [ -d "$T/instances" ] || T=${TRACEFS:-/sys/kernel/debug/tracing}
    [ -d "$T/instances" ] || die "there is no tracefs at $T: mount -t tracefs nodev /sys/kernel/tracing"
    [ -e "$T/kprobe_events" ] || die "this kernel has no probe events (CONFIG_KPROBE_EVENTS)."
    case $(cat /sys/kernel/security/lockdown 2>/dev/null) in
      *'[confidentiality]'*) die "the kernel is locked down (confidentiality): it takes no probes." ;;
    esac
    [ -z "$module" ] || [ -d /sys/module/kvm ] || die "the module kvm is not loaded: modprobe kvm"

    # The start of a process in ticks: with the pid it names one process for good.
    started() {
      line=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
      set -- ${line##*') '}
      shift 19
      echo "$1"
    }

    # Removes an instance and its probes. One that is being read cannot be removed: then somebody still records.
    remove() {
      [ ! -d "$T/instances/$1" ] || rmdir "$T/instances/$1" 2>/dev/null || return 1
      while read -r line; do
        case $line in *":$1/"*) event=${line#*:}; echo "-:${event%% *}" ;; esac
      done < "$T/kprobe_events" > "$list" || return 1
      while read -r line; do printf '%s\n' "$line" >> "$T/kprobe_events"; done < "$list"
      : > "$list"
    }

    # After the last event the reader gets what is left, and is ended.
    stop_reader() {
      [ -n "$reader" ] || return 0
      turns=0
      while kill -0 "$reader" 2>/dev/null && [ "$(sum entries:)" -gt 0 ] && [ $turns -lt 60 ]; do
        turns=$((turns + 1))
        sleep 1
      done
      sleep 1
      kill "$reader" 2>/dev/null
      wait "$reader" 2>/dev/null
      reader=
    }

    finish() {
      status=$?
      trap '' INT TERM HUP QUIT
      if [ -d "$I" ]; then
        echo 0 > "$I/tracing_on"
        stop_reader
        echo 0 > "$I/events/$name/enable" 2>/dev/null
      fi
      [ -z "$guard" ] || kill -9 "$guard" 2>/dev/null
      remove "$name" || say "the instance $I is still in use: remove it by hand (docs/recording.md)."
      rm -f "$list"
      exit $status
    }

    # The sum of a line of all CPUs' stats.
    sum() {
      total=0
      for file in "$I"/per_cpu/cpu*/stats; do
        while read -r key value rest; do
          [ "$key" != "$1" ] || total=$((total + value))
        done < "$file"
      done
      echo $total
    }

    # A line into the recording.
    mark() { printf '%s\n' "gpc-replay: $*" > "$I/trace_marker"; }

    # define KIND EVENT PLACE-AND-FIELDS LOST
    define() {
      printf '%s\n' "$1:$name/$2 $3" >> "$T/kprobe_events" 2>/dev/null
      if [ -d "$T/events/$name/$2" ]; then
        mark "define $1:$name/$2 $3"
        defined=$((defined + 1))
        return
      fi
      reason=
      [ ! -r "$T/error_log" ] || while read -r line; do
        case $line in *error:*) reason=${line#*error: } ;; esac
      done < "$T/error_log"
      say "refused: $2 ($3): ${reason:-no reason given}. Without it: $4"
    }

    name=gpc_replay_$$_$(started $$) || die "/proc is not there."
    I=$T/instances/$name reader= guard= defined=0
    list=$(mktemp) || die "no temporary file can be made."
    for old in "$T"/instances/gpc_replay_*_*; do
      [ -d "$old" ] || continue
      old=${old##*/}
      pid=${old#gpc_replay_}
      [ "$(started "${pid%_*}")" != "${pid#*_}" ] || continue
      if remove "$old"; then
        say "removed what a recording that was killed left: $old"
      else
        say "left by a recording that was killed, and still in use: $old"
      fi
    done
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    trap 'exit 131' QUIT
    mkdir "$I" || die "the instance $I cannot be made."
    echo mono > "$I/trace_clock" || die "this kernel has no clock mono."
    echo "$kb" > "$I/buffer_size_kb" || die "no buffer of $kb KiB per CPU can be had."
    cat "$I/trace_pipe" > "$out" &
    reader=$!
    # Nobody else would end the reader when this shell is killed.
    (
      trap '' INT TERM HUP QUIT
      while kill -0 $$ 2>/dev/null; do sleep 1; done
      kill "$reader" 2>/dev/null
      sleep 1
      remove "$name"
      rm -f "$list"
    ) > /dev/null 2>&1 &
    guard=$!


    """#

  private static let body = #"""
    [ "$defined" -gt 0 ] || die "no probe could be defined."
    about() {
      mark "recorded on $(uname -r) $(uname -m) by record.sh of gpc-replay, clock mono, no filter"
      mark "offsets" @OFFSETS@
    }
    about
    # Probes are switched one by one: a call that begins and ends meanwhile would have its entry alone.
    echo 0 > "$I/tracing_on"
    echo 1 > "$I/events/$name/enable" || die "the probes cannot be switched on."
    echo 1 > "$T/instances/$name/events/kvm/kvm_unmap_hva_range/enable" 2>/dev/null
    echo 1 > "$I/tracing_on"

    pid=
    if [ $# -gt 0 ]; then
      "$@" &
      pid=$!
      say "recording $defined probes into $out while $1 runs."
    else
      say "recording $defined probes into $out for $seconds s (Ctrl-C ends it)."
    fi
    past=0 warned=0
    while [ -n "$pid" ] || [ $past -lt "$seconds" ]; do
      [ -z "$pid" ] || kill -0 "$pid" 2>/dev/null || break
      kill -0 "$reader" 2>/dev/null || die "$out cannot be written any further (disk full?): the recording ends here."
      sleep 1
      past=$((past + 1))
      lost=$(sum overrun:)
      [ "$lost" -le $warned ] || say "$lost events were lost so far: a larger buffer (-b) keeps more."
      [ "$lost" -le $warned ] || warned=$lost
      [ ! -t 2 ] || printf '\r%s s, %s events wait, %s lost ' "$past" "$(sum entries:)" "$lost" >&2
    done
    [ ! -t 2 ] || printf '\n' >&2
    result=0
    [ -z "$pid" ] || { wait "$pid"; result=$?; }
    echo 0 > "$I/tracing_on"
    echo 0 > "$I/events/$name/enable"
    echo 1 > "$I/tracing_on"
    [ ! -r "$T/kprobe_profile" ] || while read -r event hits missed; do
      [ -d "$T/events/$name/$event" ] && [ "$missed" != 0 ] || continue
      mark "missed $event $missed"
      say "$missed hits of $event were missed by its probe: as good as lost events."
    done < "$T/kprobe_profile"
    about
    echo 0 > "$I/tracing_on"
    stop_reader
    lost=$(sum overrun:)
    say "$out: $(wc -c < "$out") bytes, $lost events lost. Look at it: gpc-replay $out"
    exit $result
    """# + "\n"
}
