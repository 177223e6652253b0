package main

import (
	"html/template"
	"net/http"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
)

// floorPage shows a space as fast as it can be: all that there is to wait for is written into the page. No
// application could do so, as a page is no place for a token.
var floorPage = template.Must(template.New("floor").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Floor</title><link rel="icon" href="data:,">
<link rel="modulepreload" href="{{.Emulator}}/sdk.es6.js">
<style>html, body { height: 100%; margin: 0 } iframe { width: 100%; height: 50%; border: 0 }</style></head>
<body><iframe title="Space" src="{{.Emulator}}/show?m={{.Model}}&amp;applicationKey={{.Key}}&amp;play=1"></iframe>
<script type="module">
import { connect } from {{.SDK}};
await connect(document.querySelector("iframe"), { auth: {{.Token}} });
window.ready = performance.now();
</script></body></html>`))

// elementPage is a page of the host's with an element in it, and what Head says in its head.
var elementPage = template.Must(template.New("element").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">
{{.Head}}
<style>html, body { height: 100%; margin: 0 } pme-space { height: 50% }</style></head>
<body><pme-space model="{{.Model}}"></pme-space></body></html>`))

func (s *stage) floor(w http.ResponseWriter, r *http.Request) {
	model := s.people.models[0]
	token, err := s.pme.Issuer().Issue(r.Context(), &identity.User{ID: "alice"}, model)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = floorPage.Execute(w, map[string]string{
		"Emulator": s.origin, "Model": model, "Key": matterporttest.DefaultSDKKey, "SDK": s.origin + "/sdk.es6.js", "Token": string(token.AccessToken),
	})
}

func (s *stage) element(w http.ResponseWriter, r *http.Request) {
	head, err := s.pme.Head(r, "/pme/", "", s.people.models[0])
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = elementPage.Execute(w, map[string]any{"Head": head, "Model": s.people.models[0]})
}
