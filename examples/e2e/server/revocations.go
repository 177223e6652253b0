package main

import (
	"encoding/json"
	"net/http"

	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// revocations adds what ends tours on a site that operators run.
func (s *stage) revocations(mux *http.ServeMux, o *operation) {
	mux.Handle("/auth/", o.login)
	mux.Handle("/matterport-events", s.pme.Webhook())
	mux.Handle("GET /test/whoami", o.login.Require(http.HandlerFunc(whoAmI)))
	mux.HandleFunc("GET /test/trail", o.trail.report)
	mux.HandleFunc("POST /test/revoke-by", s.revokeBy)
	mux.HandleFunc("POST /test/space", s.space)
	mux.HandleFunc("POST /test/matterport", func(_ http.ResponseWriter, r *http.Request) {
		if s.emulator.Heal(); r.FormValue("down") == "1" {
			s.emulator.Fail("*", matterporttest.DropConnection(), -1)
		}
	})
	mux.HandleFunc("POST /test/allow-connect", func(_ http.ResponseWriter, r *http.Request) { s.accounts.barred.Store(r.FormValue("allowed") != "1") })
	mux.HandleFunc("POST /test/back-channel", func(w http.ResponseWriter, r *http.Request) {
		fail(w, o.provider.SignOut(r.Context(), r.FormValue("user"), o.site+"/auth/backchannel-logout"))
	})
}

func fail(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// whoAmI answers with what pme knows of who asks.
func whoAmI(w http.ResponseWriter, r *http.Request) {
	u, _ := identity.FromContext(r.Context())
	_ = json.NewEncoder(w).Encode(map[string]string{"user": u.ID, "session": u.Session})
}

// revokeBy is the code of an application, which calls pme for the help desk.
func (s *stage) revokeBy(w http.ResponseWriter, r *http.Request) {
	ctx := event.WithCause(event.Context(r), event.Cause{By: "helpdesk"})
	var err error
	var done issuer.Revocation
	switch r.FormValue("what") {
	case "person":
		done, err = s.pme.RevokeUser(ctx, r.FormValue("user"))
	case "session":
		done, err = s.pme.RevokeSession(ctx, r.FormValue("user"), r.FormValue("session"))
	case "model":
		done, err = s.pme.RevokeModel(ctx, r.FormValue("model"))
	case "everything":
		done, err = s.pme.RevokeAll(ctx)
	default:
		http.Error(w, "no such revocation", http.StatusBadRequest)
		return
	}
	if err != nil {
		fail(w, err)
		return
	}
	_ = json.NewEncoder(w).Encode(done)
}

// space deletes a space at Matterport, or adds it again.
func (s *stage) space(_ http.ResponseWriter, r *http.Request) {
	id := r.FormValue("model")
	if r.FormValue("gone") == "1" {
		s.emulator.RemoveModel(id)
		return
	}
	s.emulator.AddModel(matterporttest.Model{ID: id, Name: r.FormValue("name")})
}
