package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
)

// maxIdentity is how long a user or an address may be, in bytes, and how much is read of a name that is not UTF-8.
const maxIdentity = 1024

var errPlaceholder = fmt.Errorf("%w: the proxy sent a placeholder for the user", ErrNotSignedIn)

// user returns the user that the proxy names. The ID must be valid. Other values that are not valid are left out.
func (t *trustedRecognizer) user(ctx context.Context, said map[string]string) (*identity.User, error) {
	id := said[t.cfg.User]
	switch {
	case isPlaceholder(id) || isNoName(id):
		return nil, errPlaceholder
	case id == "":
		return nil, untrustedHeader("the header " + t.cfg.User + " is missing or empty")
	case !isOne(id):
		return nil, untrustedHeader("the user is a list, too long, or has characters that names do not have")
	}
	email, err := t.email(ctx, id, said[t.cfg.Email])
	if err != nil {
		return nil, err
	}
	return &identity.User{
		ID: id, Email: email, EmailVerified: email != "" && t.cfg.EmailVerified,
		Name: displayed(said[t.cfg.Name]), Groups: t.groups(ctx, id, said[t.cfg.Groups]),
	}, nil
}

// email returns an address that is in order, or none. A list is what becomes of two headers on the way, one of which
// the proxy has not written.
func (t *trustedRecognizer) email(ctx context.Context, id, email string) (string, error) {
	switch {
	case isPlaceholder(email):
		return "", nil
	case isOne(email):
		return email, nil
	case strings.Contains(email, ","):
		return "", untrustedHeader("the e-mail address is a list")
	}
	t.log.leftOut(ctx, id, t.cfg.Email, email)
	return "", nil
}

// groups returns the groups that are in order.
func (t *trustedRecognizer) groups(ctx context.Context, id, list string) (groups []string) {
	if isPlaceholder(list) {
		return nil
	}
	for group := range strings.SplitSeq(list, t.cfg.GroupSeparator) {
		// Not TrimSpace: a group whose name ends in another space is another group.
		group = strings.Trim(group, " \t")
		switch {
		case group == "" || isPlaceholder(group):
		case isPlain(group):
			groups = append(groups, group)
		default:
			t.log.leftOut(ctx, id, t.cfg.Groups, group)
		}
	}
	return groups
}

// displayed makes a name fit to be shown. Old servers write Latin-1, which is what HTTP once said headers are in.
func displayed(name string) string {
	if isPlaceholder(name) {
		return ""
	}
	if !utf8.ValidString(name) {
		latin1 := []byte(name[:min(len(name), maxIdentity)])
		runes := make([]rune, len(latin1))
		for i, c := range latin1 {
			runes[i] = rune(c)
		}
		name = string(runes)
	}
	return displayname.Clean(name)
}

// placeholders are what programs write for a value that is missing. No user, address or group is called so: Apache
// httpd writes (null), Envoy and HAProxy write a hyphen.
var placeholders = []string{"-", "(null)", "(none)", "(nil)", "(undefined)", "<null>", "<none>", "<nil>", "<undefined>", "<no value>", "<anonymous>", "(anonymous)"}

func isPlaceholder(s string) bool {
	return s != "" && len(s) < 16 && slices.Contains(placeholders, strings.ToLower(strings.TrimSpace(s)))
}

// noNames are words that programs write for a user who is missing. A group may be called so.
var noNames = []string{"null", "nil", "none", "undefined", "anonymous"}

func isNoName(s string) bool {
	return s != "" && len(s) < 16 && slices.Contains(noNames, strings.ToLower(strings.TrimSpace(s)))
}

// isOne reports whether s can be the name of one person. A comma is where two headers were made into one
// on the way (RFC 9110 §5.3).
func isOne(s string) bool {
	return len(s) <= maxIdentity && isPlain(s) && !strings.Contains(s, ",") && strings.TrimSpace(s) == s
}

// isPlain reports whether s is UTF-8 without anything that cannot be seen.
func isPlain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

const (
	mostNoted = 256 // values that are remembered as logged
	maxQuoted = 100 // bytes of a value that are logged
)

// onceLog logs what is left out of headers, each value once.
type onceLog struct {
	logger *slog.Logger
	mu     sync.Mutex
	noted  map[string]bool
}

// leftOut tells the operator what is wrong with a user's header. It quotes the value so that what cannot be seen
// is.
func (l *onceLog) leftOut(ctx context.Context, user, header, value string) {
	quoted := strconv.QuoteToASCII(value[:min(len(value), maxQuoted)])
	if !l.first(header + quoted) {
		return
	}
	l.logger.LogAttrs(ctx, slog.LevelWarn, "value of a trusted header left out",
		slog.String("user", user), slog.String("header", header), slog.String("value", quoted),
		slog.String("detail", "it is not UTF-8, is too long, or has characters that cannot be seen or spaces that look like others: correct it where the proxy gets it"))
}

// first reports whether key is new. It forgets all when there is too much.
func (l *onceLog) first(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.noted[key] {
		return false
	}
	if l.noted == nil || len(l.noted) >= mostNoted {
		l.noted = make(map[string]bool)
	}
	l.noted[key] = true
	return true
}
