# shellcheck shell=bash disable=SC2154 # what is not assigned here, post-office assigns
# Writes Postfix's configuration and starts its master: an SMTP port that takes
# reports, and two submission ports with AUTH, one with TLS and one with
# STARTTLS. What it accepts goes to Dovecot by LMTP, as it came; there is no way
# to any other host.

postfix_directories() {
    local dir=$1 folder
    install -d -m 0755 "$dir/spool" "$dir/spool/pid" "$dir/postfix"
    install -d -m 0700 -o "$postfix_account" "$dir/postfix-data"
    for folder in active bounce corrupt defer deferred flush hold incoming private saved trace; do
        install -d -m 0700 -o "$postfix_account" "$dir/spool/$folder"
    done
    install -d -m 0710 -o "$postfix_account" -g "$postfix_group" "$dir/spool/public"
    install -d -m 0730 -o "$postfix_account" -g "$postfix_group" "$dir/spool/maildrop"
}

postfix_configuration() {
    local dir=$1
    cat "$dir/tls/server.key" "$dir/tls/server.pem" >"$dir/tls/server-chain.pem"
    chmod 0600 "$dir/tls/server-chain.pem"
    cat >"$dir/postfix/main.cf" <<END
compatibility_level = 3.6
daemon_directory = $root/usr/lib/postfix/sbin
command_directory = $root/usr/sbin
shlib_directory = $root/usr/lib/postfix
meta_directory = $dir/postfix
data_directory = $dir/postfix-data
queue_directory = $dir/spool
mail_owner = $postfix_account
setgid_group = $postfix_group
default_privs = $nobody
import_environment = MAIL_CONFIG TZ LD_LIBRARY_PATH $(clock_names "$dir")
maillog_file = $dir/postfix.log
maillog_file_prefixes = $dir

# Only this machine, no name lookups, no way out.
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
myhostname = mail.example.org
mydestination =
disable_dns_lookups = yes
smtp_host_lookup = native
lmtp_host_lookup = native
smtpd_peername_lookup = no
local_transport = error:5.1.1 no local mail
default_transport = error:5.7.1 no mail leaves this machine
relay_transport = error:5.7.1 no mail leaves this machine
relay_domains =
alias_maps =
virtual_alias_domains =
virtual_alias_maps =
virtual_mailbox_domains = $domains
virtual_transport = lmtp:unix:private/dovecot-lmtp

# As it came: nothing rewritten, added, folded, converted or cut.
local_header_rewrite_clients =
append_dot_mydomain = no
disable_mime_input_processing = yes
disable_mime_output_conversion = yes
smtputf8_enable = no
lmtp_line_length_limit = 0
header_size_limit = 134217728
message_size_limit = 134217728
mailbox_size_limit = 0
lmtp_send_xforward_command = no

smtpd_banner = mail.example.org ESMTP post office $id
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{ {refused@example.net = 550 5.1.1 This mailbox refuses all mail} }
smtpd_tls_chain_files = $dir/tls/server-chain.pem
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_client_connection_count_limit = 0
in_flow_delay = 0
notify_classes =
END
    postfix_services >"$dir/postfix/master.cf"
    # Postfix waits until a file is older than a second, by its own clock.
    touch -d 2000-01-01 "$dir/postfix/main.cf" "$dir/postfix/master.cf"
}

postfix_services() {
    local name command
    cat <<END
127.0.0.1:$smtp inet n - n - - smtpd
  -o smtpd_sasl_auth_enable=yes
127.0.0.1:$submission inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:$smtps inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
proxymap unix - - n - - proxymap
END
    for name in rewrite:trivial-rewrite bounce:bounce defer:bounce trace:bounce verify:verify \
        error:error retry:error discard:discard lmtp:lmtp anvil:anvil scache:scache; do
        command=${name#*:}
        case $command in
        bounce) printf '%s unix - - n - 0 %s\n' "${name%:*}" "$command" ;;
        verify | anvil | scache) printf '%s unix - - n - 1 %s\n' "${name%:*}" "$command" ;;
        *) printf '%s unix - - n - - %s\n' "${name%:*}" "$command" ;;
        esac
    done
}

smtp_answers() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$smtp" || return 1
    read -r -t 5 -u 3 line || line=
    printf 'QUIT\r\n' >&3
    exec 3>&-
    [[ $line == 220*"$id"* ]]
}

# How many sockets listen on the port of 127.0.0.1; state 0A is LISTEN.
listeners() {
    local address
    printf -v address '0100007F:%04X' "$1"
    grep -cE "^ *[0-9]+: $address [0-9A-F:]+ 0A " /proc/net/tcp || true
}

# Postfix listens with SO_REUSEPORT: two of them can take the same port and
# share its connections, where Dovecot would report the clash.
alone_on() {
    (($(listeners "$smtp") == $1 && $(listeners "$smtps") == $1 &&
        $(listeners "$submission") == $1))
}

# Master itself, in the foreground of its own session: `postfix start` would
# first want the files of an installed Postfix and their owners.
start_postfix() {
    local dir=$1
    alone_on 0 || { taken=1 && return 0; }
    : >"$dir/postfix.log"
    launch "$dir" postfix "$root/usr/lib/postfix/sbin/master" -c "$dir/postfix" -d
    await "$dir" postfix "$dir/postfix.log" smtp_answers
    # shellcheck disable=SC2034 # for the caller
    alone_on 1 || taken=1
}
