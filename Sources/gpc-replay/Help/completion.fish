# Completion of gpc-replay for fish: the program itself says what a word may become.

function __gpc_replay_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # An option and its value are one word: --db=FILE.
    set -l option (string match -r -- '^--[^=]*=' $current)
    set -l value (string replace -r -- '^--[^=]*=' '' $current)
    for line in ($words[1] complete -- $words[2..-1] $current 2>/dev/null)
        switch $line
            case ':files'
                string replace -r '^' "$option" -- (__fish_complete_path $value)
            case ':files *'
                # Folders, and files of that kind.
                for path in (__fish_complete_path $value)
                    string match -rq '(/|\.'(string replace ':files ' '' -- $line)')(\t|$)' -- $path; and echo "$option$path"
                end
            case ':folders'
                string replace -r '^' "$option" -- (__fish_complete_directories $value '')
            case '*'
                echo $line
        end
    end
end

complete -c gpc-replay -f -a '(__gpc_replay_complete)'
