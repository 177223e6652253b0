package issuer

import (
	"encoding/json"
	"time"

	"github.com/go-pme/pme/internal/rescue"
	"github.com/go-pme/pme/issuer/store"
)

// maxQuiet bounds the Retry-After of Matterport's answers.
const maxQuiet = time.Minute

// mutation is a GraphQL mutation that mints tokens. Matterport limits the rate of each separately.
type mutation int

const (
	oneModel      mutation = iota // createPrivateModelEmbedLink
	severalModels                 // createPrivateModelEmbedToken
)

func mutationOf(key store.Key) mutation {
	if len(key.List()) > 1 {
		return severalModels
	}
	return oneModel
}

// quietTopic is that of the hints between replicas.
const quietTopic = "matterport quiet"

// A wish is what Matterport has asked one replica for.
type wish struct {
	Mutation     mutation
	Milliseconds int64
}

// keepQuiet makes no calls of one mutation for a while, and tells the other replicas.
func (i *Issuer) keepQuiet(m mutation, d time.Duration) {
	if d <= 0 {
		return
	}
	i.quiet.Keep(m, d)
	s, ok := i.cfg.Store.(store.Hinter)
	if !ok {
		return
	}
	text, err := json.Marshal(wish{m, min(d, maxQuiet).Milliseconds()})
	if err != nil {
		return // never: it has numbers only
	}
	rescue.Call(i.log, theStore, func() { s.Hint(quietTopic, string(text)) })
}

// heardQuiet does what another replica was asked for, for as long from now. What this version does not know is ignored.
func (i *Issuer) heardQuiet(text string) {
	var w wish
	if json.Unmarshal([]byte(text), &w) != nil || w.Mutation != oneModel && w.Mutation != severalModels {
		return
	}
	i.quiet.Keep(w.Mutation, time.Duration(min(w.Milliseconds, maxQuiet.Milliseconds()))*time.Millisecond)
}
