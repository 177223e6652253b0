package matterporttest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// consentPolicy forbids framing the page. Chromium applies form-action to every redirect that follows,
// and those go to the application and from there wherever it likes: hence any server.
const consentPolicy = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; " +
	"form-action http: https:; frame-ancestors 'none'"

// wishNames are the parameters of an authorize request, which the consent page carries along.
var wishNames = []string{
	"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method",
}

// serveAuthorize shows the consent page.
func (s *Server) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"authorize"}, nil, func(w http.ResponseWriter) {
		form, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			s.writeRefused(w, "The query of the address cannot be read")
			return
		}
		if wish, ok := s.accepted(w, form); ok {
			s.writeConsent(w, wish)
		}
	})
}

// serveDecision answers the consent page's form. The request that it carries along is judged again.
func (s *Server) serveDecision(w http.ResponseWriter, r *http.Request) {
	body, status := readBody(w, r)
	s.attempt(w, r, []string{"authorize"}, body, func(w http.ResponseWriter) {
		form, ok := parseBody(r, body)
		account, found := s.account(form.Get("account"))
		if status != http.StatusOK || !ok || !found {
			s.writeRefused(w, "The form cannot be read, or names no account")
			return
		}
		carried := maps.Clone(form)
		maps.DeleteFunc(carried, func(name string, _ []string) bool { return !slices.Contains(wishNames, name) })
		if wish, ok := s.accepted(w, carried); ok {
			sendTo(w, s.decide(wish, consent{
				allow:   form.Get("decision") == "allow",
				account: account.ID,
				scopes:  form["grant"],
			}))
		}
	})
}

// accepted reads an authorize request. One that an owner cannot be asked about is answered here.
func (s *Server) accepted(w http.ResponseWriter, form url.Values) (wish *wish, ok bool) {
	wish, refusal, err := s.readWish(form)
	switch {
	case err != nil:
		s.writeRefused(w, "The request is wrong: "+err.Error())
	case refusal != nil:
		sendTo(w, s.refuse(wish, refusal))
	default:
		return wish, true
	}
	return nil, false
}

func (s *Server) writeConsent(w http.ResponseWriter, wish *wish) {
	app := s.cfg.OAuth
	var owner string
	if a, ok := s.account(app.Owner); ok {
		owner = a.Name
	}
	carried := map[string]string{}
	for _, name := range wishNames {
		if wish.form.Has(name) {
			carried[name] = wish.form.Get(name)
		}
	}
	writePage(w, http.StatusOK, consentPolicy, "consent.html", map[string]any{
		"Title":      app.Name + " asks for access",
		"Assets":     "../assets/",
		"App":        app,
		"Owner":      owner,
		"Accounts":   s.accounts,
		"Counts":     s.modelCounts(),
		"Scopes":     describeScopes(wish.scopes),
		"Carried":    carried,
		"ReturnHost": wish.target.Host,
	})
}

// writeRefused shows the refusal to the person, and does not redirect to the application.
func (s *Server) writeRefused(w http.ResponseWriter, reason string) {
	writePage(w, http.StatusBadRequest, consentPolicy, "refused.html", map[string]any{
		"Title":  "This cannot be authorized",
		"Assets": "../assets/",
		"Reason": reason,
	})
}

// sendTo sends the browser on, with GET.
func sendTo(w http.ResponseWriter, address string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
}
