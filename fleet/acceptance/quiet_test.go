package acceptance_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/fleet/internal/fleettest"
	"github.com/go-pme/pme/fleet/internal/redistest"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

const office = "SxQL3iGyoDo"

// A busyMatterport asks for a pause, as far as it is set.
type busyMatterport struct {
	mu    sync.Mutex // guards what follows
	calls int
	pause time.Duration
}

func (m *busyMatterport) ServerTime() (now time.Time, known bool) { return time.Now(), true }
func (m *busyMatterport) LearnServerTime(context.Context) error   { return nil }

func (m *busyMatterport) CreateEmbedLink(_ context.Context, _ string, validFor time.Duration) (*matterport.EmbedToken, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if m.pause > 0 {
		return nil, &matterport.Error{Status: http.StatusTooManyRequests, RetryAfter: m.pause, Err: matterport.ErrRateLimited}
	}
	return &matterport.EmbedToken{AccessToken: matterport.Secret(fmt.Sprint("token-", m.calls)), ValidUntil: time.Now().Add(validFor)}, nil
}

func (m *busyMatterport) CreateEmbedToken(ctx context.Context, _ []string, validFor time.Duration) (*matterport.EmbedToken, error) {
	return m.CreateEmbedLink(ctx, "", validFor)
}

func (m *busyMatterport) DeleteEmbedToken(context.Context, matterport.Secret) error { return nil }

func (m *busyMatterport) asks(pause time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.pause = pause
}

func (m *busyMatterport) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

func issue(t *testing.T, i *issuer.Issuer, user string, models ...string) error {
	t.Helper()
	_, err := i.Issue(t.Context(), &identity.User{ID: user}, models...)
	return err
}

func newIssuer(t *testing.T, f *fleet.Fleet, m issuer.Matterport) *issuer.Issuer {
	t.Helper()
	i, err := issuer.New(issuer.Config{
		Matterport: m, Store: f.Tokens(), MintBurst: 1_000_000, Logger: slog.New(slog.DiscardHandler),
		Policy: access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, nil }),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i
}

// heard returns a function that reports whether a hint has reached the replica that was sent after all others.
func heard(t *testing.T, f *fleet.Fleet, from *fleet.Fleet) func() bool {
	t.Helper()
	arrived := make(chan struct{}, 100)
	t.Cleanup(f.Tokens().(store.Hinter).OnHint("test", func(string) { arrived <- struct{}{} }))
	return func() bool {
		from.Tokens().(store.Hinter).Hint("test", "")
		select {
		case <-arrived:
			return true
		default:
			return false
		}
	}
}

func TestPauseThatMatterportAsksOneReplicaForHoldsOnAll(t *testing.T) {
	t.Parallel()
	all := fleettest.Group(t, 2, fleet.Config{URL: redistest.Start(t).URL()})
	upstream := new(busyMatterport)
	one, two := newIssuer(t, all[0], upstream), newIssuer(t, all[1], upstream)
	arrives := heard(t, all[1], all[0])
	fleettest.Eventually(t, "the replica listens", arrives)

	const pause = 2 * time.Second
	upstream.asks(pause)
	if err := issue(t, one, "alice", office); !errors.Is(err, issuer.ErrUnavailable) {
		t.Fatalf("Issue: %v", err)
	}
	asked := time.Now()
	fleettest.Eventually(t, "the hint has arrived", arrives)
	upstream.asks(0)
	for n := 0; time.Since(asked) < pause/2; n++ {
		err := issue(t, two, fmt.Sprint("user", n), office)
		var e *issuer.Error
		if calls := upstream.count(); calls != 1 || !errors.As(err, &e) || e.RetryAfter <= 0 || e.RetryAfter > pause {
			t.Fatalf("another replica answers %v, after %d calls", err, calls)
		}
	}
	if err := issue(t, two, "alice", office, "yyHDFKzPzvN"); err != nil {
		t.Errorf("the pause of one mutation holds for another: %v", err)
	}
	fleettest.Eventually(t, "the pause is over", func() bool { return issue(t, two, "alice", office) == nil })
	if took := time.Since(asked); took < pause-lateClock {
		t.Errorf("another replica has called Matterport after %v of %v", took, pause)
	}
}

// lateClock is how much earlier than the test Matterport was asked.
const lateClock = 200 * time.Millisecond

func TestWithoutPubSubEachReplicaIsAskedForThePause(t *testing.T) {
	t.Parallel()
	rights, _, _ := documented(t)
	for _, missing := range []string{"+publish", "+subscribe", "&{pme:*}:*"} {
		server := redistest.Start(t, redistest.WithUser("pme", without(rights, missing)))
		cfg := fleet.Config{Addresses: []string{server.Addr()}, Namespace: fleettest.Namespace()}
		f, log, err := asUser(t, cfg)
		other, _, otherErr := asUser(t, cfg)
		if err := errors.Join(err, otherErr); err != nil {
			t.Fatal(err)
		}
		upstream := new(busyMatterport)
		one, two := newIssuer(t, f, upstream), newIssuer(t, other, upstream)
		upstream.asks(time.Minute)
		for n, i := range []*issuer.Issuer{one, two} {
			for range 2 {
				if err := issue(t, i, "alice", office); !errors.Is(err, issuer.ErrUnavailable) || upstream.count() != n+1 {
					t.Errorf("without %s: replica %d answers %v, after %d calls", missing, n, err, upstream.count())
				}
			}
		}
		works(t, f, other)
		if err := f.Close(); err != nil || log.Len() != 0 {
			t.Errorf("without %s: %v, and the log has: %s", missing, err, log)
		}
	}
}
