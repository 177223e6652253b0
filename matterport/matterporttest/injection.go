package matterporttest

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// rule is a Failure that waits for its requests.
type rule struct {
	op      string
	failure Failure
	left    int // negative: until Heal
}

// Fail makes the next requests for op go wrong: times of them, or all until [Server.Heal] where times is
// negative. op is "token" (the whole token endpoint), "authorization_code" or "refresh_token" (one of its
// grants), a GraphQL field name such as "createPrivateModelEmbedLink", "*" for all of these, or one of the
// pages "authorize", "select", "show" and "status", which "*" leaves alone.
//
// Rules are looked at in the order in which they were given. Each [Latency] that matches is served in
// full; of the other failures the first that matches decides, and the rest are kept for later requests.
func (s *Server) Fail(op string, f Failure, times int) {
	if times == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, &rule{op: op, failure: f, left: times})
}

// Heal forgets every failure that [Server.Fail] installed. Requests that are already held stay held.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = nil
}

// Calls returns how many requests for op have arrived, failed ones included. op is as in [Server.Fail]:
// "token", one of its grants, a GraphQL field name, "authorize" (the page and its form), "select", "show"
// (page loads), "status" (the page's polling), or "*", all requests to the token endpoint and the Model
// API. Model API requests that could not be parsed count as "unparsed".
func (s *Server) Calls(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}

// attempt counts a request for ops and answers it with serve, unless a failure has been arranged for it.
func (s *Server) attempt(w http.ResponseWriter, r *http.Request, ops []string, body []byte, serve func(http.ResponseWriter)) {
	failure, op := s.admitCall(ops)
	if !pause(r.Context(), failure.delay) {
		return
	}
	s.stampDate(w)
	if failure.answer == nil {
		serve(w)
		return
	}
	failure.answer(w, exchange{ctx: r.Context(), op: op, body: body, serve: serve})
}

// admitCall counts one request, of which ops are all the names it goes by, and takes the failures that
// are due to it together as one.
func (s *Server) admitCall(ops []string) (due Failure, op string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range ops {
		s.calls[name]++
	}
	for _, rule := range s.rules {
		if !slices.Contains(ops, rule.op) || rule.left == 0 || (due.answer != nil && rule.failure.answer != nil) {
			continue
		}
		if rule.left > 0 {
			rule.left--
		}
		due.delay += rule.failure.delay
		if rule.failure.answer != nil {
			due.answer = rule.failure.answer
		}
	}
	s.rules = slices.DeleteFunc(s.rules, func(r *rule) bool { return r.left == 0 })
	return due, ops[0]
}

// pause waits for d and reports whether ctx lasted that long.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
