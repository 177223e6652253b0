package access_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

// benchModel returns the ID of the n-th invented model.
func benchModel(n int) string { return fmt.Sprintf("Model%06d", n) }

// benchList returns 1,000 rules. Each names ten groups, so that each group stands in ten rules, and every
// second one people, addresses and domains as well. Model 9999 is for department-9999 and somebody alone.
func benchList() access.List {
	list := make(access.List, 1000)
	for i := range list {
		r := &list[i]
		for j := range 10 {
			r.Groups = append(r.Groups, fmt.Sprintf("department-%04d", (i+j*97)%1000))
		}
		r.Models = []string{benchModel(2 * i), benchModel(2*i + 1)}
		if i%2 == 0 {
			r.Users = []string{fmt.Sprintf("user-%04d", i)}
			r.Emails = []string{fmt.Sprintf("user-%04d@example.com", i)}
			r.Domains = []string{fmt.Sprintf("subsidiary-%04d.example.com", i)}
		}
	}
	list[998] = access.Rule{Users: []string{"somebody"}, Groups: []string{"department-9999"}, Models: []string{benchModel(9999)}}
	list[999] = access.Rule{Groups: []string{"administrators"}, Models: []string{"*"}}
	return list
}

// benchUser is in 50 groups. If known, the list names the person, the domain and all groups, but not the
// address, so that everything there is to look up is looked up.
func benchUser(known bool) *identity.User {
	u := &identity.User{ID: "user-0000", Email: "User-0000@subsidiary-0000.example.com", EmailVerified: true}
	format := "department-%04d"
	if !known {
		u.ID = "nobody"
		u.Email = "nobody@example.org"
		format = "elsewhere-%05d"
	}
	for i := range 50 {
		u.Groups = append(u.Groups, fmt.Sprintf(format, i*17))
	}
	return u
}

func benchAllowed(b *testing.B, u *identity.User, model string, want bool) {
	b.Helper()
	table := compile(b, benchList())
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := table.Allowed(b.Context(), u, model); ok != want || err != nil {
			b.Fatalf("Allowed = %v, %v; want %v", ok, err, want)
		}
	}
}

// The user's ID grants the model.
func BenchmarkAllowedHit(b *testing.B) {
	u := benchUser(true)
	benchAllowed(b, u, benchModel(0), true)
}

// The last of 50 groups grants the model.
func BenchmarkAllowedHitLastGroup(b *testing.B) {
	u := benchUser(true)
	u.Groups = append(u.Groups[:49:49], "department-9999")
	benchAllowed(b, u, benchModel(9999), true)
}

// The list knows nothing about the person.
func BenchmarkAllowedMiss(b *testing.B) {
	benchAllowed(b, benchUser(false), benchModel(0), false)
}

// The list knows the person, the domain and all 50 groups, each from about ten rules; it knows the model
// as well, but grants it to others.
func BenchmarkAllowedWorstCase(b *testing.B) {
	benchAllowed(b, benchUser(true), benchModel(9999), false)
}

// The user and 50 groups are known, each from about ten rules; the rules are gone through one by one.
func BenchmarkExplain(b *testing.B) {
	table, u, model := compile(b, benchList()), benchUser(true), benchModel(9999)
	b.ReportAllocs()
	for b.Loop() {
		if e := explain(b, table, u, model); e.Allowed {
			b.Fatalf("Explain = %v", e)
		}
	}
}

// As the worst case, for a model that no rule names.
func BenchmarkAllowedUnknownModel(b *testing.B) {
	benchAllowed(b, benchUser(true), benchModel(8888), false)
}

// The user is in 200 groups, all of which rules name.
func BenchmarkAllowedManyGroups(b *testing.B) {
	u := benchUser(true)
	for i := range 150 {
		u.Groups = append(u.Groups, fmt.Sprintf("department-%04d", (i*17+7)%1000))
	}
	benchAllowed(b, u, benchModel(9999), false)
}

// Every rule has dates and exceptions. The model is granted by the last of ten rules that name the user.
func BenchmarkAllowedDated(b *testing.B) {
	list := benchList()
	for i := range list {
		list[i].Until = time.Date(2100, 1, 1, 0, 0, i, 0, time.UTC)
		list[i].Except.Groups = []string{"contractors"}
	}
	table, u, model := compile(b, list), benchUser(true), benchModel(0)
	b.ReportAllocs()
	for b.Loop() {
		if ok, until, err := table.AllowedAt(b.Context(), u, model, time.Now); !ok || until.IsZero() || err != nil {
			b.Fatalf("AllowedAt = %v, %v, %v", ok, until, err)
		}
	}
}

// The first question of each user, with 50 groups: what the groups amount to is worked out.
func BenchmarkAllowedFirst(b *testing.B) {
	table, u := compile(b, benchList()), benchUser(true)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		u.ID = fmt.Sprint(i)
		_, _ = table.Allowed(b.Context(), u, benchModel(9999))
	}
}
