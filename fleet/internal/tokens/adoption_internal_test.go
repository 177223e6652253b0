package tokens

import (
	"slices"
	"testing"
)

func TestOwnersThatMissTheirBeatsAreTakenOver(t *testing.T) {
	var o orphans
	o.init()
	owners := map[string]string{"own": "a", "silent": "b", "beats": "0"}
	for n := range 2 * beatsMissed {
		owners["beats"] += "1"
		var want []string
		if n >= beatsMissed {
			want = []string{"silent"}
		}
		if got := o.stopped(owners, "own"); !slices.Equal(got, want) {
			t.Errorf("beat %d: %q have stopped, want %q", n, got, want)
		}
	}
	owners["silent"] = "c"
	if got := o.stopped(owners, "own"); len(got) != 0 {
		t.Errorf("%q have stopped", got)
	}
	owners["beats"] = leaving
	if got := o.stopped(owners, "own"); !slices.Equal(got, []string{"beats"}) {
		t.Errorf("%q are leaving", got)
	}
}
