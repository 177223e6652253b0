package access_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
)

func TestPolicyThatDoesNotExplainIsOnlyAsked(t *testing.T) {
	alice := &identity.User{ID: "alice"}
	for name, test := range map[string]struct {
		policy access.Policy
		user   *identity.User
		model  string
		want   access.Explanation
	}{
		"allowed":       {access.Func(allowAll), alice, office, access.Explanation{Allowed: true, Reason: "policy", Text: "the policy allows it and does not say why"}},
		"refused":       {tenancy{}, alice, office, access.Explanation{Reason: "policy", Text: "the policy refuses it and does not say why"}},
		"not signed in": {access.Func(allowAll), nil, office, access.Explanation{Reason: "not_signed_in", Text: "the user is not signed in or has no ID"}},
		"no model ID":   {access.Func(allowAll), alice, "abc", access.Explanation{Reason: "invalid_model", Text: `"abc" is not a model ID: 11 letters and digits`}},
	} {
		if diff := cmp.Diff(test.want, explain(t, test.policy, test.user, test.model)); diff != "" {
			t.Errorf("%s: Explanation (-want +got):\n%s", name, diff)
		}
	}
}

var errDown = errors.New("directory is down at ldap://secret")

// outspoken is an Explainer that says what a test wants.
type outspoken struct {
	access.Func
	says access.Explanation
	err  error
}

func (o outspoken) Explain(context.Context, *identity.User, string) (access.Explanation, error) {
	return o.says, o.err
}

func TestFailedPolicyRefusesAndIsNotQuoted(t *testing.T) {
	failing := access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, errDown })
	for name, policy := range map[string]access.Policy{
		"Func":      failing,
		"Explainer": outspoken{says: access.Explanation{Allowed: true, Reason: "contract"}, err: errDown},
	} {
		e, err := access.Explain(t.Context(), policy, &identity.User{ID: "alice"}, office)
		want := access.Explanation{Reason: "error", Text: "the policy has failed, so the answer is no"}
		if diff := cmp.Diff(want, e); diff != "" || !errors.Is(err, errDown) {
			t.Errorf("%s: %v; Explanation (-want +got):\n%s", name, err, diff)
		}
	}
	if e, err := access.Explain(t.Context(), nil, &identity.User{ID: "alice"}, office); e.Allowed || e.Reason != "error" || err == nil {
		t.Errorf("without a policy: %v, %v; want an error", e, err)
	}
}

func TestExplainerOfTheHostIsHeard(t *testing.T) {
	for said, reason := range map[string]string{"contract": "contract", "": "policy"} {
		e := explain(t, outspoken{says: access.Explanation{Allowed: true, Reason: said, Text: "contract 12"}}, nil, office)
		if !e.Allowed || e.Reason != reason || e.Text != "contract 12" {
			t.Errorf("Explain = %v; want %s", e, reason)
		}
	}
}

func TestFilesExplanationHasItsLinesAndHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFile(t, forAlice)
		bob := &identity.User{ID: "bob"}
		expectText := func(hash, text string) {
			t.Helper()
			if e := explain(t, f.File, bob, office); e.File != "allow.yaml" || e.Hash != hash || e.Text != text {
				t.Errorf("Explain = %v; want %s and %s", e, hash, text)
			}
		}
		expectText("4e35f46ef219", "no rule allows SxQL3iGyoDo")

		write(t, f.path, "# comment\n\n"+strings.Replace(forAlice, "alice", "Bob", 1))
		wait(nextLook)
		expectText("ce3eea32bbaa", `no rule allows SxQL3iGyoDo; would match if the user ID "bob" were spelled "Bob" (letter case) (rule 1, allow.yaml:4)`)

		write(t, f.path, forBoth)
		wait(nextLook)
		expectText("1ab2467374a3", `rule 2 (allow.yaml:4): user "bob"`)

		write(t, f.path, broken) // the one before stays in force
		wait(nextLook)
		expectText("1ab2467374a3", `rule 2 (allow.yaml:4): user "bob"`)

		write(t, f.path, forBoth+"# comment")
		wait(nextLook)
		expectText("832aa806f6ab", `rule 2 (allow.yaml:4): user "bob"`)
		_ = f.Close()
		expectText("832aa806f6ab", `rule 2 (allow.yaml:4): user "bob"`)
	})
}

// Run with -race: each explanation is one of the two versions, never parts of both.
func TestExplanationIsOfOneVersionOfTheFile(t *testing.T) {
	const other = "# moved down\n\nrules:\n  - users: [bob]\n    models: [SxQL3iGyoDo]\n  - users: [ALICE]\n    models: [SxQL3iGyoDo]\n"
	path := filepath.Join(t.TempDir(), "allow.yaml")
	write(t, path, forAlice)
	f, err := access.OpenFile(path, access.FileOptions{Interval: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	alice := &identity.User{ID: "alice"}
	texts := map[string]string{}
	remember := func() { e := explain(t, f, alice, office); texts[e.Hash] = e.String() }
	changed := make(chan struct{}, 100)
	f.Watch(func() { changed <- struct{}{} })
	remember()
	write(t, path, other)
	<-changed
	remember()

	var readers sync.WaitGroup
	var done atomic.Bool
	for range 4 {
		readers.Go(func() {
			for !done.Load() {
				if e := explain(t, f, alice, office); texts[e.Hash] != e.String() {
					t.Errorf("version %s says:\n%s\nwant:\n%s", e.Hash, e, texts[e.Hash])
					return
				}
			}
		})
	}
	for _, text := range []string{forAlice, other, forAlice, other, forAlice} {
		write(t, path, text)
		<-changed
	}
	done.Store(true)
	readers.Wait()
	_ = f.Close()
	if len(texts) != 2 {
		t.Errorf("%d versions; want 2", len(texts))
	}
}
