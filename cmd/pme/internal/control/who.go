package control

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer"
)

const maxTokens = 1000

// who lists live tokens, of all replicas.
func (s *Server) who(ctx context.Context, q Search) (Who, error) {
	all, err := s.scan(ctx)
	if err != nil {
		return Who{}, err
	}
	out := Who{At: s.now().UTC().Truncate(time.Second), Tokens: []Token{}, Spaces: []Open{}}
	opened := make(map[string]int)
	for _, t := range all {
		token := s.describe(t)
		if !q.selects(token) {
			continue
		}
		out.Total++
		for _, id := range t.Key().List() {
			opened[id]++
		}
		out.Tokens = append(out.Tokens, token)
	}
	slices.SortFunc(out.Tokens, func(a, b Token) int {
		return cmp.Or(cmp.Compare(a.User.ID, b.User.ID), cmp.Compare(a.Session, b.Session), a.ValidUntil.Compare(b.ValidUntil), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	if n := len(out.Tokens); n > maxTokens {
		out.Tokens, out.Omitted = out.Tokens[:maxTokens], n-maxTokens
	}
	for _, id := range slices.Sorted(maps.Keys(opened)) {
		out.Spaces = append(out.Spaces, Open{s.named(id), opened[id]})
	}
	s.acted(ctx, event.Event{Reason: "list_tokens", Count: out.Total, Detail: q.words()})
	return out, nil
}

// scan goes through the token store, which costs more than any other request, so one after the other.
func (s *Server) scan(ctx context.Context) (all []issuer.Live, err error) {
	select {
	case s.scanning <- struct{}{}:
		defer func() { <-s.scanning }()
	case <-ctx.Done():
		return nil, errBusy
	}
	for t, err := range s.live(ctx) {
		if err != nil {
			s.cfg.Logger.WarnContext(ctx, "live tokens not listed", slog.Any("error", err))
			return nil, errUnavailable
		}
		all = append(all, t)
	}
	return all, nil
}

func (s *Server) describe(t issuer.Live) Token {
	k := t.Key()
	out := Token{User: Person{ID: k.User}, Session: fingerprint(k.User, k.Session), ValidUntil: t.ValidUntil().UTC().Truncate(time.Second), Fingerprint: t.Fingerprint()}
	if u := t.User(); u != nil {
		out.User.Name, out.User.Email = u.Name, u.Email
	}
	for _, id := range k.List() {
		out.Models = append(out.Models, s.named(id))
	}
	return out
}

func (s *Server) named(id string) Model {
	return Model{ID: id, Name: s.cfg.Target.PME().Catalog().Name(id)}
}

// fingerprint stands for a session, as on the pages for administrators.
func fingerprint(user, session string) string {
	if session == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(strconv.Quote(user) + strconv.Quote(session)))
	return hex.EncodeToString(sum[:6])
}

func (q Search) selects(t Token) bool {
	has := func(text, words string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(words)) }
	person := q.Person == "" || has(t.User.ID, q.Person) || has(t.User.Name, q.Person) || has(t.User.Email, q.Person)
	return person && (q.Space == "" || slices.ContainsFunc(t.Models, func(m Model) bool { return has(m.ID, q.Space) || has(m.Name, q.Space) }))
}

// words says in an event what was searched for.
func (q Search) words() string {
	var parts []string
	if q.Person != "" {
		parts = append(parts, "person: "+q.Person)
	}
	if q.Space != "" {
		parts = append(parts, "space: "+q.Space)
	}
	return strings.Join(parts, "; ")
}
