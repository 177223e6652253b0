package event_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/logtest"
)

func TestGroupsAreBoundedAndReadable(t *testing.T) {
	many := []string{strings.Repeat("ü", 1000)}
	for i := range 199 {
		many = append(many, fmt.Sprint("g", i))
	}
	for _, test := range []struct {
		groups []string
		want   string
	}{
		{nil, ""},
		{[]string{"facilities", "Data Centre", "Büro"}, "facilities, Data Centre, Büro"},
		{
			[]string{"a,b", "", "facilities ", "fac\u200b", "data\u00a0centre", `"`, "a\nlevel=ERROR", "\xff"},
			`"a,b", "", "facilities ", "fac\u200b", "data\u00a0centre", "\"", "a\nlevel=ERROR", "\xff"`,
		},
	} {
		if _, got := logged(t, test.groups); got != test.want {
			t.Errorf("%q is logged as %q, want %q", test.groups, got, test.want)
		}
	}
	e, got := logged(t, many)
	if len(e.Groups) != 50 || e.MoreGroups != 150 || len(e.Groups[0]) > 140 || !strings.HasSuffix(got, ", g48, and 150 more") {
		t.Errorf("%d groups and %d more, logged as %q", len(e.Groups), e.MoreGroups, got)
	}
	if len(many[0]) != 2000 {
		t.Error("the user's groups were changed")
	}
}

// logged returns an event with these groups as a listener gets it, and its groups in a JSON log.
func logged(t *testing.T, groups []string) (event.Event, string) {
	t.Helper()
	var log logtest.Buffer
	listener := new(kept)
	s := newStream(t, event.Config{Logger: slog.New(slog.NewJSONHandler(&log, nil)), Listeners: []event.Listener{listener}})
	s.Emit(t.Context(), event.Event{Kind: event.TokenDenied, Groups: groups})
	closeStream(t, s)
	var record struct{ Groups string }
	if err := json.Unmarshal([]byte(log.String()), &record); err != nil {
		t.Fatal(err)
	}
	return listener.all()[0], record.Groups
}
