package whoami

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/legible"
	"github.com/go-pme/pme/internal/provider"
)

// What an answer may have, in bytes and in groups.
const (
	maxAnswer = 64 << 10
	maxText   = 255
	maxGroup  = 1024 // that of a directory can be a path
	maxGroups = 2000
)

// parse reads who is signed in out of an answer of the host. Its errors name the member that is wrong, and no value.
func parse(contentType string, body []byte, now time.Time) (*identity.User, error) {
	if err := checkForm(contentType, body); err != nil {
		return nil, err
	}
	members, err := membersOf(body)
	if err != nil {
		return nil, err
	}
	r := reading{members: members}
	u := &identity.User{
		ID: r.text("id"), Session: r.text("session"), Name: displayname.Clean(r.string("name")), Groups: r.groups(), Email: r.email(),
		SignedInAt: r.time("signed_in_at"), AuthenticatedAt: r.time("authenticated_at"),
	}
	u.EmailVerified = r.bool("email_verified") && u.Email != ""
	switch {
	case r.err != nil:
		return nil, r.err
	case u.ID == "":
		return nil, errors.New("id is missing: the answer for a request without a signed-in user is 401")
	case u.AuthenticatedAt.After(now.Add(maxAhead)):
		return nil, errors.New("authenticated_at is in the future: look at the clocks of the hosts")
	}
	return u, nil
}

// maxAhead is how far the clock of the host may be ahead of this one.
const maxAhead = time.Minute

// checkForm refuses what is not JSON as RFC 8259 §8.1 has it, and is so read as something else by other programs.
func checkForm(contentType string, body []byte) error {
	kind, parameters, err := mime.ParseMediaType(contentType)
	charset, has := parameters["charset"]
	switch {
	case err != nil || kind != "application/json":
		return fmt.Errorf("the Content-Type is %.60q, and must be application/json", contentType)
	case has && !strings.EqualFold(charset, "utf-8"):
		return errors.New("the charset of the Content-Type must be utf-8, or left out")
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return errors.New("the JSON begins with a byte order mark: save the source of the host without one")
	case !utf8.Valid(body):
		return errors.New("the JSON is not UTF-8")
	case !json.Valid(body):
		return errors.New("the body is not JSON, or goes on after it, or is nested too deeply")
	}
	return nil
}

// membersOf returns the members of a JSON object by their exact names. It refuses a name that occurs twice: which of
// two values counts differs from reader to reader (RFC 8259 §4).
func membersOf(body []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errors.New("the JSON is not an object")
	}
	members := make(map[string]json.RawMessage)
	for d.More() {
		token, err := d.Token()
		name, _ := token.(string)
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return nil, errors.New("the JSON cannot be read")
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("the member %.40q is there twice", name)
		}
		members[name] = value
	}
	return members, nil
}

// A reading takes members as values of Go, and remembers the first that is wrong. A member that is null counts as
// left out.
type reading struct {
	members map[string]json.RawMessage
	err     error
}

func (r *reading) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// value reads the member into a pointer of the only type that it may have, or leaves that as it is.
func (r *reading) value(name, kind string, into any) {
	if raw := r.members[name]; raw != nil && string(raw) != "null" {
		r.read(name, raw, kind, into)
	}
}

func (r *reading) read(name string, raw json.RawMessage, kind string, into any) {
	if json.Unmarshal(raw, into) != nil {
		r.fail("%s is %s, and must be %s", name, kindOf(raw), kind)
	}
}

func kindOf(raw json.RawMessage) string {
	switch raw[0] {
	case '"':
		return "a text"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

func (r *reading) bool(name string) (b bool) {
	r.value(name, "true or false", &b)
	return b
}

// string reads a text as it is.
func (r *reading) string(name string) (s string) {
	r.value(name, "a text", &s)
	return s
}

// text reads a text that is compared or stored.
func (r *reading) text(name string) string {
	s := r.string(name)
	r.check(name, s, maxText)
	if wrong := legible.InValue(s); wrong != "" {
		r.fail("%s %s", name, wrong)
	}
	return s
}

// check refuses what may be another text: JSON's \ud800 alone becomes U+FFFD like any other.
func (r *reading) check(name, s string, most int) {
	if len(s) > most {
		r.fail("%s is longer than %d bytes", name, most)
	}
	if strings.ContainsRune(s, utf8.RuneError) {
		r.fail("%s has U+FFFD in it, which stands for characters that were lost", name)
	}
}

func (r *reading) groups() []string {
	var elements []json.RawMessage
	r.value("groups", "an array of texts", &elements)
	if len(elements) > maxGroups {
		r.fail("groups has more than %d elements", maxGroups)
		return nil
	}
	var groups []string
	for i, raw := range elements {
		var group string
		name := fmt.Sprintf("groups[%d]", i)
		if string(raw) == "null" {
			r.fail("%s is null, and must be a text", name)
		}
		r.read(name, raw, "a text", &group)
		r.check(name, group, maxGroup)
		if fault, ok := legible.InName(group); ok {
			r.fail("%s: %s", name, fault)
		}
		groups = append(groups, group)
	}
	return groups
}

// email returns an address that is well formed, or "".
func (r *reading) email() string {
	email := r.string("email")
	if len(email) > maxText {
		return ""
	}
	return provider.VerifiedEmail(map[string]any{"email_verified": true, "email": email})
}

// time reads seconds since 1970, or a time as RFC 3339 writes it.
func (r *reading) time(name string) time.Time {
	raw := r.members[name]
	if len(raw) > 0 && raw[0] == '"' {
		t, err := time.Parse(time.RFC3339, r.string(name))
		if err != nil {
			r.fail("%s must be a number of seconds since 1970, or a time such as 2026-01-31T08:00:00Z", name)
		}
		return t
	}
	var seconds float64
	r.value(name, "a number of seconds since 1970, or a text such as 2026-01-31T08:00:00Z", &seconds)
	switch {
	case seconds == 0:
		return time.Time{}
	case seconds < 0 || seconds > 1<<36:
		r.fail("%s is no number of seconds since 1970; are they milliseconds?", name)
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000))
}
