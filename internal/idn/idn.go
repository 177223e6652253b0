// Package idn knows that an internationalized domain has two spellings: bücher.example and
// xn--bcher-kva.example (RFC 5890). It serves the comparison of domains that an operator wrote, never a look-up.
package idn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// prefix is that of a label in ASCII that stands for one in Unicode.
const prefix = "xn--"

// maxLabel is the longest label in bytes (RFC 1035, section 2.3.4).
const maxLabel = 63

// Twin returns the other spelling of a domain in lower case, and false if it has none. It does not map characters as
// browsers do: a label in Unicode has to be in lower case and in form NFC.
func Twin(domain string) (twin string, ok bool) {
	labels := strings.Split(domain, ".")
	for i, label := range labels {
		other, changed, valid := twinLabel(label)
		if !valid {
			return "", false
		}
		labels[i], ok = other, ok || changed
	}
	twin = strings.Join(labels, ".")
	return twin, ok && !mixed(domain)
}

// mixed reports whether a domain has labels of both spellings: then it has more than one twin.
func mixed(domain string) bool {
	return strings.Contains("."+domain, "."+prefix) && isUnicode(domain)
}

func isUnicode(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

func twinLabel(label string) (twin string, changed, valid bool) {
	if encoded, ok := strings.CutPrefix(label, prefix); ok {
		decoded, ok := decode(encoded)
		again, valid := encode(decoded)
		return decoded, true, ok && valid && again == encoded && len(label) <= maxLabel && isUnicode(decoded) && isLabel(decoded)
	}
	if !isUnicode(label) {
		return label, false, true
	}
	encoded, ok := encode(label)
	return prefix + encoded, true, ok && isLabel(label) && len(prefix+encoded) <= maxLabel
}

// isLabel reports whether a label in Unicode is one of letters, digits and hyphens in lower case.
func isLabel(label string) bool {
	return utf8.ValidString(label) && !strings.HasPrefix(label, prefix) && !strings.ContainsFunc(label, func(r rune) bool {
		return r != '-' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd) || unicode.ToLower(r) != r
	})
}
