package oidclogin

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-pme/pme/internal/answer"
	"github.com/go-pme/pme/internal/provider"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/oidclogin/internal/named"
)

var (
	errGroupsLost = fmt.Errorf("%w: the groups of the session are no longer in the store", middleware.ErrNotSignedIn)

	// errNamedLater asks for a sign-in and leaves the session as it is: if the sign-in fails, the session
	// goes on.
	errNamedLater = fmt.Errorf("%w: the policy has come to name a group that the session may have left out", middleware.ErrNotSignedIn)
)

// maxGroupBytes is how many bytes the groups of a session may take.
const maxGroupBytes = 64 << 10

var _ middleware.GroupKeeper = (*sessions)(nil)

// KeepGroups implements [middleware.GroupKeeper].
func (s *sessions) KeepGroups(names func() []string) (changed func()) {
	s.named.Add(names)
	s.memo.Clear()
	return func() {
		if s.named.Refresh() {
			s.memo.Clear() // sessions are read anew, and compared with the groups that are named now
		}
	}
}

// newGroupClaim returns what reads the groups of users. That users have none is worth a warning if the host has
// named a claim or chooses groups, or a policy names some.
func newGroupClaim(cfg *Config, sets *named.Sets) *provider.Groups {
	return &provider.Groups{
		Claim: cfg.GroupsClaim, Format: cfg.GroupsFormat, Logger: cfg.Logger,
		Expected: func() bool {
			return cfg.GroupsClaim != defaultGroupsClaim || cfg.KeepGroup != nil || sets.Current().NamesAny()
		},
	}
}

// claimedGroups returns the groups that the documents say. If they cannot be read, the user has none.
func (c *party) claimedGroups(ctx context.Context, documents []map[string]any) []string {
	groups, err := c.groupClaim.Of(ctx, documents...)
	if err != nil {
		c.cfg.Logger.WarnContext(ctx, "user signed in without groups", slog.String("groups_claim", c.cfg.GroupsClaim), slog.Any("error", err))
	}
	return groups
}

// divide returns the groups that a session keeps, each once, without those that have an empty name, and what
// it remembers of the others.
func (c *party) divide(groups []string) (sessionGroups, error) {
	var once []string
	seen := map[string]bool{"": true}
	for _, g := range groups {
		if !seen[g] && (c.cfg.KeepGroup == nil || c.cfg.KeepGroup(g)) {
			once = append(once, g)
		}
		seen[g] = true
	}
	divided := sessionGroups{groups: once}
	if c.cfg.KeepGroup == nil {
		c.named.Refresh() // a policy may not say when it changes
		divided.groups, divided.rest = c.named.Current().Divide(once)
	}
	if len(divided.AppendTo(nil)) > maxGroupBytes {
		return sessionGroups{}, errTooManyGroups
	}
	return divided, nil
}

// lacks reports whether the session may have left out a group that is named now.
func (s *sessions) lacks(in *signIn) bool { return in.rest.Lacks(s.named.Current()) }

// isDue reports whether the session is to be renewed: because of its time, or because of groups.
func (s *sessions) isDue(in *signIn, now time.Time) bool {
	return in.renewAt != 0 && (now.Unix() >= in.renewAt || !in.settled && s.lacks(in))
}

// asksAgain asks the user of a session that lacks groups to sign in again, by errNamedLater, if the user is
// opening a page. If not, it returns until when the session is good as it is.
func (s *sessions) asksAgain(w http.ResponseWriter, r *http.Request, in *signIn, now time.Time) (time.Time, error) {
	renewable := in.renewAt != 0 && !in.settled
	if renewable {
		return now.Add(minRenewal), nil // then it is tried again
	}
	set := s.named.Current()
	if until := in.asked.Until(set); now.Before(until) {
		return until, nil
	}
	if r.Method != http.MethodGet || !answer.IsNavigation(r) {
		return now, nil
	}
	in.asked = in.asked.Add(set, now)
	if err := s.write(r.Context(), w, in, now); err != nil {
		s.cfg.Logger.WarnContext(r.Context(), "session cookie not rewritten", slog.Any("error", err))
		return now, nil // without the note the user might be asked for ever
	}
	return now, errNamedLater
}

// sealSession returns the session in the form that its cookie has. If the groups do not fit into a cookie, it
// saves them in the store.
func (s *sessions) sealSession(ctx context.Context, in *signIn, now time.Time) (string, error) {
	value := s.seals.Seal(s.cookieName, in)
	if len(value) <= maxCookie {
		return value, nil
	}
	if in.elsewhere {
		return "", errTooLong
	}
	if err := s.saveGroups(ctx, in, now); err != nil {
		return "", err
	}
	in.elsewhere = true
	return s.sealSession(ctx, in, now)
}

func (s *sessions) saveGroups(ctx context.Context, in *signIn, now time.Time) error {
	left := time.Unix(in.began, 0).Add(s.cfg.Lifetime).Sub(now)
	if left <= 0 {
		return errExpired
	}
	session := in.session()
	value := s.seals.Seal("groups/"+session, &in.sessionGroups)
	if err := s.cfg.Store.Save(ctx, s.names.groups(session), []byte(value), left); err != nil {
		return fmt.Errorf("oidclogin: the store does not save the groups: %w", err)
	}
	return nil
}

// loadGroups completes a session whose groups are in the store. A session without groups would be wrong: if the
// store has lost them, the user has to sign in again.
func (s *sessions) loadGroups(ctx context.Context, in *signIn) error {
	if !in.elsewhere {
		return nil
	}
	session := in.session()
	value, err := s.cfg.Store.Load(ctx, s.names.groups(session))
	if err != nil {
		return fmt.Errorf("oidclogin: the store does not load the groups: %w", err)
	}
	if s.seals.Open("groups/"+session, string(value), &in.sessionGroups) != nil {
		return errGroupsLost
	}
	return nil
}

// deleteGroups removes the groups of a session that has ended.
func (s *sessions) deleteGroups(ctx context.Context, session string) error {
	if err := s.cfg.Store.Delete(ctx, s.names.groups(session)); err != nil {
		return fmt.Errorf("oidclogin: the store does not delete the groups: %w", err)
	}
	return nil
}

// carryOver gives a new session what the earlier one of the same user in this browser was asked for.
func (in *signIn) carryOver(old *signIn) {
	if in.subject == old.subject {
		in.asked = old.asked
	}
}
