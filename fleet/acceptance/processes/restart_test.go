//go:build unix

package processes_test

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// A balancer sends each request to the next replica that accepts it.
type balancer struct {
	next atomic.Uint64

	mu       sync.RWMutex // guards what follows
	replicas []*process
}

func (b *balancer) replace(i int, p *process) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.replicas[i] = p
}

// send tries the next replica if one has closed its port or the connection, as it does when it drains. Every answer counts.
func (b *balancer) send(t *testing.T, path string, o order) (out report, err error) {
	for range 8 {
		b.mu.RLock()
		p := b.replicas[b.next.Add(1)%uint64(len(b.replicas))]
		b.mu.RUnlock()
		out, err = p.do(t.Context(), path, o)
		if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
			return out, err
		}
	}
	return out, err
}

// members returns how many the fleet has.
func (s *site) members(t *testing.T) int64 {
	t.Helper()
	client := s.server.Client(t)
	n, err := client.Do(t.Context(), client.B().Hlen().Key("{pme:"+s.Namespace+"}:members").Build()).AsInt64()
	if err != nil && !rueidis.IsRedisNil(err) {
		t.Fatal(err)
	}
	return n
}

func TestRollingRestartFailsNoRequest(t *testing.T) {
	upstream := startMatterport(t, 0)
	s := newSite(t, func(s *settings) { s.Minter, s.MintTimeout = upstream.URL, 15*time.Second })
	s.start(t, 4)
	b := &balancer{replicas: s.replicas}
	stop := make(chan struct{})
	var load sync.WaitGroup
	var requests, revocations atomic.Int64
	for user := range 8 {
		load.Go(func() {
			name := userName(user)
			for {
				select {
				case <-stop:
					return
				default:
				}
				old, err := issueSome(t, b, name, &requests)
				if err != nil {
					t.Errorf("a request failed: %v", err)
					return
				}
				if _, err := b.send(t, "/lockout", order{Name: name}); err != nil {
					t.Errorf("a revocation failed: %v", err)
					return
				}
				revocations.Add(1)
				if next, err := b.send(t, "/issue", order{Name: name}); err != nil || next.Token == old {
					t.Errorf("after the revocation: the same token: %v, %v", next.Token == old, err)
					return
				}
			}
		})
	}
	for i := range 4 {
		next := s.launch(t, s.settings)
		next.ready(t)
		old := b.replicas[i]
		before := revocations.Load()
		b.replace(i, next)
		if err := old.terminate(t); err != nil {
			t.Errorf("replica %d ends with %v\n%s", i, err, old.log)
		}
		if n := s.members(t); n != 4 {
			t.Errorf("%d members right after replica %d has ended, want 4", n, i)
		}
		eventually(t, "some more requests", func() bool { return t.Failed() || revocations.Load() > before+40 })
	}
	close(stop)
	load.Wait()
	for _, p := range b.replicas {
		if err := p.terminate(t); err != nil {
			t.Errorf("%v\n%s", err, p.log)
		}
	}
	if n := s.members(t); n != 0 {
		t.Errorf("%d members are left", n)
	}
	t.Logf("%d requests, %d revocations, none failed", requests.Load(), revocations.Load())
}

// issueSome asks for one user's token a few times, which is always the same, and returns it.
func issueSome(t *testing.T, b *balancer, name string, requests *atomic.Int64) (token string, err error) {
	for range 10 {
		out, err := b.send(t, "/issue", order{Name: name})
		if err != nil {
			return "", err
		}
		if token != "" && out.Token != token {
			return "", fmt.Errorf("a second token was minted for %s", name)
		}
		token = out.Token
		requests.Add(1)
	}
	return token, nil
}

// A process that ends while it calls Redis must not become a member again by that call.
func TestProcessesThatEndLeaveNoMember(t *testing.T) {
	s := newSite(t, func(s *settings) { s.Lease = 100 * time.Millisecond })
	rounds := 5
	if long() {
		rounds = 50
	}
	s.start(t, 1)
	first := s.replicas[0]
	for range rounds {
		s.replicas = s.replicas[:1]
		s.start(t, 4)
		stop := make(chan struct{})
		var busy, ending sync.WaitGroup
		busy.Go(func() {
			for n := uint64(0); ; n += 6 { // by user
				select {
				case <-stop:
					return
				default:
					_, _ = first.do(t.Context(), "/evict", order{Version: n})
				}
			}
		})
		for _, p := range s.replicas[1:] {
			p.signal(t, syscall.SIGTERM)
			ending.Go(func() { <-p.ended })
		}
		ending.Wait()
		n := s.members(t)
		close(stop)
		busy.Wait()
		if n != 1 {
			t.Fatalf("%d members are left, want 1", n)
		}
	}
}
