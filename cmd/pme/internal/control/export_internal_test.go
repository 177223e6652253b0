package control

import (
	"context"
	"net/http"
)

// The bounds of a server.
const (
	MaxConns  = maxConns
	MaxAtOnce = maxAtOnce
)

// OnLeave has f called when the server has noticed that a client left before it had its answer. Call it before Serve.
func (s *Server) OnLeave(f func()) {
	next := s.http.Handler
	s.http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop := context.AfterFunc(r.Context(), f)
		defer stop()
		next.ServeHTTP(w, r)
	})
}
