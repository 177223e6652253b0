//go:build unix

package endurance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore"
	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// Matterport has replaced the tokens of a connection, and the database goes away before they are committed. The replica
// that holds them is never asked again.
func TestReplicaCommitsUnsavedRenewalsAfterAnOutage(t *testing.T) {
	unlessShort(t)
	for name, tc := range map[string]struct {
		stop  func(*postgrestest.Server, testing.TB)
		meets bool // the other replica is asked in the outage
	}{
		"stopped, and the other replica notices":        {(*postgrestest.Server).Stop, true},
		"killed, and the other replica notices":         {(*postgrestest.Server).Kill, true},
		"killed, and the other replica does not notice": {(*postgrestest.Server).Kill, false},
	} {
		t.Run(name, func(t *testing.T) {
			u := newUpstream(t, matterporttest.Config{StrictRotation: true})
			database := postgrestest.New(t)
			dsn, key := database.Schema(t), sqlstore.NewKey()
			c, holder := replica(t, u, dsn, key)
			_, other := replica(t, u, dsn, key)
			u.connectAccount(t, c, alice)
			if a := get(t, other); a.status != http.StatusOK { // it knows the time
				t.Fatalf("%d %s", a.status, a.Error)
			}
			u.ahead(25 * time.Hour)
			u.holding(func() {
				u.holding(nil)
				tc.stop(database, t)
			})
			if a := get(t, holder); a.status != http.StatusServiceUnavailable {
				t.Fatalf("without a database: %d %s", a.status, a.Error)
			}
			if tc.meets {
				if a := get(t, other); a.status != http.StatusServiceUnavailable || a.retryAfter == "" {
					t.Fatalf("the other, without a database: %d %s", a.status, a.Error)
				}
			}
			database.Start(t)
			a := get(t, other)
			if !tc.meets && a.status == http.StatusServiceUnavailable { // now it has noticed
				a = get(t, other)
			}
			if a.status != http.StatusOK || a.ExpiresIn <= 60 {
				t.Fatalf("with the database back: %d %s", a.status, a.Error)
			}
			if n := u.Calls("refresh_token"); n > 2 { // the other's may have been refused
				t.Errorf("%d refreshes", n)
			}
		})
	}
}
