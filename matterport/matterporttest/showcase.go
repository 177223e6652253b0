package matterporttest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// showPolicy lets anyone frame the page, as Showcase does, and the page load nothing but its own parts.
const showPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors *"

// serveShow is the stand-in Showcase page. What is shown, if anything, the page finds out from
// serveStatus: the answer here is the same for every model, so that the page of a private space says no
// more about it than that of one that does not exist.
func (s *Server) serveShow(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"show"}, nil, func(w http.ResponseWriter) {
		id := r.URL.Query().Get("m")
		parts := "show/" // relative, so that the emulator may be mounted under a prefix
		if strings.HasSuffix(r.URL.Path, "/") {
			parts = ""
		}
		writePage(w, http.StatusOK, showPolicy, "show.html", map[string]any{
			"Model":     id,
			"Room":      drawRoom(id),
			"Parts":     parts,
			"SDKKey":    s.cfg.SDKKey,
			"ScriptURL": s.scriptURL(r),
			"Sweeps":    strings.Join(sweepsOf(id), " "),
			"Lang":      pageLanguage(r.URL.Query().Get("lang")),
		})
	})
}

func (s *Server) scriptURL(r *http.Request) string {
	if s.cfg.SDKClientURL != "" {
		return s.cfg.SDKClientURL
	}
	return s.origin(r) + "/showcase-sdk/client/sdk-client.js"
}

// status is what the page shows of a session. A session that may not see the model learns only why.
type status struct {
	Access      bool    `json:"access"`
	Reason      string  `json:"reason,omitempty"` // why not: not_available, expired, revoked
	Name        string  `json:"name,omitempty"`
	Fingerprint string  `json:"fingerprint,omitempty"`
	Seconds     float64 `json:"seconds,omitempty"` // left of the token's life
}

// serveStatus tells the page about its model and token. It answers 200 in any case, because a browser
// reports every other status on its console, where a test looks for real errors.
func (s *Server) serveStatus(w http.ResponseWriter, r *http.Request) {
	s.attempt(w, r, []string{"status"}, nil, func(w http.ResponseWriter) {
		writeJSON(w, http.StatusOK, s.status(r.URL.Query().Get("m"), bearer(r)))
	})
}

// status decides whether a session with token (which may be empty) may see a model. A token that is no
// good is not made up for by the model being open: the real session would end with it.
func (s *Server) status(id, value string) status {
	space := id
	if of, ok := s.viewed(id); ok {
		space = of
	}
	model, account, fault := s.findModel(space)
	session := s.session(value, account, id)
	switch {
	case fault != nil:
		return status{Reason: "not_available"}
	case value == "" && model.open():
		return status{Access: true, Name: model.Name}
	case session.fault != "":
		return status{Reason: session.fault}
	}
	return status{
		Access:      true,
		Name:        model.Name,
		Fingerprint: Fingerprint(value),
		Seconds:     session.left.Seconds(),
	}
}

// Fingerprint is what the page shows in a token's place: the first eight hexadecimal digits of its
// SHA-256.
func Fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}
