package event

import "context"

// Client returns the address of the client that sent the request in ctx, and whether [Config].Client says it. If it does not,
// the address is that of the peer, which may be a proxy that all users share: refuse no one because of what it has done.
func (s *Stream) Client(ctx context.Context) (address string, known bool) {
	return s.Request(ctx).Client, s.cfg.knowsClients
}
