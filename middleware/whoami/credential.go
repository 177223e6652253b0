package whoami

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"sync"

	"github.com/go-pme/pme/middleware"
)

// maxCredential is how many bytes of cookies and headers are passed on. Most servers take no more.
const maxCredential = 8 << 10

var errNoCredential = fmt.Errorf("%w: none of the named cookies and headers", middleware.ErrNotSignedIn)

var errLong = unreadable("the cookies and headers for the host are longer than 8 KiB")

// A part is a cookie or a header that is passed on.
type part struct {
	cookie      bool
	name, value string
	text        string // what is passed on: the value of a header, or a cookie with its name, as it stands in the request
}

// A credential is all that is passed on of a request, in the order of the request, where cookies have one.
type credential []part

// credentialOf returns what r has of the named cookies and headers. Cookies with the same name are all passed on,
// as the browser sent them: which of them counts, and what a space means, is the host's decision, as on its own pages. A
// cookie or a header without a value counts as none.
func (cfg *Config) credentialOf(r *http.Request) (credential, error) {
	var c credential
	size := 0
	for _, line := range r.Header["Cookie"] {
		for rest := line; rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, ";")
			name, value, _ := strings.Cut(pair, "=")
			name, value = textproto.TrimString(name), textproto.TrimString(value)
			if value == "" || !slices.Contains(cfg.Cookies, name) {
				continue
			}
			if size += len(pair) + len("; "); size > maxCredential {
				return nil, errLong
			}
			c = append(c, part{true, name, value, textproto.TrimString(pair)})
		}
	}
	for _, name := range cfg.Headers {
		values := r.Header[name]
		if len(values) > 1 { // another program on the way may have looked at either of them
			return nil, unreadable("there are several headers " + name)
		}
		if len(values) == 1 && values[0] != "" {
			if size += len(name) + len(values[0]); size > maxCredential {
				return nil, errLong
			}
			c = append(c, part{false, name, values[0], values[0]})
		}
	}
	return c, c.check()
}

// check refuses what net/http would not send. Its own server lets no such value in (RFC 9110 §5.5).
func (c credential) check() error {
	for _, p := range c {
		if strings.ContainsFunc(p.text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return unreadable("control characters in " + p.String())
		}
	}
	return nil
}

// String says what it is, without the value.
func (p part) String() string {
	if p.cookie {
		return fmt.Sprintf("the cookie %q", p.name)
	}
	return "the header " + p.name
}

// writeTo adds c to the headers of a question.
func (c credential) writeTo(h http.Header) {
	var cookies []string
	for _, p := range c {
		if p.cookie {
			cookies = append(cookies, p.text)
		} else {
			h[p.name] = []string{p.text}
		}
	}
	if cookies != nil {
		h["Cookie"] = []string{strings.Join(cookies, "; ")}
	}
}

// has reports whether s is one of the values, or the token after a scheme: then s opens the session, and is not fit to
// be stored.
func (c credential) has(s string) bool {
	return slices.ContainsFunc(c, func(p part) bool {
		return strings.Trim(p.value, `"`) == s || !p.cookie && strings.HasSuffix(p.value, " "+s)
	})
}

// key is what c is remembered under: a keyed hash (RFC 2104), so that memory has nothing to compare a guess with.
func (c credential) key(keyed *sync.Pool) string {
	h := keyed.Get().(hash.Hash) //nolint:forcetypeassert // newKeyed puts nothing else in
	defer keyed.Put(h)
	h.Reset()
	_, _ = h.Write(c.encode(make([]byte, 0, 512)))
	return string(h.Sum(make([]byte, 0, sha256.Size)))
}

// newKeyed returns hashes with a key that no one knows.
func newKeyed() *sync.Pool {
	secret := make([]byte, sha256.Size)
	_, _ = rand.Read(secret) // never fails
	return &sync.Pool{New: func() any { return hmac.New(sha256.New, secret) }}
}

// session names the session of c where the host does not. It is the same in all replicas, so it has no key.
func (c credential) session() string {
	sum := sha256.Sum256(c.encode([]byte("pme whoami session\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// encode appends c to b with lengths, so that no two credentials are the same.
func (c credential) encode(b []byte) []byte {
	for _, p := range c {
		kind := byte('h')
		if p.cookie {
			kind = 'c'
		}
		b = append(b, kind)
		b = binary.AppendUvarint(b, uint64(len(p.name)))
		b = append(b, p.name...)
		b = binary.AppendUvarint(b, uint64(len(p.text)))
		b = append(b, p.text...)
	}
	return b
}

func unreadable(reason string) error {
	return &middleware.Rejection{
		Status: http.StatusBadRequest, Code: "invalid_request",
		Text: "The cookies or headers of the sign-in are not in order.", Reason: reason,
	}
}
