package issuer

import (
	"context"
	"time"

	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
)

// stored is a token in the store, and how much of its life it has left. The zero stored is none.
type stored struct {
	*store.Entry
	left time.Duration
}

// judge says how much e is still worth. A process that has just started learns the time first.
func (i *Issuer) judge(ctx context.Context, e *store.Entry) stored {
	left, known := i.left(e)
	if !known && i.learnTime(ctx, e.Key) {
		left, _ = i.left(e)
	}
	return stored{e, left}
}

// usable says that the SDK can work with the token: promise 2 of the design rests on this line.
func (s stored) usable() bool { return s.left >= showcase.LeastLeft }

// fresh says that a token needs no renewal yet.
func (i *Issuer) fresh(s stored) bool { return seconds(s.left) > seconds(i.cfg.RefreshBefore) }

func (s stored) token() Token {
	return Token{AccessToken: s.Token, Link: s.Link, ValidUntil: s.ValidUntil, ExpiresIn: seconds(s.left)}
}

func seconds(d time.Duration) int { return int(d / time.Second) }
