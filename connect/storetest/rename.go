package storetest

import (
	"context"
	"testing"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/matterport"
)

// labelChangesAlone checks what renaming a connection does.
func labelChangesAlone(t *testing.T, s store.Store) {
	r := record("alice", "A")
	create(t, s, r, record("alice", "B"))
	for _, label := range []string{"مكتب رئيسي", "👩\u200d💻 Büro", "", "'; --"} {
		update(t, s, r.Key, func(got *store.Record) { got.Label = label })
		r.Label = label
		want(t, "Get", get(t, s, r.Key), r)
	}
	other := record("alice", "B")
	want(t, "Get of another", get(t, s, other.Key), other)
}

// labelChangesBesideARenewal checks that a connection can be renamed while another process renews it.
func labelChangesBesideARenewal(t *testing.T, a, b store.Store) {
	r := record("alice", "A")
	create(t, a, r)
	inside, renewed := make(chan struct{}), make(chan error, 1)
	go func() {
		renewed <- a.Update(t.Context(), r.Key, func(_ context.Context, got *store.Record) error {
			close(inside)
			got.RefreshToken, got.AccessToken = "next refresh token", "next access token"
			return nil
		})
	}()
	<-inside
	update(t, b, r.Key, func(got *store.Record) { got.Label = "Pier" })
	if err := <-renewed; err != nil {
		t.Fatal(err)
	}
	r.Label, r.RefreshToken, r.AccessToken = "Pier", matterport.Secret("next refresh token"), matterport.Secret("next access token")
	want(t, "Get", get(t, a, r.Key), r)
}
