//go:build unix

package processes_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// An order is what the parent asks a replica for.
type order struct {
	User    int
	Version uint64
	Name    string // of a user who asks the issuer
	Callers int
}

// A report is what the replica answers.
type report struct {
	Took     time.Duration
	Tokens   int      // that were revoked
	Pending  int      // of them, that Matterport has not deleted yet
	Token    string   // that was issued
	Errors   []string // of callers
	Distinct int      // tokens of callers
}

func (r *replica) routes() http.Handler {
	mux := http.NewServeMux()
	for path, do := range map[string]func(context.Context, order) (report, error){
		"/put": r.put, "/evict": r.evict, "/read": r.startReading, "/issue": r.issue, "/lockout": r.lockOut, "/herd": r.herd, "/sleep": r.sleep,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, q *http.Request) {
			var o order
			if err := json.NewDecoder(q.Body).Decode(&o); err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			out, err := do(q.Context(), o)
			if err != nil {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
			_ = json.NewEncoder(w).Encode(out)
		})
	}
	return mux
}

func userName(n int) string { return fmt.Sprint("user-", n) }

// keyOf is the key that the readers read for a user. Each user has a model of the own, so that it can be revoked as well.
func keyOf(user int) store.Key {
	return store.Key{User: userName(user), Session: "phone", Models: fmt.Sprint("model-", user)}
}

func tokenOf(user int, version uint64) matterport.Secret {
	return matterport.Secret(fmt.Sprintf("token-%d-%d", user, version))
}

// selectorOf is one of the ways to name a token.
func selectorOf(user int, version uint64) store.Selector {
	k := keyOf(user)
	return []store.Selector{
		{User: k.User},
		{Model: k.Models},
		{User: k.User, Token: tokenOf(user, version)},
		{User: k.User, Session: k.Session},
		{User: k.User, Model: k.Models},
		{Token: tokenOf(user, version)},
	}[version%6]
}

func versionOf(token matterport.Secret) uint64 {
	text := string(token)
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '-' {
			n, _ := strconv.ParseUint(text[i+1:], 10, 64)
			return n
		}
	}
	return 0
}

// put stores a token of a version. The replica may not know yet what has been revoked, and then tries again.
func (r *replica) put(ctx context.Context, o order) (report, error) {
	began := time.Now()
	key := keyOf(o.User)
	e := &store.Entry{
		Key: key, Token: tokenOf(o.User, o.Version), Link: "https://my.matterport.com/show", ValidUntil: time.Now().Add(time.Hour), User: &identity.User{ID: key.User},
	}
	for ctx.Err() == nil {
		c, err := r.tokens.Claim(ctx, key, r.tokens.Mark(), time.Minute)
		if err == nil {
			err = r.tokens.Put(ctx, c, e, time.Hour)
		}
		if !errors.Is(err, store.ErrClaimLost) {
			return report{Took: time.Since(began)}, err
		}
		time.Sleep(time.Millisecond) // the next sync brings it
	}
	return report{}, ctx.Err()
}

// evict revokes, and writes on the board that it has, before anything else can happen.
func (r *replica) evict(ctx context.Context, o order) (report, error) {
	began := time.Now()
	gone, err := r.tokens.Evict(ctx, selectorOf(o.User, o.Version))
	took := time.Since(began)
	if err != nil {
		return report{}, err
	}
	raise(&r.board.Revoked[o.User], o.Version)
	return report{Took: took, Tokens: len(gone)}, nil
}

// startReading reads all users' tokens over and over until the process ends.
func (r *replica) startReading(context.Context, order) (report, error) {
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.reading.Go(func() {
		for ctx.Err() == nil {
			for user := range r.Users {
				r.read(ctx, user, keyOf(user))
			}
		}
	})
	return report{}, nil
}

// read asks for one token, and judges the answer by what the board said before.
func (r *replica) read(ctx context.Context, user int, key store.Key) {
	mine := &r.board.Readers[r.Index]
	revoked := r.board.Revoked[user].Load()
	e, err := r.tokens.Get(ctx, key, r.tokens.Mark())
	switch {
	case errors.Is(err, store.ErrClaimLost):
	case err != nil:
		mine.Errors.Add(1)
	case e != nil:
		version := versionOf(e.Token)
		if version <= revoked {
			mine.Wrong.Add(1)
			mine.LastWrong.Store(time.Now().UnixNano())
		}
		mine.Hits.Add(1)
		raise(&mine.Served[user], version)
	}
}

func (r *replica) issue(ctx context.Context, o order) (report, error) {
	began := time.Now()
	t, err := r.issuer.Issue(ctx, &identity.User{ID: o.Name}, "SxQL3iGyoDo")
	return report{Took: time.Since(began), Token: string(t.AccessToken)}, err
}

// lockOut revokes what the issuer has issued to a user.
func (r *replica) lockOut(ctx context.Context, o order) (report, error) {
	began := time.Now()
	out, err := r.issuer.Revoke(ctx, store.Selector{User: o.Name})
	return report{Took: time.Since(began), Tokens: out.Tokens, Pending: out.Pending}, err
}

// herd lets many callers ask for one user's token at once.
func (r *replica) herd(ctx context.Context, o order) (out report, _ error) {
	var mu sync.Mutex
	tokens := make(map[matterport.Secret]bool)
	out.Took = together(o.Callers, func() {
		t, err := r.issuer.Issue(ctx, &identity.User{ID: o.Name}, "SxQL3iGyoDo")
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			out.Errors = append(out.Errors, err.Error())
			return
		}
		tokens[t.AccessToken] = true
		out.Token = string(t.AccessToken)
	})
	out.Distinct = len(tokens)
	return out, nil
}

// sleep lets as many goroutines sleep for as long as a mint takes.
func (r *replica) sleep(_ context.Context, o order) (report, error) {
	return report{Took: together(o.Callers, func() { time.Sleep(slowMint) })}, nil
}

func together(n int, f func()) time.Duration {
	var all sync.WaitGroup
	var ready atomic.Int64
	began := time.Now()
	for range n {
		all.Go(func() {
			ready.Add(1)
			f()
		})
	}
	all.Wait()
	return time.Since(began)
}
