package issuer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// listing is a store that cannot be listed to the end.
type listing struct {
	store.Store
	entry *store.Entry
}

func (l listing) Entries(context.Context) iter.Seq2[*store.Entry, error] {
	return func(yield func(*store.Entry, error) bool) {
		if yield(l.entry, nil) {
			yield(nil, errors.New("gone"))
		}
	}
}

func TestLiveTokensAreListedWithoutTheTokens(t *testing.T) {
	until := time.Now().Add(time.Hour)
	e := &store.Entry{
		Key:  store.Key{User: "alice", Session: "desk", Models: office},
		User: &identity.User{ID: "alice", Name: "Alice"}, Token: "the secret token", Link: "the secret link", ValidUntil: until,
	}
	iss := newRig(t, func(c *issuer.Config) { c.Store = listing{issuer.NewMemory(issuer.MemoryConfig{}), e} })
	var all []issuer.Live
	var failed error
	for l, err := range iss.Live(t.Context()) {
		if err != nil {
			failed = err
			continue
		}
		all = append(all, l)
	}
	if len(all) != 1 || !errors.Is(failed, issuer.ErrUnavailable) {
		t.Fatalf("%d tokens, %v", len(all), failed)
	}
	l := all[0]
	if l.Key() != e.Key || l.User() != e.User || !l.ValidUntil().Equal(until) || l.Fingerprint() != "c00c76e4" {
		t.Errorf("%v %v %v %q", l.Key(), l.User(), l.ValidUntil(), l.Fingerprint())
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, l); strings.Contains(text, "secret") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
	for _, err := range iss.Live(t.Context()) {
		if err != nil {
			t.Error(err)
		}
		break
	}
}
