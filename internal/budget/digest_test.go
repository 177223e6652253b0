package budget_test

import (
	"testing"
	"time"

	"github.com/go-pme/pme/internal/budget"
)

func TestFloodHasFewRecordsThatCountTheRest(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	d := budget.NewDigest(2, time.Minute, func() time.Time { return now })
	records, told := 0, 0
	for range 6000 { // ten a second, for ten minutes
		if count := d.Note("alice"); count > 0 {
			records++
			told += count
		}
		now = now.Add(100 * time.Millisecond)
	}
	if records != 11 || told < 5300 || told > 6000 {
		t.Errorf("%d records of %d refusals, want 11 of nearly 6000", records, told)
	}
	if count := d.Note("bob"); count != 1 {
		t.Errorf("bob's first refusal counts as %d", count)
	}
}

func TestAddressIsWhatOneClientHas(t *testing.T) {
	for client, want := range map[string]string{
		"192.0.2.1":             "192.0.2.1",
		"192.0.2.1:4711":        "192.0.2.1",
		"::ffff:192.0.2.1":      "192.0.2.1",
		"2001:db8:1:2:3:4:5:6":  "2001:db8:1:2::/64",
		"[2001:db8:1:2::9]:443": "2001:db8:1:2::/64",
		"2001:db8:1:3::1":       "2001:db8:1:3::/64",
		"fe80::1%eth0":          "fe80::/64",
		"":                      "",
		"unknown":               "unknown",
		"192.0.2.1, 10.0.0.1":   "192.0.2.1, 10.0.0.1",
	} {
		if got := budget.Address(client); got != want {
			t.Errorf("%q stands for %q, want %q", client, got, want)
		}
	}
}

func TestWaitTakesNothing(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	b := budget.New(1, time.Minute, func() time.Time { return now })
	for range 3 {
		if wait := b.Wait("alice"); wait != 0 {
			t.Fatalf("alice would wait %v before she has spent anything", wait)
		}
	}
	b.Spend("alice")
	now = now.Add(20 * time.Second)
	if wait := b.Wait("alice"); wait != 40*time.Second {
		t.Errorf("alice would wait %v, want 40s", wait)
	}
	b.Empty("bob")
	if wait := b.Wait("bob"); wait != time.Minute {
		t.Errorf("bob would wait %v once all is taken, want a minute", wait)
	}
}
