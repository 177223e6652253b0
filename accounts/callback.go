package handler

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/go-pme/pme/connect"
)

// callback ends an attempt with what Matterport has sent the browser back with. What is in the query ends
// here: it is on no page, and where all is well not in the browser's history either.
func (c *Connect) callback(w http.ResponseWriter, r *http.Request, v visit) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	cb, ok := connect.ReadCallback(query)
	if err != nil || !ok {
		c.cfg.Logger.LogAttrs(r.Context(), slog.LevelWarn, "callback refused",
			slog.String("user", v.user.ID), slog.String("problem", "it names no attempt, or more than one"))
		c.failConnect(w, r, connect.ErrAttemptOver)
		return
	}
	proof := c.cookies.take(w, r, cb.Attempt)
	connected, err := c.connections.Finish(r.Context(), v.user, cb, proof)
	if err != nil {
		c.failConnect(w, r, err)
		return
	}
	seeOther(w, "done?connection="+connected.ID)
}

// done is where connecting ends: it wakes up the pages that wait for it, and closes itself in a popup.
func (c *Connect) done(w http.ResponseWriter, r *http.Request, v visit) {
	found, err := c.connections.Find(r.Context(), v.user, r.URL.Query().Get("connection"))
	if err != nil {
		c.failConnect(w, r, err)
		return
	}
	data := c.connectPage(r)
	data.Title = data.Words.Connect.Connected
	data.Connect = &ConnectPage{Connections: []ConnectedAccount{c.account(found)}}
	c.show(w, r, http.StatusOK, "connect-done.html", data)
}
