package sinktest

import (
	"fmt"
	"testing"
	"time"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
)

func queryHasWhatItSelects(t *testing.T, s sink) {
	all := varied(t, s)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("user%d", i+2))
	}
	for what, q := range map[string]audit.Query{
		"everything":            {},
		"from":                  {From: at(30)},
		"from between":          {From: at(30).Add(-time.Nanosecond)},
		"from just after":       {From: at(30).Add(time.Nanosecond)},
		"to":                    {To: at(30)},
		"to just after":         {To: at(30).Add(time.Nanosecond)},
		"a time":                {From: at(30), To: at(40)},
		"another zone":          {From: at(30).In(time.FixedZone("", 3600)), To: at(40)},
		"an empty time":         {From: at(30), To: at(30)},
		"no time":               {From: at(40), To: at(30)},
		"long ago":              {To: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)},
		"far away":              {From: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
		"a kind":                {Kinds: []event.Kind{event.SpaceViewed}},
		"two kinds":             {Kinds: []event.Kind{event.SpaceViewed, event.TokensRevoked}},
		"no kind that is there": {Kinds: []event.Kind{event.Configured}},
		"a user":                {Users: []string{"user1"}},
		"two users":             {Users: []string{"user2", "user1"}},
		"a user twice":          {Users: []string{"user1", "user1"}},
		"many users":            {Users: many},
		"about no user":         {Users: []string{""}},
		"no user that is there": {Users: []string{"USER1", "user"}},
		"a model":               {Model: "model1"},
		"a name":                {Model: "Plant 1"},
		"a part of a name":      {Model: "Plant"},
		"a model and a user":    {Model: "model1", Users: []string{"user1"}},
		"a model, kinds, time":  {Model: "model1", Kinds: []event.Kind{event.SpaceViewed}, From: at(10), To: at(70)},
		"all at once":           {Model: "Plant 1", Users: []string{"user0", "user1"}, Kinds: []event.Kind{event.SpaceViewed}, From: at(10), To: at(90)},
	} {
		want(t, what, s, q, selected(q, all)...)
	}
}

// varied appends records of two chains, and returns them.
func varied(t *testing.T, s sink) (all []audit.Record) {
	t.Helper()
	kinds := []event.Kind{event.TokenGranted, event.SpaceViewed, event.TokensRevoked}
	for range 2 {
		c := newChain()
		for i := range 100 {
			r := audit.Record{Time: start.Add(time.Duration(i) * time.Second), Kind: kinds[i%len(kinds)]}
			if i%5 < 3 {
				r.User = fmt.Sprintf("user%d", i%5)
			}
			if i%7 < 3 {
				r.Models, r.Names = []string{fmt.Sprintf("model%d", i%7), "model9"}, []string{fmt.Sprintf("Plant %d", i%7), ""}
			}
			all = append(all, c.next(r))
		}
		// The time of a record is that of its event, and records wait.
		all = append(all, c.next(audit.Record{Time: start, Kind: event.SpaceViewed, User: "user1"}))
		add(t, s, all[len(all)-101:]...)
	}
	return all
}
