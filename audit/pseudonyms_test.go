package audit_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

func pseudonyms(t *testing.T, keys ...string) *audit.Pseudonyms {
	t.Helper()
	var all [][]byte
	for _, key := range keys {
		all = append(all, bytes.Repeat([]byte(key), 32))
	}
	p, err := audit.NewPseudonyms(all...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPseudonymousTrailNamesNoOne(t *testing.T) {
	p := pseudonyms(t, "a")
	for _, mode := range []audit.Mode{audit.BestEffort, audit.Required} {
		inDesk(t, func(c *audit.Config) { c.Pseudonyms, c.Mode = p, mode }, func(t *testing.T, d *desk) {
			e := d.granted(event.TokenGranted, "bob@corp.example", office)
			if err := d.Record(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			d.Listen(e)
			d.Listen(event.Event{ID: "d", Time: time.Now(), Kind: event.TokenDenied, User: "bob@corp.example", Groups: []string{"bob's team"}, Reason: "no_rule", Detail: `allowed to users "bob@corp.example"`})
			d.Listen(event.Event{ID: "s", Time: time.Now(), Kind: event.SignInRefused, Reason: "access_denied", Detail: "bob@corp.example is locked", Request: event.Request{Client: "10.0.0.1", Path: "/bob"}})
			d.revoke(event.Event{User: "bob@corp.example", By: "bob@corp.example", Reason: "admin"})
			d.Listen(event.Event{ID: "t", Time: time.Now(), Kind: event.TroubleBegan, Part: "tokens", Detail: "the token store fails"})
			synctest.Wait()
			all := strings.Join(d.shelf.lines, "\n")
			for _, personal := range []string{"bob", "10.0.0.1", "phone", "R1"} {
				if strings.Contains(all, personal) {
					t.Errorf("mode %d: the trail has %q:\n%s", mode, personal, all)
				}
			}
			for _, fact := range []string{"Head office", "rule 2 (allow.yaml:14)", "no_rule", "the token store fails", p.Of("bob@corp.example")[0]} {
				if !strings.Contains(all, fact) {
					t.Errorf("mode %d: the trail lacks %q:\n%s", mode, fact, all)
				}
			}
			views, err := audit.Views(t.Context(), d.shelf, audit.Query{Users: p.Of("bob@corp.example")})
			if err != nil || len(views) != 1 || views[0].Ended != "admin" {
				t.Errorf("%+v, %v", views, err)
			}
		})
	}
}

func TestPseudonymsJoinUnderOneKeyOnly(t *testing.T) {
	before, after := pseudonyms(t, "a"), pseudonyms(t, "b", "a")
	if got := after.Of("bob"); len(got) != 2 || got[1] != before.Of("bob")[0] || got[0] == got[1] {
		t.Errorf("%q and %q", before.Of("bob"), got)
	}
	if before.Of("bob")[0] == before.Of("alice")[0] || pseudonyms(t, "b").Of("bob")[0] != after.Of("bob")[0] {
		t.Error("two users have one pseudonym, or one user two under one key")
	}
	for _, keys := range [][][]byte{nil, {[]byte("short")}} {
		if _, err := audit.NewPseudonyms(keys...); err == nil {
			t.Errorf("%q accepted", keys)
		}
	}
}
