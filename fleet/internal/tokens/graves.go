package tokens

import (
	"maps"
	"slices"
	"time"

	"github.com/go-pme/pme/fleet/internal/member"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// graves are the single tokens that were revoked. They count whatever the store says: a fail-over may bring such a token back,
// which has no generation that would be announced.
type graves map[matterport.Secret][]grave

type grave struct {
	selector  store.Selector
	at        member.Position // without the random value
	forgotten time.Time
}

func (g graves) add(r *member.Record, at member.Position) {
	if len(g) >= mostRecents {
		g.makeRoom()
	}
	token := r.Tokens.Token
	others := slices.DeleteFunc(g[token], func(one grave) bool { return one.selector == *r.Tokens })
	g[token] = append(others, grave{*r.Tokens, at, time.Now().Add(time.Duration(r.Life) * time.Millisecond)})
}

// makeRoom forgets what no token outlives, and if that is too little, some of the rest.
func (g graves) makeRoom() {
	now := time.Now()
	maps.DeleteFunc(g, func(_ matterport.Secret, all []grave) bool { return all[len(all)-1].forgotten.Before(now) })
	for token := range g {
		if len(g) < mostRecents*9/10 {
			return
		}
		delete(g, token)
	}
}

// have reports whether an entry that was claimed, or read, at a position was revoked since.
func (g graves) have(e *store.Entry, position member.Position, history member.History) bool {
	return slices.ContainsFunc(g[e.Token], func(one grave) bool {
		if !one.selector.Matches(e) {
			return false
		}
		if one.at.Epoch == position.Epoch {
			return one.at.Number > position.Number
		}
		return len(history) > 0 && history.Later(one.at, position)
	})
}
