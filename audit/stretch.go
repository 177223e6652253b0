package audit

import (
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-pme/pme/event"
)

const (
	mostStretches = 200_000
	longest       = time.Hour // after which a stretch that goes on is written, so that a crash loses no more of it
)

// A viewer identifies a token: its user, its session and its models.
type viewer struct{ user, session, models string }

func viewerOf(e *event.Event) viewer {
	v := viewer{user: e.User, session: e.Session}
	for _, model := range e.Models {
		v.models += model + " "
	}
	return v
}

// A stretch is a time for which a user had tokens without a gap.
type stretch struct {
	first   event.Event // the grant, or the renewal of one that this process does not know
	seen    time.Time   // when the last token was given
	until   time.Time   // when that token ends
	written time.Time
}

// stretches are those that go on. Their end is at the latest that of the last token.
type stretches struct {
	mu    sync.Mutex
	users map[string]map[viewer]*stretch
	size  int
}

func newStretches() *stretches { return &stretches{users: make(map[string]map[viewer]*stretch)} }

func (s *stretches) add(key viewer, open *stretch) {
	if s.users[key.user] == nil {
		s.users[key.user] = make(map[viewer]*stretch)
	}
	s.users[key.user][key] = open
	s.size++
}

func (s *stretches) remove(key viewer) {
	delete(s.users[key.user], key)
	if len(s.users[key.user]) == 0 {
		delete(s.users, key.user)
	}
	s.size--
}

// of goes through the stretches of a user, or all if user is empty.
func (s *stretches) of(user string) iter.Seq2[viewer, *stretch] {
	return func(yield func(viewer, *stretch) bool) {
		if user != "" {
			maps.All(s.users[user])(yield)
			return
		}
		for _, open := range s.users {
			for key, one := range open {
				if !yield(key, one) {
					return
				}
			}
		}
	}
}

// extend takes in a grant or a renewal. It returns the record of the stretch before, if that has ended.
func (s *stretches) extend(e event.Event) (ended []Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := viewerOf(&e)
	now := s.users[key.user][key]
	if now != nil && e.Kind == event.TokenGranted { // the token before was revoked, perhaps by another replica
		ended = append(ended, now.record(e.Time, e.Time))
		s.remove(key)
		now = nil
	}
	if now == nil {
		if s.size >= mostStretches {
			return ended // the grant itself is in the trail
		}
		now = &stretch{first: e, written: e.Time}
		s.add(key, now)
	}
	now.seen, now.until = e.Time, e.Until
	return ended
}

// end returns the records of the stretches that a revocation ends.
func (s *stretches) end(e *event.Event) (ended []Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, now := range s.of(e.User) {
		if now.endsBy(e) {
			r := now.record(e.Time, e.Time)
			r.Reason, r.By = e.Reason, e.By
			ended = append(ended, r)
			s.remove(key)
		}
	}
	return ended
}

// endsBy reports whether a revocation meant the tokens of the stretch.
func (n *stretch) endsBy(e *event.Event) bool {
	return (e.Session == "" || e.Session == n.first.Session) && meansModels(e.Models, e.Exact, n.first.Models)
}

// meansModels reports whether a revocation that is about models means a token for some: all tokens if it names no model.
func meansModels(models []string, exact bool, token []string) bool {
	if exact {
		return slices.Equal(models, token)
	}
	return len(models) == 0 || slices.ContainsFunc(models, func(model string) bool { return slices.Contains(token, model) })
}

// over returns the records of the stretches that have ended by now, and of long ones that go on. If all is set, it returns
// all and forgets them: their last tokens live on.
func (s *stretches) over(now time.Time, all bool) (records []Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, open := range s.of("") {
		switch ended := !open.until.After(now); {
		case ended || all:
			records = append(records, open.record(now, open.until))
			s.remove(key)
		case now.Sub(open.written) >= longest && open.seen.After(open.written):
			records = append(records, open.record(now, open.until))
			open.written = now
		}
	}
	slices.SortFunc(records, func(a, b Record) int { return a.From.Compare(b.From) })
	return records
}

// record returns the record of the stretch as it is known at a time, with an end that is not before the last token was given.
func (n *stretch) record(at, until time.Time) Record {
	e := n.first
	e.Kind, e.ID, e.Detail, e.Reason, e.Groups = event.SpaceViewed, newID(), "", "", nil
	e.From, e.Until, e.Time = n.first.Time, until, at
	if e.Until.After(n.until) {
		e.Until = n.until
	}
	if e.Until.Before(n.seen) {
		e.Until = n.seen
	}
	r := recordOf(e)
	r.Grant, r.Seen = n.first.ID, utc(n.seen)
	return r
}
