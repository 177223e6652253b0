package secret

import (
	"context"
	"slices"
	"time"
)

// farewell is how long the removal of a consumer waits for a call of Changed that is running.
const farewell = time.Second

// An audience is a registered consumer. It is told by a goroutine of its own, which exists only while there is something
// to tell. Source.mu guards its fields.
type audience struct {
	Consumer

	pending *Change       // what came while Changed ran
	told    string        // the problem it was last told, "" if there was none
	telling chan struct{} // closed when Changed has returned and nothing is pending; nil if it does not run
}

// add registers a consumer that has accepted the values in force. Source.deciding must be locked.
func (s *Source) add(c Consumer) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &audience{Consumer: c, told: s.problem}
	s.consumers = append(s.consumers, a)
	return func() { s.remove(a) }
}

// remove drops what is pending. It does not wait forever, as Changed may hang, or be the caller.
func (s *Source) remove(a *audience) {
	s.mu.Lock()
	s.consumers = slices.DeleteFunc(s.consumers, func(other *audience) bool { return other == a })
	a.pending = nil
	telling := a.telling
	s.mu.Unlock()
	if telling == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	select {
	case <-telling:
	case <-ctx.Done():
	}
}

// report notes the problem of the files, "" if they are good, and announces it if it is another one than before. Source.mu
// must be locked.
func (s *Source) report(problem string) {
	if s.problem != problem {
		s.problem = problem
		s.announce(Change{File: s.name, Problem: problem})
	}
}

// announce has all consumers told, and waits for none. Source.mu must be locked, so that all are told in the same order.
func (s *Source) announce(change Change) {
	for _, a := range s.consumers {
		if a.Changed == nil {
			continue
		}
		next := change
		if a.pending != nil {
			next.Values = next.Values || a.pending.Values
		}
		a.pending = &next
		if a.telling == nil {
			a.telling = make(chan struct{})
			s.tellNext(a)
		}
	}
}

// tellNext tells what is pending, unless that is what was told last. Source.mu must be locked.
func (s *Source) tellNext(a *audience) {
	change := a.pending
	a.pending = nil
	if change == nil || !change.Values && change.Problem == a.told {
		close(a.telling)
		a.telling = nil
		return
	}
	a.told = change.Problem
	go s.tell(a, *change)
}

// tell calls Changed. A panic, as the handler of a log may raise, must not end the process.
func (s *Source) tell(a *audience, change Change) {
	defer func() { // also after runtime.Goexit
		_ = recover()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.tellNext(a)
	}()
	a.Changed(change)
}
