# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Two more IMAP servers, each unpacked into a folder of its own, since Debian lets
# only one of them be installed: Courier, which tells no UIDNEXT, idles not and cannot move,
# and Cyrus, which shows what it can do only after the login and keeps its own ideas of
# folders. Each has one account, in clear on 127.0.0.1.
#
# Courier's imapd is given its user by a login script of ours: its own login asks a daemon
# at a path that is fixed at build time.

others='courier cyrus'
# What breaks things for tests, unpacked likewise: a trace of system calls, errors from
# writing, and file systems in a file.
bundles="$others tools"
# The account, with the password of all others.
other_user=security

# The packages of a bundle, as dpkg calls them.
packages_of() {
    case $1 in
    courier) printf '%s\n' courier-imap courier-base courier-authlib ;;
    cyrus) printf '%s\n' cyrus-imapd cyrus-common sasl2-bin libsasl2-2 libsasl2-modules-db ;;
    tools) printf '%s\n' strace fiu-utils libfiu0 e2fsprogs ;;
    *) die "no such server: $1 (there are: $others)" ;;
    esac
}

# The libraries that its packages would bring, as apt resolves it here.
libraries_of() {
    local -a names
    mapfile -t names < <(packages_of "$1")
    apt-get install --simulate --no-install-recommends "${names[@]}" |
        sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p' |
        grep -vxE 'libc6(:.*)?|libc-bin|libcrypt1(:.*)?|libgcc-s1(:.*)?|.*-dev|libgnutls.*' || true
}

download_other() {
    local -a names
    mapfile -t names < <(printf '%s\n' "$(packages_of "$2")" "$(libraries_of "$2")" | sed '/^$/d' | sort -u)
    (cd "$1" && apt-get download -q -o APT::Sandbox::User=root "${names[@]}") >"$1/apt.log" 2>&1
}

# get_other PACKAGES BUNDLE
get_other() {
    local target=$1/$2 archive missing
    unpacked "$target" && return 0
    mkdir -p "$target"
    exec 9>"$target/lock"
    flock 9
    unpacked "$target" && return 0
    rm -rf "$target/new"
    mkdir -p "$target/new/archives" "$target/new/root"
    if ! download_other "$target/new/archives" "$2"; then
        apt-get update -q >"$target/new/update.log" 2>&1 ||
            die "apt-get update failed: $(tail -n 3 "$target/new/update.log")"
        download_other "$target/new/archives" "$2" ||
            die "cannot download $2: $(tail -n 5 "$target/new/archives/apt.log")"
    fi
    for archive in "$target"/new/archives/*.deb; do
        dpkg-deb --extract "$archive" "$target/new/root"
    done
    missing=$(LD_LIBRARY_PATH=$(library_path "$target/new/root") ldd "$(server_of "$target/new/root" "$2")" |
        sed -n 's/=> not found//p')
    [[ -z $missing ]] || die "libraries that no package of $2 brought:" "$missing"
    rm -rf "$target/root"
    mv "$target/new/root" "$target/root"
    rm -rf "$target/new"
    printf '%s\n' "$unpacking" >"$target/stamp"
}

# The program that speaks IMAP; of the tools, the one with libraries of its own.
server_of() {
    case $2 in
    tools) printf '%s\n' "$1/usr/bin/strace" ;;
    courier) printf '%s\n' "$1/usr/bin/imapd" ;;
    cyrus) printf '%s\n' "$1/usr/lib/cyrus/bin/imapd" ;;
    esac
}

# The folder that a user's mail lies in must be theirs.
owned() {
    install -d -m 0700 -o "$mail_account" -g "$mail_account" "$@"
}

launch_courier() {
    local dir=$1 box
    owned "$dir/courier"
    for box in '' .Junk .Sent; do
        owned "$dir/courier/Maildir/$box"{,/cur,/new,/tmp}
    done
    launch "$dir" courier "$root/usr/sbin/couriertcpd" -address=127.0.0.1 -nodnslookup \
        -noidentlookup -maxprocs=40 -maxperip=40 -user="$mail_account" -group="$mail_account" \
        "$imap" /bin/bash "$here/post-office.d/courier-login.sh" \
        "$root/usr/bin/imapd" "$dir/courier" "$other_user" "$password"
}

launch_cyrus() {
    local dir=$1 sasl
    sasl=$(printf '%s\n' "$root"/usr/lib/*/sasl2)
    owned "$dir/cyrus" "$dir/cyrus/conf" "$dir/cyrus/spool" "$dir/cyrus/run"
    cat >"$dir/cyrus/imapd.conf" <<END
configdirectory: $dir/cyrus/conf
defaultpartition: default
partition-default: $dir/cyrus/spool
cyrus_user: $mail_account
cyrus_group: $mail_account
servername: localhost
allowplaintext: yes
sasl_mech_list: PLAIN LOGIN
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: $dir/cyrus/sasldb2
autocreate_quota: 0
autocreate_inbox_folders: Dust | Outgoing
xlist-junk: Dust
xlist-sent: Outgoing
altnamespace: no
unixhierarchysep: no
specialusealways: no
proc_path: $dir/cyrus/run/proc
idlesocket: $dir/cyrus/run/idle
notifysocket: $dir/cyrus/run/notify
END
    cat >"$dir/cyrus/cyrus.conf" <<END
START {
  recover cmd="$root/usr/lib/cyrus/bin/ctl_cyrusdb -C $dir/cyrus/imapd.conf -r"
}
SERVICES {
  imap cmd="$root/usr/lib/cyrus/bin/imapd -C $dir/cyrus/imapd.conf" listen="127.0.0.1:$imap" prefork=0
}
EVENTS {
}
END
    printf '%s\n' "$password" | LD_LIBRARY_PATH=$(library_path "$root") SASL_PATH=$sasl \
        "$root/usr/sbin/saslpasswd2" -p -c -f "$dir/cyrus/sasldb2" -u localhost "$other_user"
    chown "$mail_account:$mail_account" "$dir"/cyrus/*
    launch "$dir" cyrus env SASL_PATH="$sasl" "$root/usr/lib/cyrus/bin/master" \
        -C "$dir/cyrus/imapd.conf" -M "$dir/cyrus/cyrus.conf" -p "$dir/cyrus/run/pid" -D
}

# One login proves the listener and the account.
other_answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$imap" || return 1
    printf 'a LOGIN %s %s\r\n' "$other_user" "$password" >&3
    while read -r -t 5 -u 3 line; do
        [[ $line != 'a OK '* ]] || { exec 3>&-; return 0; }
    done
    exec 3>&-
    return 1
}

# start_other SERVER DIR: until stdin is closed; then it ends and DIR is removed.
start_other() {
    local server=${1:?start-other needs a server} attempt
    dir=$(absolute "${2:?start-other needs a directory}")
    [[ " $others " == *" $server "* ]] || die "no such server: $server (there are: $others)"
    root=$(readlink -m -- "$packages")/$server/root
    unpacked "${root%/root}" || die "no packages of $server. Run: docker/post-office get"
    [[ ! -e $dir || -z $(ls -A "$dir") ]] || die "$dir is removed at the end, but it is not empty"
    trap 'end_processes "$dir" "$server" || true; remove "$dir"' EXIT
    trap 'exit 1' INT TERM HUP
    mkdir -p "$dir"
    chmod 0711 "$dir"
    for attempt in 1 2 3 4 5; do
        imap=$(free_ports 1)
        taken=
        "launch_$server" "$dir"
        await "$dir" "$server" "$dir/$server.out" other_answers
        [[ -n $taken ]] || break
        end_processes "$dir" "$server"
        ((attempt < 5)) || die 'five times, a port was taken just before it could be used'
    done
    printf 'imap=%s\n' "$imap"
    exec >>"$dir/post-office.log" 2>&1
    while read -r; do :; done
    exit 0
}
