package natural_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/go-pme/pme/internal/natural"
)

func TestNamesAreInTheOrderThatPeopleExpect(t *testing.T) {
	want := []string{
		"", "3", "13", "Arzt", "Ärzte 2", "Etage 9", "Etage 10000000000000000000000",
		"Floor 0, lobby", "Floor 1, lobby", "Floor 3", "floor 3a", "Floor 9, lobby", "Floor 10, lobby", "Floor 13", "Hall 3 - 9", "Hall 3 - 10", "Hall 39",
		"Head office", "Headquarters", "Zoo",
		"الطابق ٠ أ", "الطابق ٣", "الطابق ١٣",
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, natural.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestZerosBeforeANumberCountForNothing(t *testing.T) {
	for _, pair := range [][2]string{{"Floor 3", "Floor 003"}, {"0", "000"}, {"٣", "٠٣"}, {"Ärzte", "arzte"}} {
		if natural.Key(pair[0]) != natural.Key(pair[1]) {
			t.Errorf("%q has another place than %q", pair[0], pair[1])
		}
	}
}

// TestNumbersOfAnyLengthAreInOrder goes over the lengths at which their writing changes.
func TestNumbersOfAnyLengthAreInOrder(t *testing.T) {
	for n := 1; n < 40; n++ {
		shorter, longer := "a"+strings.Repeat("9", n)+" z", "a1"+strings.Repeat("0", n)
		if natural.Compare(shorter, longer) >= 0 {
			t.Errorf("%s is after %s", shorter, longer)
		}
	}
}

func TestKeysAreTheSameFromManyGoroutines(t *testing.T) {
	names := []string{"Head office 13", "Ärzte", "الطابق ٣"}
	var want []string
	for _, name := range names {
		want = append(want, natural.Key(name))
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range 300 {
				if got := natural.Key(names[i%3]); got != want[i%3] {
					t.Errorf("the key of %q is %x, want %x", names[i%3], got, want[i%3])
				}
			}
		})
	}
	wg.Wait()
}

func FuzzCompare(f *testing.F) {
	f.Add("Floor 3", "Floor 13")
	f.Add("\xff", "�")
	f.Add("00000000000000000000000000000000000000000000000000", "0")
	f.Fuzz(func(t *testing.T, a, b string) {
		there, back := natural.Compare(a, b), natural.Compare(b, a)
		if there != -back || (there == 0) != (a == b) {
			t.Fatalf("%q, %q: %d one way, %d the other", a, b, there, back)
		}
	})
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		natural.Key("Head office, floor 13")
	}
}
