package issuer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/logtest"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	office    = "SxQL3iGyoDo"
	warehouse = "yyHDFKzPzvN"
	showroom  = "JGPnGQ6hosj"
)

var (
	alice = &identity.User{ID: "alice", Groups: []string{"facilities"}}
	bob   = &identity.User{ID: "bob"}
)

// upstream is Matterport as far as an issuer sees it. Its time is the test's own, plus skew.
type upstream struct {
	mu      sync.Mutex
	mints   int
	live    map[string]string // token to models
	ends    map[string]time.Time
	deletes int

	skew      time.Duration
	takes     time.Duration
	failing   error             // error of every mint
	fail      func(n int) error // error of the nth mint
	stubborn  error             // error of every deletion
	shorter   time.Duration
	whileMint func()

	whileDelete func()

	cold    bool // the time is not known yet
	learned int  // calls for nothing but the time
}

func (u *upstream) ServerTime() (now time.Time, known bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return time.Now().Add(u.skew), !u.cold
}

// LearnServerTime fails as mints do.
func (u *upstream) LearnServerTime(context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failing != nil {
		return u.failing
	}
	u.learned++
	u.cold = false
	return nil
}

func (u *upstream) CreateEmbedLink(ctx context.Context, model string, validFor time.Duration) (*matterport.EmbedToken, error) {
	t, err := u.mint(ctx, model, validFor)
	if err != nil {
		return nil, err
	}
	t.Link = matterport.Secret("https://my.matterport.com/show?m=" + model + "&auth=Bearer+" + string(t.AccessToken))
	return t, nil
}

func (u *upstream) CreateEmbedToken(ctx context.Context, models []string, validFor time.Duration) (*matterport.EmbedToken, error) {
	if len(models) < 2 {
		return nil, errors.New("one model: want createPrivateModelEmbedLink")
	}
	return u.mint(ctx, strings.Join(models, ","), validFor)
}

func (u *upstream) mint(ctx context.Context, models string, validFor time.Duration) (*matterport.EmbedToken, error) {
	u.mu.Lock()
	u.mints++
	n, takes, failing, during := u.mints, u.takes, u.failing, u.whileMint
	u.mu.Unlock()
	if during != nil {
		during()
	}
	if takes > 0 {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return nil, &matterport.Error{Op: "mint", Err: errors.Join(matterport.ErrUnavailable, ctx.Err())}
		}
	}
	if u.fail != nil {
		return nil, u.fail(n)
	}
	if failing != nil {
		return nil, failing
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	token := fmt.Sprintf("secret-token-%d", n)
	u.live[token] = models
	until := time.Now().Add(u.skew + validFor - u.shorter)
	if u.ends == nil {
		u.ends = make(map[string]time.Time)
	}
	u.ends[token] = until
	return &matterport.EmbedToken{AccessToken: matterport.Secret(token), ValidUntil: until}, nil
}

func (u *upstream) DeleteEmbedToken(_ context.Context, token matterport.Secret) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.deletes++
	if u.whileDelete != nil {
		u.whileDelete()
	}
	if u.stubborn != nil {
		return u.stubborn
	}
	delete(u.live, string(token))
	return nil
}

// alive returns the tokens that were not deleted.
func (u *upstream) alive() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Sorted(maps.Keys(u.live))
}

func (u *upstream) set(f func(*upstream)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f(u)
}

func (u *upstream) count() (mints, live, deletes int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.mints, len(u.live), u.deletes
}

func (u *upstream) wantMints(t *testing.T, want int) {
	t.Helper()
	if got, _, _ := u.count(); got != want {
		t.Errorf("%d mints upstream, want %d", got, want)
	}
}

func (u *upstream) wantLive(t *testing.T, want int) {
	t.Helper()
	if _, got, _ := u.count(); got != want {
		t.Errorf("%d tokens live upstream, want %d", got, want)
	}
}

// rules is a policy that can be changed and watched.
type rules struct {
	mu       sync.Mutex
	models   map[string][]string // by user
	err      error
	asked    int
	watching func()
	panics   string // the user about whom Allowed panics
}

func (r *rules) Allowed(_ context.Context, u *identity.User, model string) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if u.ID == r.panics {
		panic("secret-token inside")
	}
	return slices.Contains(r.models[u.ID], model), r.err
}

func (r *rules) Grants(context.Context, *identity.User) (access.Grants, error) {
	return access.Grants{}, nil
}

func (r *rules) Watch(changed func()) func() {
	r.watching = changed
	return func() {}
}

func (r *rules) set(user string, models ...string) {
	r.mu.Lock()
	r.models[user] = models
	r.mu.Unlock()
}

// rig is an issuer with all that belongs to it.
type rig struct {
	*issuer.Issuer
	up    *upstream
	rules *rules
	log   *logtest.Buffer
}

func newRig(t testing.TB, change func(*issuer.Config)) *rig {
	t.Helper()
	r := &rig{
		up: &upstream{live: make(map[string]string)},
		rules: &rules{models: map[string][]string{
			"alice": {office, warehouse, showroom},
			"bob":   {warehouse},
		}},
		log: new(logtest.Buffer),
	}
	cfg := issuer.Config{
		Matterport: r.up,
		Policy:     r.rules,
		Logger:     slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&cfg)
	}
	iss, err := issuer.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Issuer = iss
	t.Cleanup(func() {
		if err := iss.Close(); err != nil {
			t.Error(err)
		}
		if strings.Contains(r.log.String(), "secret-token") {
			t.Errorf("a token is in the log:\n%s", r.log)
		}
	})
	return r
}

func (r *rig) issue(t *testing.T, u *identity.User, models ...string) issuer.Token {
	t.Helper()
	token, err := r.Issue(t.Context(), u, models...)
	if err != nil {
		t.Fatalf("Issue(%s, %v): %v", u.ID, models, err)
	}
	return token
}

// refuse wants Issue to fail, and returns its RetryAfter.
func (r *rig) refuse(t *testing.T, want error, u *identity.User, models ...string) time.Duration {
	t.Helper()
	token, err := r.Issue(t.Context(), u, models...)
	if !errors.Is(err, want) {
		t.Errorf("Issue(%v, %v) error %v, want %v", u, models, err, want)
	}
	if token != (issuer.Token{}) {
		t.Errorf("Issue(%v, %v) returned a token beside its error", u, models)
	}
	var e *issuer.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.RetryAfter
}

func (r *rig) revoke(t *testing.T, s store.Selector) issuer.Revocation {
	t.Helper()
	out, err := r.Revoke(t.Context(), s)
	if err != nil {
		t.Fatalf("Revoke(%+v): %v", s, err)
	}
	return out
}
