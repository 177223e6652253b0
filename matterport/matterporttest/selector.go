package matterporttest

import (
	"net/http"
	"slices"
)

// selectorPolicy lets anyone frame the page, as Matterport does.
const selectorPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors *"

// serveSelector is the model selector (docs/matterport.md §5). Whom an access token opens no account to is
// told so on the page, and the page that opened it by a message.
func (s *Server) serveSelector(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"select"}, nil, func(w http.ResponseWriter) {
		query := r.URL.Query()
		models, ok := s.selectable(query.Get("oauthToken"))
		control := "radio"
		if query.Get("multiselect") == "true" {
			control = "checkbox"
		}
		writePage(w, http.StatusOK, selectorPolicy, "selector.html", map[string]any{
			"Title":        "Choose a space",
			"Assets":       "assets/",
			"Unauthorized": !ok,
			"Models":       models,
			"Control":      control,
			"ApproveAll":   query.Get("approveAll") == "true",
		})
	})
}

// selectable returns the spaces that an access token's account can show. ok is false where the token is
// unknown, over, or without the scope that seeing them takes.
func (s *Server) selectable(token string) (models []Model, ok bool) {
	a, known := s.useAccess(token, s.now())
	if !known || a.fault != "" || !slices.Contains(a.scopes, viewDetails) {
		return nil, false
	}
	models = slices.DeleteFunc(s.modelsOf(a.account), func(m Model) bool { return m.Inactive })
	return models, true
}
