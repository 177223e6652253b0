package issuer

import (
	"context"

	"github.com/go-pme/pme/issuer/store"
)

// begun is the key of a request's mark in its context. Each issuer has marks of its own.
type begun struct{ *Issuer }

// Begin returns ctx with a mark in it that says where the request stands among the revocations. Call it
// before anything decides who sent the request; package pme does so for its routes, handler.Begin for others.
//
// [Issuer.Issue] refuses a request whose user was locked out and whose tokens were revoked after Begin, even
// if the request had passed the gate before. Without Begin it looks only at what was revoked since Issue was
// called. If ctx has a mark already, Begin returns ctx: the earlier one counts.
func (i *Issuer) Begin(ctx context.Context) context.Context {
	if _, ok := ctx.Value(begun{i}).(*store.Mark); ok {
		return ctx
	}
	mark := i.store.Mark()
	return context.WithValue(ctx, begun{i}, &mark)
}

// Mark returns the mark that [Issuer.Begin] has put into ctx, or the present one. It is for callers of
// [Issuer.IssueSince].
func (i *Issuer) Mark(ctx context.Context) store.Mark {
	if mark, ok := ctx.Value(begun{i}).(*store.Mark); ok {
		return *mark
	}
	return i.store.Mark()
}
