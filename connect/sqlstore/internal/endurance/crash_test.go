//go:build unix

package endurance_test

import (
	"crypto/rand"
	"encoding/hex"
	mathrand "math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-pme/pme/connect/sqlstore/internal/postgrestest"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// newSite returns a site where every user has connected an account.
func newSite(t *testing.T, u *upstream, kind string) site {
	t.Helper()
	s := site{kind: kind, database: filepath.Join(t.TempDir(), "connections.db"), key: newKey()}
	if kind == "postgres" {
		s.database = postgrestest.Shared(t).Schema(t)
	}
	store, closeStore, err := s.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := over(t, app(t, u.url, u.now), store)
	for _, who := range users() {
		u.connectAccount(t, c, who)
	}
	_ = c.Close()
	if err := closeStore(); err != nil {
		t.Fatal(err)
	}
	return s
}

func newKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return hex.EncodeToString(key)
}

// kinds are those of all stores; -short leaves out what needs a PostgreSQL server.
func kinds() []string {
	if testing.Short() {
		return []string{"sqlite"}
	}
	return []string{"sqlite", "postgres"}
}

func TestProcessKilledAtEachStepLosesNoConnection(t *testing.T) {
	u := newUpstream(t, matterporttest.Config{})
	for _, kind := range kinds() {
		s := newSite(t, u, kind)
		for _, step := range []string{"before the refresh", "with the lock", "before the commit", "after the commit"} {
			t.Run(s.kind+" "+step, func(t *testing.T) {
				u.ahead(25 * time.Hour) // old enough for a refresh token to be replaced
				killed(t, s.start(t, u, step))
				s.survey(t, u)
				u.ahead(25 * time.Hour)
				s.survey(t, u)
			})
		}
		t.Run(s.kind+" before Matterport's answer", func(t *testing.T) {
			u.ahead(25 * time.Hour)
			var p *exec.Cmd
			started, dead := make(chan struct{}), make(chan struct{})
			defer close(dead)
			u.holding(func() {
				<-started
				_ = p.Process.Kill()
				<-dead
			})
			p = s.start(t, u, "")
			close(started)
			killed(t, p)
			u.holding(nil)
			s.survey(t, u)
			u.ahead(25 * time.Hour)
			s.survey(t, u)
		})
	}
}

// kills are those of each kind of store.
const kills = 50

func TestProcessKilledAtAnyMomentLosesNoConnection(t *testing.T) {
	u := newUpstream(t, matterporttest.Config{})
	for _, kind := range kinds() {
		t.Run(kind, func(t *testing.T) {
			s := newSite(t, u, kind)
			before := u.Calls("refresh_token")
			for range kills {
				u.ahead(25 * time.Hour)
				p := s.start(t, u, "")
				// Each connection's tokens are replaced at once, and again when the clock is turned.
				turn := time.AfterFunc(20*time.Millisecond, func() { u.ahead(25 * time.Hour) })
				time.Sleep(time.Duration(mathrand.Int64N(int64(60 * time.Millisecond))))
				if err := p.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				killed(t, p)
				turn.Stop()
				s.survey(t, u)
			}
			t.Logf("%d refreshes, %d kills", u.Calls("refresh_token")-before, kills)
		})
	}
}
