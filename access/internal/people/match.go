package people

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/internal/idn"
)

// MaxAddress is the longest address there can be: RFC 5321, section 4.5.3.1.3, less the angle brackets.
const MaxAddress = 254

// DomainStart returns where in an address the domain starts. It is false for anything that does not have
// exactly one "@" with text on both sides, so that "a@evil.com@example.com" is not an address,
// and for addresses with spaces, control characters or broken UTF-8 in them.
func DomainStart(address string) (int, bool) {
	at := -1
	for i, r := range address {
		switch {
		case r == '@' && at >= 0:
			return 0, false
		case r == '@':
			at = i
		case r <= ' ', r == 0x7f:
			return 0, false
		case r >= utf8.RuneSelf && (r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r)):
			return 0, false
		}
	}
	return at + 1, at > 0 && at < len(address)-1 && len(address) <= MaxAddress
}

// Address returns an address and its domain as they are compared. It is false for a text that is no address.
func Address(text string) (address, domain string, ok bool) {
	start, ok := DomainStart(text)
	if !ok {
		return "", "", false
	}
	address = Fold(Emails, text)
	return address, address[start:], true
}

// IsAddress reports whether s can be an entry of a rule's Emails.
func IsAddress(s string) bool {
	i, ok := DomainStart(s)
	return ok && !strings.Contains(s, "*") && isMailbox(s[:i-1]) && IsDomain(s[i:])
}

// IsDomain reports whether s can be an entry of a rule's Domains. Wildcards are refused because they would
// be taken literally, and so would match no user.
func IsDomain(s string) bool {
	_, ok := DomainStart("a@" + s)
	return ok && !strings.Contains("."+s+".", "..") && (isLiteral(s) || !strings.ContainsFunc(s, notInDomain))
}

// isMailbox reports whether s can stand before the "@". Text in quotation marks may be anything. Otherwise the
// characters around an address, as in "Alice <alice@example.com>", do not belong to it (RFC 5322, section 3.2.3).
func isMailbox(s string) bool {
	return strings.HasPrefix(s, `"`) || !strings.ContainsAny(s, `()<>[]:;,\"`)
}

// isLiteral reports whether s has the form of an address of the network in place of a domain (RFC 5321, section 4.1.3).
func isLiteral(s string) bool { return strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") }

// notInDomain reports whether c is an ASCII character that no domain has. Underscores are allowed, as some
// internal domains have them.
func notInDomain(c rune) bool {
	return c < utf8.RuneSelf && c != '-' && c != '.' && c != '_' && !unicode.IsLetter(c) && !unicode.IsDigit(c)
}

// Spellings returns an entry as it is compared, and the other spelling of an internationalized domain.
func Spellings(k Kind, value string) []string {
	value = Fold(k, value)
	if k != Emails && k != Domains {
		return []string{value}
	}
	at := strings.IndexByte(value, '@') + 1
	twin, ok := idn.Twin(value[at:])
	if !ok {
		return []string{value}
	}
	return []string{value, value[:at] + twin}
}

// Fold returns an entry of a rule as it is compared.
func Fold(k Kind, value string) string {
	if k == Emails || k == Domains {
		return string(AppendLower(nil, value))
	}
	return value
}

// AppendLower appends s with ASCII letters in lower case. Other letters stay as they are: Unicode's rules
// would make the Kelvin sign a "k".
func AppendLower(dst []byte, s string) []byte {
	start := len(dst)
	dst = append(dst, s...)
	for i, c := range dst[start:] {
		if 'A' <= c && c <= 'Z' {
			dst[start+i] = c + 'a' - 'A'
		}
	}
	return dst
}
