package revoked

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-pme/pme/middleware/revocation"
	"github.com/go-pme/pme/middleware/revocation/revocationtest"
)

var _ revocation.Store = (*Memory)(nil)

func TestMemoryKeepsItsContract(t *testing.T) {
	revocationtest.Run(t, func(*testing.T) revocation.Store { return New(time.Now) })
}

func TestMemoryKeepsARevocationForItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, ctx := New(time.Now), t.Context()
		revoked := func(want bool) {
			t.Helper()
			if got, err := m.Revoked(ctx, revocation.Session{Names: []string{"a"}}); got != want || err != nil {
				t.Errorf("Revoked reports %v, %v; want %v", got, err, want)
			}
		}
		for _, revoke := range []func() error{
			func() error { return m.Revoke(ctx, "a", time.Minute) },
			func() error { return m.RevokeIssued(ctx, "a", time.Unix(1, 0), time.Minute) },
		} {
			if err := revoke(); err != nil {
				t.Error(err)
			}
			revoked(true)
			time.Sleep(time.Minute - 1)
			revoked(true)
			time.Sleep(time.Nanosecond)
			revoked(false)
		}
	})
}

func TestMemoryDropsExpiredRevocations(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	m := New(func() time.Time { return now })
	for i := range 10_000 {
		_ = m.Revoke(t.Context(), "short"+strconv.Itoa(i), time.Minute)
	}
	now = now.Add(time.Minute)
	for i := range 10_000 {
		_ = m.RevokeIssued(t.Context(), "long"+strconv.Itoa(i), now, time.Hour)
	}
	if n := len(m.names); n < 10_000 || n > 12_000 {
		t.Errorf("%d revocations are left, want little more than the 10000 that count", n)
	}
}

func TestRevokedAllocatesNothing(t *testing.T) {
	m, ctx := New(time.Now), t.Context()
	_ = m.Revoke(ctx, "a", time.Hour)
	position, _ := m.Position(ctx)
	for _, s := range []revocation.Session{
		{Names: []string{"b", "c"}}, {Names: []string{"b", "a"}, Position: position, IssuedAt: time.Unix(1, 0)}, {Names: []string{"a"}},
	} {
		if n := testing.AllocsPerRun(100, func() { _, _ = m.Revoked(ctx, s) }); n != 0 {
			t.Errorf("%+v: %v allocations", s, n)
		}
	}
}

func TestNamesAreShortAndPrintable(t *testing.T) {
	seen := make(map[string]string)
	for _, id := range []string{
		"https://id.example#248289761001", "provider session 1", "", strings.Repeat("x", 255), strings.Repeat("x", 256), strings.Repeat("x", 257),
		"Ålice", "a\x00b", "a\nb", "\xff", "~", Name("Ålice"),
	} {
		name := Name(id)
		if len(name) > 255 || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c > '~' }) {
			t.Errorf("%q: the name %q has %d bytes, want 255 of printable ASCII", id, name, len(name))
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q have one name", id, other)
		}
		seen[name] = id
	}
	for _, id := range []string{"https://id.example#248289761001", strings.Repeat("x", 255)} {
		if Name(id) != id {
			t.Errorf("%q is called %q", id, Name(id))
		}
	}
}

func BenchmarkRevoked(b *testing.B) {
	m, ctx := New(time.Now), b.Context()
	for i := range 100_000 {
		_ = m.Revoke(ctx, "user"+strconv.Itoa(i), time.Hour)
	}
	for name, s := range map[string]revocation.Session{
		"never": {Names: []string{"session", "somebody"}}, "before": {Names: []string{"session", "user500"}, IssuedAt: time.Unix(1, 0)},
	} {
		b.Run(name, func(b *testing.B) {
			s.Position, _ = m.Position(ctx)
			b.ReportAllocs()
			for b.Loop() {
				if is, _ := m.Revoked(ctx, s); is {
					b.Fatal("revoked")
				}
			}
		})
	}
}

func BenchmarkRevokeAmongMany(b *testing.B) {
	m, ctx := New(time.Now), b.Context()
	for i := range 100_000 {
		_ = m.Revoke(ctx, "user"+strconv.Itoa(i), time.Hour)
	}
	var slowest time.Duration
	for b.Loop() {
		start := time.Now()
		_ = m.Revoke(ctx, "user", time.Hour)
		slowest = max(slowest, time.Since(start))
	}
	b.ReportMetric(float64(slowest.Microseconds()), "µs/slowest")
}
