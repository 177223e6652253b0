package access_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/access/selector"
	"github.com/go-pme/pme/identity"
)

// The reference goes through the rules one by one, as the package's documentation says it.

var modelID = regexp.MustCompile("^([0-9A-Za-z]{11}|[0-9A-Za-z]{25})$")

// A world is what a question is asked in: rules, what their selectors stand for, and a time.
type world struct {
	list       access.List
	resolution selector.Resolution
	now        time.Time
}

func (w world) allowed(u *identity.User, model string) bool {
	return slices.ContainsFunc(w.list, func(r access.Rule) bool { return w.rule(r, u, model) })
}

// rule reports whether one rule allows it.
func (w world) rule(r access.Rule, u *identity.User, model string) bool {
	return modelID.MatchString(model) && referenceMatches(r, u) && !referenceExcepted(r.Except, u) && w.holds(r) &&
		w.selects(r.Models, model) && !w.excludes(r.Except.Models, model) && !w.stopped(r)
}

func (w world) holds(r access.Rule) bool {
	return (r.From.IsZero() || !w.now.Before(r.From)) && (r.Until.IsZero() || w.now.Before(r.Until))
}

func (w world) selects(entries []string, model string) bool {
	return slices.ContainsFunc(entries, func(e string) bool {
		return e == model || e == "*" && len(model) == 11 || slices.Contains(w.result(e).Models, model)
	})
}

func (w world) excludes(entries []string, model string) bool {
	return slices.ContainsFunc(entries, func(e string) bool {
		return e == model || slices.Contains(w.result(e).Models, model) || slices.Contains(w.result(e).Doubtful, model)
	})
}

// stopped reports whether the rule excepts a selector that is not resolved.
func (w world) stopped(r access.Rule) bool {
	return slices.ContainsFunc(r.Except.Models, func(e string) bool { return selector.Is(e) && (w.result(e).At.IsZero() || w.result(e).Missing) })
}

func (w world) result(entry string) selector.Result {
	s, err := selector.Parse(entry)
	if err != nil {
		return selector.Result{}
	}
	return w.resolution[s]
}

// until returns the first instant after now at which the model is no longer allowed: answers change at dates only.
func (w world) until(u *identity.User, model string) time.Time {
	var dates []time.Time
	for _, r := range w.list {
		dates = append(dates, r.From, r.Until)
	}
	slices.SortFunc(dates, time.Time.Compare)
	for _, date := range dates {
		if date.After(w.now) && !(world{w.list, w.resolution, date}).allowed(u, model) {
			return date
		}
	}
	return time.Time{}
}

func (w world) grants(u *identity.User) access.Grants {
	names := map[string]string{}
	for _, r := range w.list {
		for id, name := range r.Names {
			names[id] = name
		}
	}
	var g access.Grants
	for _, r := range w.list {
		if !referenceMatches(r, u) || referenceExcepted(r.Except, u) || !w.holds(r) || w.stopped(r) {
			continue
		}
		for _, e := range r.Models {
			ids := []string{e}
			switch {
			case e == "*":
				g.Open = true
				continue
			case selector.Is(e):
				ids = w.result(e).Models
			}
			for _, id := range ids {
				m := access.Model{ID: id, Name: names[id]}
				if !w.excludes(r.Except.Models, id) && !slices.Contains(g.Models, m) {
					g.Models = append(g.Models, m)
				}
			}
		}
	}
	return g
}

func referenceMatches(r access.Rule, u *identity.User) bool {
	if u == nil || u.ID == "" {
		return false
	}
	return slices.Contains(r.Users, u.ID) || shareEntry(r.Groups, u.Groups) || u.EmailVerified && matchesAddress(r.Emails, r.Domains, u.Email)
}

// referenceExcepted reports whether the rule excludes the person, whose address need not be verified for that.
func referenceExcepted(e access.Except, u *identity.User) bool {
	return slices.Contains(e.Users, u.ID) || shareEntry(e.Groups, u.Groups) || matchesAddress(e.Emails, e.Domains, strings.TrimSpace(u.Email))
}

func shareEntry(entries, groups []string) bool {
	return slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(entries, g) })
}

func matchesAddress(emails, domains []string, address string) bool {
	parts := strings.Split(address, "@")
	strange := func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" || strings.ContainsFunc(address, strange) {
		return false
	}
	same := func(a string) func(string) bool {
		return func(b string) bool { return lowerASCII(a) == lowerASCII(b) }
	}
	return slices.ContainsFunc(emails, same(address)) || slices.ContainsFunc(domains, same(parts[1]))
}

func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if c <= unicode.MaxASCII {
			return unicode.ToLower(c)
		}
		return c
	}, s)
}

func TestTableDecidesLikeTheReference(t *testing.T) {
	const seed = 1
	r := rand.New(rand.NewPCG(seed, seed))
	lists, allowed, refused, ends := 0, 0, 0, 0
	for range 10_000 {
		w, table := randomWorld(r)
		if table == nil {
			continue // a rule without people or models, or with one address twice
		}
		lists++
		for range 20 {
			u, model := randomUser(r), one(r, poolModels, poolModels, nearModels, []string{viewOfOffice})
			w.now = randomNow(r)
			until := w.expect(t, table, u, model)
			switch {
			case w.allowed(u, model) && !until.IsZero():
				ends++
			case w.allowed(u, model):
				allowed++
			default:
				refused++
			}
		}
	}
	if lists < 2_000 || allowed < 5_000 || refused < 5_000 || ends < 2_000 {
		t.Errorf("%d lists, %d times allowed, %d times refused, %d ends: too few to say anything", lists, allowed, refused, ends)
	}
	t.Logf("%d lists, %d times allowed for ever, %d times refused, %d ends", lists, allowed, refused, ends)
}

// expect compares a policy's answers with those of the reference, and returns the end of the grant.
func (w world) expect(t *testing.T, table *access.Table, u *identity.User, model string) (until time.Time) {
	t.Helper()
	ctx := access.WithTime(t.Context(), w.now)
	want := w.allowed(u, model)
	if want {
		until = w.until(u, model)
	}
	got, err := table.Allowed(ctx, u, model)
	if got != want || err != nil {
		t.Fatalf("Allowed(%+v, %q) = %v, %v; want %v by %+v", u, model, got, err, want, w)
	}
	got, gotUntil, err := table.AllowedAt(t.Context(), u, model, func() time.Time { return w.now })
	if got != want || !gotUntil.Equal(until) || err != nil {
		t.Fatalf("AllowedAt(%+v, %q) = %v, %v, %v; want %v, %v by %+v", u, model, got, gotUntil, err, want, until, w)
	}
	grants, err := table.Grants(ctx, u)
	if diff := cmp.Diff(w.grants(u), grants); diff != "" || err != nil {
		t.Fatalf("Grants(%+v) by %+v (-want +got), %v:\n%s", u, w, err, diff)
	}
	return until
}
