package matterporttest

import (
	"net/http"
	"slices"
	"time"
)

const applicationsPolicy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// serveApplications shows an account's owner what may use the account.
func (s *Server) serveApplications(w http.ResponseWriter, r *http.Request) {
	account, ok := s.account(r.PathValue("account"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	since, scopes := s.allowedBy(account.ID)
	writePage(w, http.StatusOK, applicationsPolicy, "applications.html", map[string]any{
		"Title":    "Applications with access to " + account.Name,
		"Assets":   "../../assets/",
		"Account":  account,
		"App":      s.cfg.OAuth,
		"Scopes":   describeScopes(scopes),
		"Since":    since,
		"SinceISO": since.Format(time.RFC3339),
	})
}

// serveWithdraw does what the page's button says.
func (s *Server) serveWithdraw(w http.ResponseWriter, r *http.Request) {
	account, ok := s.account(r.PathValue("account"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.RevokeGrants(account.ID)
	sendTo(w, "applications") // relative, so that the emulator may be mounted under a prefix
}

// allowedBy sums up the grants of an account: since when there is one, and what they allow together.
func (s *Server) allowedBy(account string) (since time.Time, scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range slices.Backward(s.ledger.grants) {
		if g.Account == account && !g.Revoked {
			since = g.Begun.UTC()
			scopes = append(scopes, g.Scopes...)
		}
	}
	return since, scopes
}
