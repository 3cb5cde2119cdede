# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Posts one message through the plain SMTP port, and reads a user's INBOX from
# the maildir.

# Reads one reply, of one or more lines, and demands that it begins with CODE.
expect_reply() {
    local line=''
    while read -r -t 30 -u 4 line; do
        [[ $line == [0-9][0-9][0-9]-* ]] || break
    done
    [[ $line == "$1"* ]] || die "the server answered: ${line%$'\r'}"
}

deliver() {
    need_started "${1:?deliver needs a directory}"
    shift
    local from='' to='' file=''
    while (($#)); do
        case $1 in
        --from) from=${2?--from needs an address} && shift ;;
        --to) to=${2:?--to needs an address} && shift ;;
        *) file=$1 ;;
        esac
        shift
    done
    [[ -n $to && -r $file ]] || die 'deliver DIR --from ADDRESS --to ADDRESS FILE'
    exec 4<>"/dev/tcp/127.0.0.1/$smtp"
    expect_reply 220
    printf 'EHLO localhost\r\n' >&4
    expect_reply 250
    printf 'MAIL FROM:<%s>\r\n' "$from" >&4
    expect_reply 250
    printf 'RCPT TO:<%s>\r\n' "$to" >&4
    expect_reply 250
    printf 'DATA\r\n' >&4
    expect_reply 354
    # CRLF at each line's end (also the last one's), dots doubled: RFC 5321, 4.5.2.
    # shellcheck disable=SC1003 # sed's own backslash
    LC_ALL=C sed -e '$a\' "$file" | LC_ALL=C sed -e 's/\r$//' -e 's/^\./../' -e 's/$/\r/' >&4
    printf '.\r\n' >&4
    expect_reply 250
    printf 'QUIT\r\n' >&4
    exec 4>&-
}

# Prints the files of USER's INBOX, the newest first.
inbox() {
    local box
    box=$(absolute "${1:?needs a directory}")/mail/${2:?needs a user}
    [[ -d $box ]] || return 0
    # A maildir name begins with seconds, a dot, M and microseconds.
    find "$box/new" "$box/cur" -type f -printf '%f %p\n' 2>/dev/null |
        sort -t. -k1,1nr -k2.2,2nr | cut -d' ' -f2-
}

newest_mail() {
    local -a files
    mapfile -t files < <(inbox "$@")
    ((${#files[@]})) || die "no message for $2"
    cat "${files[0]}"
}

count_mail() {
    inbox "$@" | wc -l
}
