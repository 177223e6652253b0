//go:build unix

package processes_test

import (
	"sync"
	"syscall"
	"testing"
	"time"
)

// forEach runs at all replicas at the same time.
func (s *site) forEach(run func(*process)) {
	var all sync.WaitGroup
	for _, p := range s.replicas {
		all.Go(func() { run(p) })
	}
	all.Wait()
}

// herds lets callers of all replicas ask for one user's token, and returns how long that took. No caller may fail.
func (s *site) herds(t *testing.T, callers int, name string) time.Duration {
	t.Helper()
	began := time.Now()
	s.forEach(func(p *process) {
		out, err := p.do(t.Context(), "/herd", order{Name: name, Callers: callers / len(s.replicas)})
		if err != nil || len(out.Errors) != 0 {
			t.Errorf("replica %d: %v, %d callers got an error, such as %.1q", p.Index, err, len(out.Errors), out.Errors)
		}
	})
	return time.Since(began)
}

func TestMintThatOutlastsItsClaimLeavesOneToken(t *testing.T) {
	const life = 300 * time.Millisecond
	upstream := startMatterport(t, 3*life)
	s := newSite(t, func(s *settings) {
		s.Minter, s.ClaimLife, s.MintTimeout = upstream.URL, life, 15*time.Second
	})
	s.start(t, 8)
	took := s.herds(t, 800, "alice")
	eventually(t, "the losers' tokens are deleted", func() bool { _, live := upstream.count(); return live == 1 })
	mints, _ := upstream.count()
	t.Logf("%d mints of %v, with claims of %v: all have a token after %v", mints, 3*life, life, took)
	tokens := make(map[string]bool)
	for _, p := range s.replicas {
		tokens[p.must(t, "/issue", order{Name: "alice"}).Token] = true
	}
	if again, live := upstream.count(); len(tokens) != 1 || again != mints || live != 1 {
		t.Errorf("%d tokens are given out, %d mints later, and %d live", len(tokens), again-mints, live)
	}
}

func TestProcessThatIsKilledWhileItMintsDelaysTheNextByItsClaim(t *testing.T) {
	upstream := startMatterport(t, time.Hour)
	s := newSite(t, func(s *settings) { s.Minter, s.MintTimeout = upstream.URL, time.Second })
	life := s.MintTimeout + 5*time.Second // as the issuer asks for
	s.start(t, 4)
	go func() { _, _ = s.replicas[0].do(t.Context(), "/issue", order{Name: "alice"}) }()
	<-upstream.began
	upstream.mu.Lock()
	upstream.takes = 0
	upstream.mu.Unlock()
	s.replicas[0].kill(t)
	killed := time.Now()
	s.replicas = s.replicas[1:]
	s.forEach(func(p *process) {
		_, err := p.do(t.Context(), "/issue", order{Name: "alice"})
		took := time.Since(killed)
		t.Logf("replica %d has a token after %v", p.Index, took)
		if err != nil || took > life+time.Second {
			t.Errorf("with claims of %v: %v", life, err)
		}
	})
	if mints, live := upstream.count(); mints != 2 || live != 1 {
		t.Errorf("%d mints, %d tokens live", mints, live)
	}
}

func TestHerdOfTenThousandCausesOneMint(t *testing.T) {
	const callers = 10_000
	upstream := startMatterport(t, slowMint)
	s := newSite(t, func(s *settings) { s.Minter, s.MintTimeout = upstream.URL, 15*time.Second })
	s.start(t, 8)
	s.herds(t, 80, "warm")
	best := 1e9
	for i, name := range []string{"alice", "bob", "carol", "dave", "eve"} {
		began := time.Now()
		s.forEach(func(p *process) { p.must(t, "/sleep", order{Callers: callers / len(s.replicas)}) })
		sleepers := time.Since(began)
		herd := s.herds(t, callers, name)
		if mints, _ := upstream.count(); mints != i+2 {
			t.Fatalf("%d mints for %d users", mints, i+2)
		}
		ratio := float64(herd) / float64(sleepers)
		best = min(best, ratio)
		t.Logf("%d callers of 8 processes: %v, %.2f times %d sleepers", callers, herd, ratio, callers)
	}
	if best > 1.3 {
		t.Errorf("a herd takes at best %.2f times as long as sleepers", best)
	}
}

// The process minted before it was stopped, and wakes when another one has minted: its callers get that token.
func TestProcessThatIsStoppedWhileItMintsLosesItsClaim(t *testing.T) {
	upstream := startMatterport(t, slowMint)
	s := newSite(t, func(s *settings) { s.Minter, s.MintTimeout = upstream.URL, time.Second })
	s.start(t, 3)
	first := s.replicas[0]
	var token string
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		var out report
		out, err = first.do(t.Context(), "/issue", order{Name: "alice"})
		token = out.Token
	}()
	<-upstream.began
	first.signal(t, syscall.SIGSTOP)
	var next string
	eventually(t, "another replica mints", func() bool {
		out, err := s.replicas[1].do(t.Context(), "/issue", order{Name: "alice"})
		next = out.Token
		return err == nil
	})
	first.signal(t, syscall.SIGCONT)
	<-done
	if err != nil || token != next {
		t.Errorf("the stopped process answers %q, %v, and the other %q", token, err, next)
	}
	for _, p := range s.replicas {
		if got := p.must(t, "/issue", order{Name: "alice"}).Token; got != next {
			t.Errorf("replica %d issues %q, not %q", p.Index, got, next)
		}
	}
	if mints, _ := upstream.count(); mints != 2 {
		t.Errorf("%d mints", mints)
	}
}
