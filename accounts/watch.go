package accounts

import (
	"net/http"
	"time"

	"github.com/go-pme/pme/connect"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/revocations"
	"github.com/go-pme/pme/internal/stream"
)

// maxStreams bounds the streams of one user: each connection has its own, and a browser opens six connections of HTTP/1
// to a server at most.
const maxStreams = 4

// watch tells the page at once what happens to its connection. Matterport is not asked.
func (h *Handler) watch(w http.ResponseWriter, r *http.Request, v visit) {
	if v.came == nil {
		stream.Unsupported.Write(w)
		return
	}
	changes := revocations.Listen(h.connections, v.user.ID, nil)
	defer changes.Stop()
	s := watching{h: h, request: r, id: v.id}
	stream.Serve(h, w, stream.Page{
		User: v.user.ID, Request: v.came, Require: v.require, SignedOut: refusalFor(connect.ErrNotSignedIn), Changes: changes, Look: s.look,
	})
}

// watching is what one stream is about.
type watching struct {
	h       *Handler
	request *http.Request
	id      string // the connection's; empty: the only one

	looked  bool
	refused string // the code of what the page was told last; empty: the connection can be used
	usable  string // which connection that was, and since when it is connected
}

// look tells what has changed. A user who may use no connection is not asked about again before something changes, as
// each question is logged.
func (s *watching) look(u *identity.User, changed bool, tell stream.Tell) error {
	if !changed && s.refused == refusalFor(connect.ErrDenied).Code {
		return nil
	}
	found, err := s.h.connections.Find(event.Context(s.request), u, s.id)
	if err == nil && found.Reconnect {
		err = connect.ErrReconnect
	}
	if err != nil {
		return s.refuse(err, tell)
	}
	usable := found.ID + " " + found.Connected.UTC().Format(time.RFC3339Nano)
	news := s.refused != "" || s.looked && usable != s.usable
	s.looked, s.refused, s.usable = true, "", usable
	if !news {
		return nil
	}
	return tell("renew", stream.Notice{})
}

// refuse tells why the connection cannot be used. An error that may be over in a moment says nothing.
func (s *watching) refuse(err error, tell stream.Tell) error {
	out := refusalFor(err)
	if out.Retry > 0 || out.Code == s.refused {
		return nil
	}
	s.looked, s.refused = true, out.Code
	return tell("refused", stream.Notice{Error: out.Code, Description: s.h.pages.Sentence(s.request, out)})
}
