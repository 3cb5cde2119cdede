# shellcheck shell=bash
# Stands before Courier's imapd, with the client on standard input and output: takes one
# LOGIN and becomes the server.
# courier-login.sh IMAPD HOME USER PASSWORD
imapd=$1 home=$2 user=$3 password=$4
say() {
    printf '%s\r\n' "$*"
}
say '* OK [CAPABILITY IMAP4rev1] Courier-IMAP behind a login of the tests'
while IFS=' ' read -r -t 60 tag verb rest; do
    rest=${rest//[$'\r"']/}
    verb=${verb%$'\r'}
    case ${verb^^} in
    CAPABILITY) say '* CAPABILITY IMAP4rev1' && say "$tag OK done" ;;
    LOGOUT) say '* BYE' && say "$tag OK bye" && exit 0 ;;
    LOGIN)
        if [[ $rest == "$user $password" ]]; then
            cd "$home" || exit 1
            export AUTHENTICATED=$user AUTHADDR=$user IMAPLOGINTAG=$tag MAILDIR=Maildir
            # As Debian has it, without IDLE; MOVE it does not know.
            export IMAP_CAPABILITY='IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA'
            export IMAP_USELOCKS=1 IMAP_KEYWORDS=1 IMAP_ACL=1 IMAP_ENHANCEDIDLE=0
            exec "$imapd" Maildir
        fi
        say "$tag NO Login failed." ;;
    *) say "$tag BAD what?" ;;
    esac
done
