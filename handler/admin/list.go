package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/displayname"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/issuer"
)

const (
	tokensAPage = 50
	maxWords    = 200 // characters of a search
)

// A listing is a page of the live tokens.
type listing struct {
	At     moment  `json:"at"` // when they were listed
	All    int     `json:"all"`
	Tokens []token `json:"tokens"`
	cut

	Person string `json:"-"` // what is searched for
	Space  string `json:"-"`
}

// A token is a live token as an administrator may know it.
type token struct {
	User        person  `json:"user"`
	Session     string  `json:"session,omitempty"` // the fingerprint of the session, if the host tells sign-ins apart
	Own         bool    `json:"own,omitempty"`     // it is of the sign-in that asks
	Models      []model `json:"models"`
	ValidUntil  moment  `json:"valid_until"` // on Matterport's clock
	Fingerprint string  `json:"fingerprint"`
	Open        int     `json:"open"` // pages that watch these models, in this process
}

// A holder is a user with some of their tokens.
type holder struct {
	person
	Tokens []token
}

// Holders groups the tokens by user.
func (l listing) Holders() (all []holder) {
	for _, t := range l.Tokens {
		if n := len(all); n == 0 || all[n-1].ID != t.User.ID {
			all = append(all, holder{person: t.User})
		}
		last := &all[len(all)-1]
		last.Tokens = append(last.Tokens, t)
	}
	return all
}

// list shows the live tokens.
func (a *Admin) list(w http.ResponseWriter, r *http.Request, u *identity.User) {
	last, err := a.live.get(r.Context())
	if err != nil {
		a.refuse(w, r, unavailable)
		return
	}
	query := r.URL.Query()
	out := listing{At: moment{last.at}, All: len(last.tokens), Person: words(query, "person"), Space: words(query, "space"), Tokens: []token{}}
	found := a.search(last.tokens, out.Person, out.Space)
	out.cut = cutAt(query, len(found), tokensAPage)
	for _, t := range first(found, out.to())[out.from():] {
		out.Tokens = append(out.Tokens, a.describe(t, u))
	}
	a.acted(r, u, event.Event{Reason: "list_tokens", Count: out.Total, Detail: searched(out.Person, out.Space)})
	a.show(w, r, "tokens", "Live tokens", out)
}

// searched says in an event what was searched for.
func searched(person, space string) string {
	var parts []string
	if person != "" {
		parts = append(parts, "person: "+person)
	}
	if space != "" {
		parts = append(parts, "space: "+space)
	}
	return strings.Join(parts, "; ")
}

// words returns a field of a search, cut to what is searched for.
func words(query url.Values, name string) string { return displayname.Clean(query.Get(name)) }

// search returns the tokens of users with the words of person in their ID, name or e-mail address, that open a space with the words
// of space in its ID or name. Letter case makes no difference.
func (a *Admin) search(tokens []issuer.Live, person, space string) []issuer.Live {
	if person == "" && space == "" {
		return tokens
	}
	person, space = strings.ToLower(person), strings.ToLower(space)
	spaces := make(map[string]bool) // whether a set of models has one
	var found []issuer.Live
	for _, t := range tokens {
		if person != "" && !isAbout(t, person) {
			continue
		}
		if space != "" {
			has, known := spaces[t.Key().Models]
			if !known {
				has = slices.ContainsFunc(t.Key().List(), func(id string) bool {
					return strings.Contains(strings.ToLower(id), space) || strings.Contains(strings.ToLower(a.cfg.Catalog.Name(id)), space)
				})
				spaces[t.Key().Models] = has
			}
			if !has {
				continue
			}
		}
		found = append(found, t)
	}
	return found
}

func isAbout(t issuer.Live, person string) bool {
	if strings.Contains(strings.ToLower(t.Key().User), person) {
		return true
	}
	u := t.User()
	return u != nil && (strings.Contains(strings.ToLower(u.Name), person) || strings.Contains(strings.ToLower(u.Email), person))
}

func (a *Admin) describe(t issuer.Live, u *identity.User) token {
	k := t.Key()
	return token{
		User: newPerson(k.User, t.User()), Session: fingerprint(k.User, k.Session), Own: k.User == u.ID && k.Session == u.Session,
		Models: a.modelsOf(k.List()), ValidUntil: moment{t.ValidUntil().UTC().Truncate(time.Second)}, Fingerprint: t.Fingerprint(),
		Open: revocations.Listening(a.cfg.Issuer, k.User, k.List()),
	}
}
