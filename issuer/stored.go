package issuer

import (
	"context"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/internal/showcase"
	"github.com/go-pme/pme/issuer/store"
)

// stored is a token from the store and its remaining life. The zero stored means that there is no token.
type stored struct {
	*store.Entry
	left  time.Duration
	until time.Time // the end of the grant, or zero
}

// judge returns e with its remaining life, which ends with the grant. If Matterport's time is unknown, as after a start, it asks first.
func (i *Issuer) judge(ctx context.Context, e *store.Entry, p permit) stored {
	left, known := i.left(e)
	if !known && i.learnTime(ctx, e.Key) {
		left, _ = i.left(e)
	}
	if rest, ends := i.remaining(p); ends {
		left = min(left, rest)
	}
	return stored{e, left, p.until}
}

// usable reports whether the SDK can work with the token. Promise 2 of the design depends on this line.
func (s stored) usable() bool { return s.left >= showcase.LeastLeft }

// kindOfNext says what the event of the next token is: as long as this one lives, a tour can go on with that.
func (s stored) kindOfNext() event.Kind {
	if s.Entry != nil && s.left > 0 {
		return event.TokenRenewed
	}
	return event.TokenGranted
}

// fresh reports whether a token needs no renewal yet.
func (i *Issuer) fresh(s stored) bool { return seconds(s.left) > seconds(i.cfg.RefreshBefore) }

func (s stored) token() Token {
	until := s.ValidUntil
	if !s.until.IsZero() && s.until.Before(until) {
		until = s.until
	}
	return Token{AccessToken: s.Token, Link: s.Link, ValidUntil: until, ExpiresIn: seconds(s.left)}
}

func seconds(d time.Duration) int { return int(d / time.Second) }

// LiveModels returns how many live tokens open each model, of all users and on all replicas. It goes through the whole store,
// so call it seldom. A token that is being minted is not counted yet. If the store fails, there is no answer.
func (i *Issuer) LiveModels(ctx context.Context) (map[string]int, error) {
	live := make(map[string]int)
	for e, err := range i.store.Entries(ctx) {
		if err != nil {
			return nil, unavailable(err)
		}
		for _, model := range e.Key.List() {
			live[model]++
		}
	}
	return live, nil
}
