//go:build unix

package processes_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-pme/pme/matterport"
)

// slowMint is how long a mint takes that a herd waits for.
const slowMint = 500 * time.Millisecond

// A matterportServer mints tokens for all replicas, and knows which live.
type matterportServer struct {
	*httptest.Server

	mu    sync.Mutex // guards what follows
	mints int
	live  map[string]bool
	takes time.Duration
	began chan struct{} // has a value once a mint has begun

	undeletable string // what happens to deletions: nothing, "fail" or "hang"
	deletes     map[string]int
}

func startMatterport(t *testing.T, takes time.Duration) *matterportServer {
	t.Helper()
	m := &matterportServer{live: make(map[string]bool), deletes: make(map[string]int), takes: takes, began: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /mint", m.mint)
	mux.HandleFunc("POST /delete", m.delete)
	m.Server = httptest.NewServer(mux)
	t.Cleanup(m.Close)
	return m
}

func (m *matterportServer) mint(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	m.mints++
	n, takes := m.mints, m.takes
	m.mu.Unlock()
	select {
	case m.began <- struct{}{}:
	default: // no test waits for it
	}
	select {
	case <-time.After(takes):
	case <-r.Context().Done():
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	token := fmt.Sprint("minted-", n)
	m.live[token] = true
	_, _ = fmt.Fprint(w, token)
}

func (m *matterportServer) delete(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	m.mu.Lock()
	m.deletes[token]++
	undeletable := m.undeletable
	m.mu.Unlock()
	switch undeletable {
	case "fail":
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case "hang":
		<-r.Context().Done()
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.live, token)
}

// refuseDeletions has deletions fail or hang, until it is called with nothing.
func (m *matterportServer) refuseDeletions(how string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.undeletable = how
}

func (m *matterportServer) deletions(token string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.deletes[token]
}

func (m *matterportServer) lives(token string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.live[token]
}

func (m *matterportServer) count() (mints, live int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mints, len(m.live)
}

// A minter is Matterport as far as the issuer of a replica sees it.
type minter struct{ url string }

func (m *minter) ServerTime() (now time.Time, known bool) { return time.Now(), true }
func (m *minter) LearnServerTime(context.Context) error   { return nil }
func (m *minter) post(ctx context.Context, path string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+path, http.NoBody)
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", errors.Join(matterport.ErrUnavailable, err)
	}
	defer func() { _ = answer.Body.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(answer.Body)
	if answer.StatusCode != http.StatusOK {
		err = errors.Join(matterport.ErrUnavailable, fmt.Errorf("%d: %s", answer.StatusCode, b.String()))
	}
	return b.String(), err
}

func (m *minter) CreateEmbedLink(ctx context.Context, _ string, validFor time.Duration) (*matterport.EmbedToken, error) {
	token, err := m.post(ctx, "/mint")
	if err != nil {
		return nil, err
	}
	return &matterport.EmbedToken{AccessToken: matterport.Secret(token), Link: "https://my.matterport.com/show", ValidUntil: time.Now().Add(validFor)}, nil
}

func (m *minter) CreateEmbedToken(ctx context.Context, _ []string, validFor time.Duration) (*matterport.EmbedToken, error) {
	return m.CreateEmbedLink(ctx, "", validFor)
}

func (m *minter) DeleteEmbedToken(ctx context.Context, token matterport.Secret) error {
	_, err := m.post(ctx, "/delete?token="+string(token))
	return err
}

// decode reads an answer of a replica.
func decode(answer *http.Response) (out report, err error) {
	if answer.StatusCode != http.StatusOK {
		var b bytes.Buffer
		_, _ = b.ReadFrom(answer.Body)
		return out, fmt.Errorf("%d: %s", answer.StatusCode, b.String())
	}
	return out, json.NewDecoder(answer.Body).Decode(&out)
}
